"""What HTTP and the command line may ask of the daemon."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from linkwatch import __version__
from linkwatch.app.parts import Parts
from linkwatch.app.reload import Reloader
from linkwatch.model.boost import Word
from linkwatch.model.ids import ContactId, IncidentId, RosterId
from linkwatch.model.incident import Incident, Via
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import PollResult
from linkwatch.model.moment import Moment, Span
from linkwatch.model.people import Swap
from linkwatch.model.topology import Router
from linkwatch.ports import (
    LinkFigures,
    Recording,
    ReloadVerdict,
    RouterStatus,
    Ruling,
    StatusReport,
    Tried,
    Vouching,
)
from linkwatch.runtime.events import (
    CloseAsked,
    DeclineAsked,
    SwapAsked,
    SwapTakenBack,
    TakeAsked,
    WorkAccepted,
    WorkAsked,
    WorkEnded,
)
from linkwatch.runtime.trial import trial_messages

MEASURE_STALL = 5.0
DISPATCH_STALL = 20.0
"""s without progress after which a loop counts as hung."""
WRITTEN_WITHIN = 2.0
"""s that whoever acts waits for the store; what takes longer is written later."""
TRIED_WITHIN = 30.0
"""s that whoever sends a test waits for the channels' first answers."""
SHOWN = 5
"""Links named in one line; the rest is a number."""


class DaemonControl:
    """Answers from what the parts know; acts only by the parts' own doors."""

    def __init__(self, parts: Parts, reloader: Reloader, started_at: datetime) -> None:
        self._parts = parts
        self._reloader = reloader
        self._started_at = started_at
        self.loaded_at = started_at

    def status(self) -> StatusReport:
        """The state now."""
        now = self._parts.clock.now()
        config = self._parts.in_force.config
        ready, detail = self.readiness()
        polls = self._parts.engine.polls()
        return StatusReport(
            at=now.wall,
            version=__version__,
            started_at=self._started_at,
            ready=ready,
            ready_detail=detail,
            links=self._links(now),
            routers=tuple(_router(r, polls.get(r.id)) for r in config.inventory.routers.values()),
            incidents=self._parts.engine.incidents(),
            outbox_pending=self._parts.dispatcher.pending,
            channels=self._parts.channels.status(),
            config_files=tuple(str(file) for file in config.files),
            config_loaded_at=self.loaded_at,
            works=tuple(w for w in self._parts.engine.works() if w.is_on(now.wall)),
            unused=config.unused,
        )

    def _links(self, now: Moment) -> Iterator[LinkFigures]:
        for figures in self._parts.engine.figures(now):
            # What is shown, and since when it is so, are of one moment.
            self._parts.metrics.link_changed(figures.link, figures.state)
            yield figures

    def healthy(self) -> bool:
        """Whether all the loops make progress."""
        return not self.stalled()

    def stalled(self) -> tuple[str, ...]:
        """Which of probes, checks, the watch for beats and the dispatcher make no progress."""
        parts = self._parts
        now = parts.clock.now().monotonic
        loops = (
            ("probes", parts.probes.progress, MEASURE_STALL),
            ("checks", parts.checks.progress, MEASURE_STALL),
            ("beats", parts.beats.progress, MEASURE_STALL),
            ("dispatcher", parts.dispatcher.progress, DISPATCH_STALL),
        )
        return tuple(name for name, progress, limit in loops if now - progress >= limit)

    def readiness(self) -> tuple[bool, str]:
        """A full round probed and the store writable; else what is missing."""
        probes, checks = self._parts.probes, self._parts.checks
        missing = tuple(dict.fromkeys((*probes.first_round_missing, *checks.first_round_missing)))
        if missing:
            named = ", ".join(missing[:SHOWN]) + (", ..." if len(missing) > SHOWN else "")
            return False, f"{len(missing)} links not probed yet: {named}"
        if not self._parts.writer.writable:
            return False, "the store cannot be written"
        return True, "every link probed, the store is written"

    async def vouch(self, word: Word) -> Vouching:
        """Take somebody's word that a boost was delivered, and see it written."""
        refusal = self._parts.engine.vouch(word)
        if refusal is not None:
            return Vouching(refusal, written=False)
        return Vouching(None, written=await self._parts.writer.written(WRITTEN_WITHIN))

    async def try_channels(self, contact: ContactId, *, send: bool) -> tuple[Tried, ...] | None:
        """A marked test by each of the contact's channels."""
        inventory, now = self._parts.in_force.config.inventory, self._parts.clock.now()
        known = inventory.contacts.get(contact)
        if known is None:
            return None
        messages = trial_messages(inventory, known, now.wall)
        if not send:
            return tuple(Tried(message, None, "not sent") for message in messages)
        return await self._parts.trials.send(messages, now, TRIED_WITHIN)

    def record(self, seconds: float | None) -> Recording | None:
        """Begin a recording of what is measured, for so long; None while there is another."""
        return self._parts.recorder.open(seconds)

    def end_recording(self) -> None:
        """Let the recording under way come to its end."""
        self._parts.recorder.end()

    async def reload(self) -> ReloadVerdict:
        """Read the configuration again."""
        verdict = await self._reloader.reload()
        if verdict.taken:
            self.loaded_at = self._parts.clock.now().wall
        return verdict

    def open_incidents(self) -> Sequence[Incident]:
        """Those that are not closed."""
        return self._parts.engine.incidents()

    def swaps(self) -> Sequence[Swap]:
        """Swaps of duty that stand and are not over."""
        return self._parts.engine.swaps()

    async def swap(self, roster: str, contacts: Sequence[str], span: Span, by: str) -> Ruling:
        """Put others on duty for a while."""
        asked = SwapAsked(RosterId(roster), tuple(map(ContactId, contacts)), span, by)
        return await self._parts.engine.ask(asked)

    async def take_back_swap(self, number: int, by: str) -> Ruling:
        """Undo a swap."""
        return await self._parts.engine.ask(SwapTakenBack(number, by))

    def works(self) -> Sequence[Maintenance]:
        """Announced work that is not over."""
        return self._parts.engine.works()

    async def announce_work(self, work: Maintenance) -> Ruling:
        """What it explains is not told while it lasts."""
        return await self._parts.engine.ask(WorkAsked(work))

    async def accept_work(self, number: int, accepted_by: str, by: str) -> Ruling:
        """Somebody agrees to it."""
        return await self._parts.engine.ask(WorkAccepted(number, accepted_by, by))

    async def end_work(self, number: int, by: str) -> Ruling:
        """It is done, or called off."""
        return await self._parts.engine.ask(WorkEnded(number, by))

    async def take(
        self, incident: str, contact: str | None, *, eta: float | None, via: Via, by: str, note: str
    ) -> Ruling:
        """Somebody has it."""
        who = ContactId(contact) if contact is not None else None
        asked = TakeAsked(IncidentId(incident), who, eta, via, by, note)
        return await self._parts.engine.ask(asked)

    async def decline(self, incident: str, contact: str, by: str) -> Ruling:
        """It is not theirs."""
        asked = DeclineAsked(IncidentId(incident), ContactId(contact), by)
        return await self._parts.engine.ask(asked)

    async def close_incident(self, incident: str, reason: str, by: str) -> Ruling:
        """Close it by hand."""
        return await self._parts.engine.ask(CloseAsked(IncidentId(incident), reason, by))


def _router(router: Router, poll: PollResult | None) -> RouterStatus:
    if router.snmp is None:
        return RouterStatus(router.id, router.site, "not_asked", "gives no SNMP", None)
    if poll is None:
        return RouterStatus(router.id, router.site, "waiting", "not polled yet", None)
    faults = ", ".join(f"{link}: interface {fault}" for link, fault in poll.faults)
    return RouterStatus(
        router.id, router.site, poll.outcome.value, poll.detail or faults or None, poll.at
    )
