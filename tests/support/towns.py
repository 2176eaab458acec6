"""A province of districts behind the Centre's two uplinks, driven probe by probe in made-up time.

Every district has a VNPT and a Viettel Internet line, and a WAN line of one of them, by turns. What
probes, confirming bursts and overdue replies come to is decided by a function of the test's own;
what they mean by the real turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush

from linkwatch.model.conference import Attendance
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import LinkId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Note, Record, Restored, SaveIncident
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification
from linkwatch.model.topology import Level, Link, LinkKind, SiteRole, Target
from linkwatch.model.uplink import Carriage, Sensings
from linkwatch.runtime.events import Numbered, Probed, Recovered, Sensed, Suspected
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.step import advance, step
from linkwatch.timing.phase import phase_of
from support.province import (
    CONFERENCE,
    HUB,
    VIETTEL,
    VNPT,
    conference,
    inventory,
    link,
    moment,
    site,
)

TICK, OVERDUE, TIMEOUT = 0.02, 0.1, 1.0
OWN_WAN, OWN_INET = LinkId("ttcntt-wan"), LinkId("ttcntt-inet")

Fate = Callable[[LinkId, float], float | Outcome | None]
"""The RTT (s) of a link's probe sent then (s after the start), or what else became of it."""


def district(number: int) -> SiteId:
    return SiteId(f"h{number:02}")


def line(number: int, kind: str) -> LinkId:
    """`kind`: vnpt, viettel (Internet) or wan."""
    return LinkId(f"h{number:02}-{kind}")


def towns(districts: int, *, interval: float = 1.0, meeting: bool = False) -> Inventory:
    """The Centre with a Viettel WAN and a VNPT Internet uplink, and so many districts."""
    base = inventory()
    hub = base.sites[HUB]
    sites, links = {HUB: hub}, dict[LinkId, Link]()
    for id_, kind, carrier in (
        (OWN_WAN, LinkKind.WAN, VIETTEL),
        (OWN_INET, LinkKind.INTERNET, VNPT),
    ):
        links[id_] = link(id_, HUB, kind, carrier, (Target(f"127.0.10.{len(links) + 1}"),))
    for n in range(districts):
        here = district(n)
        sites[here] = site(here, Level.DISTRICT, SiteRole.SITE, HUB)
        wan = (VNPT, VIETTEL)[n % 2]
        for name, of, carrier in (
            ("vnpt", LinkKind.INTERNET, VNPT),
            ("viettel", LinkKind.INTERNET, VIETTEL),
            ("wan", LinkKind.WAN, wan),
        ):
            id_ = line(n, name)
            made = link(id_, here, of, carrier, (Target(f"127.1.{n}.{len(links) % 200}"),))
            links[id_] = replace(made, parent=OWN_WAN if of is LinkKind.WAN else None)
    every = {
        id_: replace(x, interface=None, probing=replace(x.probing, interval=interval))
        for id_, x in links.items()
    }
    confer = replace(
        conference(),
        sites=tuple(Attendance(district(n), 1, "1080p", (), None) for n in range(districts)),
    )
    return replace(
        base,
        sites=sites,
        links=every,
        routers={},
        own_uplinks={LinkKind.WAN: OWN_WAN, LinkKind.INTERNET: OWN_INET},
        conferences={CONFERENCE: confer} if meeting else {},
    )


@dataclass(frozen=True)
class Told:
    """A message, and when (s after the start) it was decided on."""

    at: float
    message: Notification


class Towns:
    """A daemon without the outside, in ticks of 20 ms."""

    def __init__(
        self, whole: Inventory, start: datetime, fate: Fate, restored: Restored | None = None
    ) -> None:
        self.start, self.fate = start, fate
        self.seconds = 0.0
        self.records: list[Record] = []
        self.told: list[Told] = []
        self.notes: list[tuple[float, Note]] = []
        self.state = State(whole)
        self.asked = 0
        self._events: list[tuple[float, int, str, LinkId, float]] = []
        self._count = 0
        self._bursts: dict[LinkId, int] = {}
        self._keep(step(self.state, Numbered(range(1, 2000)), self._now()))
        self._keep(step(self.state, Recovered(restored or Restored()), self._now()))
        for each in whole.links.values():
            # As the wheels do: every link at its own phase of the interval.
            self._put(phase_of(each.id) * self._interval(each.id), "round", each.id)

    def run(self, seconds: float) -> list[Told]:
        """Let time pass; what was told."""
        before, until = len(self.told), self.seconds + seconds
        while self.seconds < until - 1e-9:
            self.seconds = round(self.seconds + TICK, 3)
            self._tick()
        return self.told[before:]

    def sense(self, **interfaces: Carriage) -> None:
        """An interface of an uplink has changed; keywords with _ for -."""
        changed = {LinkId(k.replace("_", "-")): v for k, v in interfaces.items()}
        self._keep(step(self.state, Sensed(Sensings(interfaces=changed)), self._now()))

    def echo(self, uplink: LinkId, target: int, *, sent: float, answered: bool) -> None:
        """A gateway (0) or a reference was asked, and answered or not."""
        outcome = Outcome.ANSWERED if answered else Outcome.NO_REPLY
        result = ProbeResult(uplink, target, 1000.0 + sent, outcome, 0.01 if answered else None)
        self._keep(step(self.state, Sensed(Sensings(echoes=(result,))), self._now()))

    @property
    def incidents(self) -> dict[str, Incident]:
        """Every incident as it was last written."""
        return {r.incident.id: r.incident for r in self.records if isinstance(r, SaveIncident)}

    def states(self) -> dict[LinkId, LinkState]:
        """Every link's state as shown."""
        return {x: self.state.shown(judge) for x, judge in self.state.judges.items()}

    def _interval(self, id_: LinkId) -> float:
        return self.state.judges[id_].interval

    def _tick(self) -> None:
        results: list[ProbeResult] = []
        overdue: list[Overdue] = []
        while self._events and self._events[0][0] <= self.seconds:
            at, _, what, id_, sent = heappop(self._events)
            match what:
                case "round":
                    self._send(id_)
                    self._put(at + self._interval(id_), "round", id_)
                case "burst":
                    self._send(id_)
                case "overdue":
                    overdue.append(Overdue(id_, 0, 1000.0 + sent))
                case "end":
                    results.append(self._result(id_, sent))
        if results:
            self._keep(step(self.state, Probed(results), self._now()))
        if overdue:
            self._keep(step(self.state, Suspected(overdue), self._now()))
        self._keep(advance(self.state, self._now()))

    def _send(self, id_: LinkId) -> None:
        self.asked += 1
        came = self.fate(id_, self.seconds)
        if isinstance(came, float):
            self._put(self.seconds + came, "end", id_, self.seconds)
        else:
            waits = came not in (Outcome.LOCAL_FAILURE, Outcome.UNREACHABLE)
            self._put(self.seconds + (TIMEOUT if waits else TICK), "end", id_, self.seconds)
        if came is None or (isinstance(came, float) and came > OVERDUE):
            self._put(self.seconds + OVERDUE, "overdue", id_, self.seconds)

    def _result(self, id_: LinkId, sent: float) -> ProbeResult:
        came = self.fate(id_, sent)
        if isinstance(came, Outcome):
            return ProbeResult(id_, 0, 1000.0 + sent, came)
        outcome = Outcome.NO_REPLY if came is None else Outcome.ANSWERED
        return ProbeResult(id_, 0, 1000.0 + sent, outcome, came)

    def _put(self, at: float, what: str, id_: LinkId, sent: float = 0.0) -> None:
        self._count += 1
        heappush(self._events, (at, self._count, what, id_, sent))

    def _keep(self, effects: Effects) -> None:
        self.records += effects.records
        for record in effects.records:
            if isinstance(record, Enqueue):
                self.told.append(Told(self.seconds, record.notification))
            elif isinstance(record, Note):
                self.notes.append((self.seconds, record))
        for wanted in effects.probes:
            for n in range(wanted.count):
                self._put(self.seconds + n * max(wanted.spacing, 0.2), "burst", wanted.link)

    def _now(self) -> Moment:
        return moment(self.start, self.seconds)
