"""The acts of a fake daemon: it keeps what it was asked, and says what a test wants it to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linkwatch.model.incident import Incident, Via
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Span
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling


@dataclass
class FakeActs:
    """ports.Acts, kept."""

    ruling: Ruling = Ruling()
    known_swaps: tuple[Swap, ...] = ()
    known_works: tuple[Maintenance, ...] = ()
    to_call: tuple[Incident, ...] = ()
    acts: list[tuple[object, ...]] = field(default_factory=list)

    def open_incidents(self) -> Sequence[Incident]:
        return self.to_call

    def swaps(self) -> Sequence[Swap]:
        return self.known_swaps

    async def swap(self, roster: str, contacts: Sequence[str], span: Span, by: str) -> Ruling:
        self.acts.append(("swap", roster, list(contacts), span, by))
        return self.ruling

    def works(self) -> Sequence[Maintenance]:
        return self.known_works

    async def announce_work(self, work: Maintenance) -> Ruling:
        self.acts.append(("announce", work))
        return self.ruling

    async def accept_work(self, number: int, accepted_by: str, by: str) -> Ruling:
        self.acts.append(("accept", number, accepted_by, by))
        return self.ruling

    async def end_work(self, number: int, by: str) -> Ruling:
        self.acts.append(("end", number, by))
        return self.ruling

    async def take(
        self, incident: str, contact: str | None, *, eta: float | None, via: Via, by: str, note: str
    ) -> Ruling:
        self.acts.append(("take", incident, contact, eta, via.value, by, note))
        return self.ruling

    async def decline(self, incident: str, contact: str, by: str) -> Ruling:
        self.acts.append(("decline", incident, contact, by))
        return self.ruling

    async def close_incident(self, incident: str, reason: str, by: str) -> Ruling:
        self.acts.append(("close", incident, reason, by))
        return self.ruling

    async def take_back_swap(self, number: int, by: str) -> Ruling:
        self.acts.append(("take back", number, by))
        return self.ruling
