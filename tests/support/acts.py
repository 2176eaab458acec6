"""The acts of a fake daemon: it keeps what it was asked, and says what a test wants it to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linkwatch.model.moment import Span
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling


@dataclass
class FakeActs:
    """ports.Acts, kept."""

    ruling: Ruling = Ruling()
    known_swaps: tuple[Swap, ...] = ()
    acts: list[tuple[object, ...]] = field(default_factory=list)

    def swaps(self) -> Sequence[Swap]:
        return self.known_swaps

    async def swap(self, roster: str, contacts: Sequence[str], span: Span, by: str) -> Ruling:
        self.acts.append(("swap", roster, list(contacts), span, by))
        return self.ruling

    async def take_back_swap(self, number: int, by: str) -> Ruling:
        self.acts.append(("take back", number, by))
        return self.ruling
