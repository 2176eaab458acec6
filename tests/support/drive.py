"""Drives the turn second by second, as the loops would, and keeps what came out of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from linkwatch.model.ids import ChannelId, LinkId
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import (
    DropUntold,
    Enqueue,
    KeepUntold,
    Note,
    Record,
    Restored,
    SaveAvailability,
    SaveIncident,
    SaveLoad,
    SavePostbox,
    SaveSwap,
    SaveUsual,
    SaveWork,
    Traced,
    Verified,
)
from linkwatch.model.measurement import (
    InterfaceFault,
    InterfaceSample,
    Outcome,
    PollOutcome,
    PollResult,
    ProbeResult,
)
from linkwatch.model.notification import Notification, Postbox, Trouble, Untold
from linkwatch.model.path import Trace, TraceNow
from linkwatch.oncall.rostergaps import RosterGap
from linkwatch.ports import Ruling
from linkwatch.runtime.events import (
    Event,
    Numbered,
    Polled,
    Probed,
    Recovered,
    Reloaded,
    RostersLookedAt,
    TraceEnded,
    Undelivered,
)
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.step import advance, step
from support.province import moment

if TYPE_CHECKING:
    from linkwatch.model.load import MonthLoad
    from linkwatch.model.usual import UsualDelay
    from linkwatch.oncall.response import Response

Answers = Callable[[float], float | Outcome | None]
"""The RTT (s) of a probe sent that many seconds after the start, or what else became of it; None:
no reply.
"""


def healthy(_sent: float) -> float | None:
    """10 ms, always."""
    return 0.010


def silent(_sent: float) -> float | None:
    """No reply, ever."""
    return None


class Drive:
    """A daemon without the outside: probes once a second, time in steps of half a second."""

    def __init__(
        self,
        inventory: Inventory,
        start: datetime,
        restored: Restored | None = None,
        *,
        first: int = 1,
        traces: bool = False,
    ) -> None:
        self.start, self.first = start, first
        self._found = restored or Restored()
        self.seconds = 0.0
        self.records: list[Record] = []
        self.traces: list[TraceNow] = []
        """All that were asked for."""
        self.acknowledged: list[Response] = []
        self.restored: list[Response] = []
        self.state = State(inventory, traces=traces)
        now = moment(start, 0.0)
        numbers = range(first, first + max(100, 2 * len(inventory.links)))
        self._keep(step(self.state, Numbered(numbers), now).records)
        self._keep(step(self.state, Recovered(restored or Restored()), now).records)

    def step_clock(self, seconds: float) -> None:
        """Set the wall clock forward or back; the monotonic one does not notice."""
        self.start += timedelta(seconds=seconds)

    def run(self, seconds: float, **answers: Answers) -> list[Notification]:
        """Let time pass with each link answering so; 10 ms if unsaid.

        Keywords: the link's id with _ for -, or that with _0, _1 for one of its targets.
        """
        before = len(self.notifications)
        until = self.seconds + seconds
        while self.seconds < until:
            self.seconds += 0.5
            now = moment(self.start, self.seconds)
            if self.seconds.is_integer():
                results = [
                    self._probe(link, place, answers)
                    for link, each in self.state.inventory.links.items()
                    for place in range(len(each.targets))
                ]
                self._turned(step(self.state, Probed(results), now))
            self._turned(advance(self.state, now))
        return self.notifications[before:]

    def traced(self, trace: Trace) -> list[Notification]:
        """A trace that was asked for has ended."""
        before = len(self.notifications)
        now = moment(self.start, self.seconds)
        self._turned(step(self.state, TraceEnded(trace), now))
        return self.notifications[before:]

    def pause(self, seconds: float) -> list[Notification]:
        """Let time pass without a single probe ending."""
        before = len(self.notifications)
        until = self.seconds + seconds
        while self.seconds < until:
            self.seconds += 0.5
            self._keep(advance(self.state, moment(self.start, self.seconds)).records)
        return self.notifications[before:]

    def poll(
        self,
        *samples: InterfaceSample,
        outcome: PollOutcome = PollOutcome.OK,
        faults: tuple[tuple[LinkId, InterfaceFault], ...] = (),
        times: int = 1,
        **answers: Answers,
    ) -> list[Notification]:
        """Let the router be asked every ten seconds; the links answer probes as in `run`."""
        before = len(self.notifications)
        router = next(iter(self.state.inventory.routers))
        for _ in range(times):
            self.run(10, **answers)
            now = moment(self.start, self.seconds)
            result = PollResult(router, now.wall, outcome, samples=samples, faults=faults)
            self._keep(step(self.state, Polled(result), now).records)
        return self.notifications[before:]

    def ask(self, event: Event) -> Ruling:
        """Have somebody ask for something at the command line."""
        effects = step(self.state, event, moment(self.start, self.seconds))
        self._turned(effects)
        assert effects.ruling is not None
        return effects.ruling

    def look(self, *gaps: RosterGap) -> list[Notification]:
        """Have the rosters looked at, with this outcome."""
        before = len(self.notifications)
        now = moment(self.start, self.seconds)
        self._keep(step(self.state, RostersLookedAt(gaps), now).records)
        return self.notifications[before:]

    def undelivered(
        self, message: Notification, trouble: Trouble, failed: frozenset[ChannelId] = frozenset()
    ) -> list[Notification]:
        """A channel does not get a message through."""
        before = len(self.notifications)
        now = moment(self.start, self.seconds)
        effects = step(self.state, Undelivered(message, trouble, failed), now)
        self._keep(effects.records)
        assert effects.handed_on == (len(self.notifications) > before)
        return self.notifications[before:]

    def reload(self, inventory: Inventory) -> list[Notification]:
        """Put another configuration in force."""
        before = len(self.notifications)
        now = moment(self.start, self.seconds)
        self._keep(step(self.state, Reloaded(inventory), now).records)
        return self.notifications[before:]

    def restart(self, inventory: Inventory, after: float) -> "Drive":
        """Another daemon, `after` s later, that finds what this one and those before it wrote."""
        before = self._found
        earlier = (*before.recent_incidents, *before.open_incidents)
        latest: dict[str, Incident] = {one.id: one for one in earlier}
        loads: dict[str, MonthLoad] = {load.link: load for load in before.loads}
        usual: dict[str, UsualDelay] = {one.link: one for one in before.usual}
        verified, evidence = set(before.verified), list(before.evidence)
        availability = {one.link: one for one in before.availability}
        for record in self.records:
            match record:
                case SaveIncident(incident):
                    latest[incident.id] = incident
                case Verified(link, address, _):
                    verified.add((link, address))
                case Traced(trace):
                    evidence.append(trace)
                case SaveLoad(load):
                    loads[load.link] = load
                case SaveUsual(known):
                    usual[known.link] = known
                case SaveAvailability(counted):
                    availability[counted.link] = counted
        swaps = {swap.number: swap for swap in before.swaps}
        swaps |= {r.swap.number: r.swap for r in self.records if isinstance(r, SaveSwap)}
        works = {work.number or 0: work for work in before.works}
        works |= {r.work.number or 0: r.work for r in self.records if isinstance(r, SaveWork)}
        restored = Restored(
            open_incidents=tuple(i for i in latest.values() if not i.status.is_closed),
            recent_incidents=tuple(i for i in latest.values() if i.status.is_closed),
            verified=frozenset(verified),
            swaps=tuple(s for s in swaps.values() if s.removed_at is None),
            last_swap=max((before.last_swap, *swaps)),
            works=tuple(w for w in works.values() if w.ended_at is None),
            last_work=max((before.last_work, *works)),
            availability=tuple(availability.values()),
            evidence=tuple(evidence),
            loads=tuple(loads.values()),
            usual=tuple(usual.values()),
            untold=self._untold(),
            postboxes=self._postboxes(),
        )
        later = moment(self.start, self.seconds + after).wall
        return Drive(inventory, later, restored, first=1000 * (self.first // 1000 + 1))

    @property
    def notifications(self) -> list[Notification]:
        """Every message so far."""
        return [r.notification for r in self.records if isinstance(r, Enqueue)]

    @property
    def timeline(self) -> list[str]:
        """What the timelines say, in order."""
        return [r.entry.what for r in self.records if isinstance(r, Note)]

    @property
    def details(self) -> list[str]:
        """The same lines in plain English."""
        return [r.entry.detail for r in self.records if isinstance(r, Note)]

    @property
    def notes(self) -> list[TimelineEntry]:
        """The timelines themselves."""
        return [r.entry for r in self.records if isinstance(r, Note)]

    @property
    def incidents(self) -> dict[str, Incident]:
        """Every incident as it was last written."""
        return {r.incident.id: r.incident for r in self.records if isinstance(r, SaveIncident)}

    def _untold(self) -> tuple[Untold, ...]:
        waiting: dict[str, Untold] = {}
        for record in self.records:
            if isinstance(record, KeepUntold):
                waiting[record.untold.key] = record.untold
            elif isinstance(record, DropUntold):
                for key in record.keys:
                    del waiting[key]
        return tuple(waiting.values())

    def _postboxes(self) -> tuple[Postbox, ...]:
        boxes = (r.postbox for r in self.records if isinstance(r, SavePostbox))
        return tuple({(box.contact, box.channel): box for box in boxes}.values())

    def _turned(self, effects: Effects) -> None:
        self.traces.extend(effects.traces)
        self.acknowledged.extend(effects.acknowledged)
        self.restored.extend(effects.restored)
        self._keep(effects.records)

    def _keep(self, records: list[Record]) -> None:
        self.records.extend(records)

    def _probe(self, link: LinkId, place: int, answers: dict[str, Answers]) -> ProbeResult:
        # The result of a probe is known one second after it was sent, answered or not.
        sent = self.seconds - 1.0
        name = link.replace("-", "_")
        answer = answers.get(f"{name}_{place}", answers.get(name, healthy))
        came = answer(sent)
        if isinstance(came, Outcome):
            return ProbeResult(link, place, 1000.0 + sent, came, None)
        outcome = Outcome.NO_REPLY if came is None else Outcome.ANSWERED
        return ProbeResult(link, place, 1000.0 + sent, outcome, came)


def keys(messages: list[Notification]) -> list[str]:
    """The idempotency keys, sorted."""
    return sorted(m.key for m in messages)
