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
from linkwatch.timing.pace import TokenBucket
from linkwatch.timing.rounds import Rounds
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

Near = Callable[[LinkId, int, float], bool]
"""Whether an uplink's gateway (0) or a reference beyond it answers what is sent then."""
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
    """A message, when (s after the start) it was decided on, and the links that it was of then."""

    at: float
    message: Notification
    links: tuple[LinkId, ...]


class Towns:
    """A daemon without the outside, in ticks of 20 ms."""

    def __init__(
        self,
        whole: Inventory,
        start: datetime,
        fate: Fate,
        near: Near | None = None,
        restored: Restored | None = None,
        *,
        first: int = 1,
    ) -> None:
        self.start, self.fate, self.near = start, fate, near
        self.seconds = 0.0
        self.records: list[Record] = []
        self.told: list[Told] = []
        self._links: dict[str, tuple[LinkId, ...]] = {}
        self.notes: list[tuple[float, Note]] = []
        self.state = State(whole)
        self.asked = 0
        self._events: list[tuple[float, int, str, LinkId, float]] = []
        self._count = 0
        self._rounds = Rounds(TokenBucket(100.0, 200.0))
        self._rounds.configure({x.id: x.probing.interval for x in whole.links.values()}, 1000.0)
        self._keep(step(self.state, Numbered(range(first, first + 2000)), self._now()))
        self._keep(step(self.state, Recovered(restored or Restored()), self._now()))
        self._pace()
        for uplink in self.state.uplinks.watches if near else ():
            self._put(0.5, "sense", uplink)

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

    def restart(self, after: float) -> "Towns":
        """Another daemon, `after` s later, that finds what this one wrote."""
        known = self.incidents.values()
        restored = Restored(
            open_incidents=tuple(i for i in known if not i.status.is_closed),
            recent_incidents=tuple(i for i in known if i.status.is_closed),
            verified=frozenset(
                (link, address) for link, each in self.state.verified.items() for address in each
            ),
        )
        later = moment(self.start, self.seconds + after).wall
        return Towns(self.state.inventory, later, self.fate, self.near, restored, first=5000)

    @property
    def incidents(self) -> dict[str, Incident]:
        """Every incident as it was last written."""
        return {r.incident.id: r.incident for r in self.records if isinstance(r, SaveIncident)}

    def states(self) -> dict[LinkId, LinkState]:
        """Every link's state as shown."""
        return {x: self.state.shown(judge) for x, judge in self.state.judges.items()}

    def _pace(self) -> None:
        judges = self.state.judges
        self._rounds.configure({x: j.interval for x, j in judges.items()}, 1000.0 + self.seconds)

    def _tick(self) -> None:
        results: list[ProbeResult] = []
        overdue: list[Overdue] = []
        for id_ in self._rounds.due(1000.0 + self.seconds, 1000):
            self._send(id_)
        while self._events and self._events[0][0] <= self.seconds:
            at, _, what, id_, sent = heappop(self._events)
            if what == "overdue":
                overdue.append(Overdue(id_, 0, 1000.0 + sent))
            elif what == "end":
                results.append(self._result(id_, sent))
            else:
                self._near(what, id_, at, sent)
        if results:
            self._keep(step(self.state, Probed(results), self._now()))
        if overdue:
            self._keep(step(self.state, Suspected(overdue), self._now()))
        self._keep(advance(self.state, self._now()))

    def _near(self, what: str, uplink: LinkId, at: float, sent: float) -> None:
        if what in ("sense", "echo"):
            self._sense(uplink, at)
            if what == "sense":
                self._put(at + 1.0, "sense", uplink)
            return
        target, sent_at = int(what), 1000.0 + sent
        if self.near is not None and self.near(uplink, target, sent):
            answer = ProbeResult(uplink, target, sent_at, Outcome.ANSWERED, 0.01)
            told = Sensings(echoes=(answer,))
        else:
            told = Sensings(overdue=(Overdue(uplink, target, sent_at),))
        self._keep(step(self.state, Sensed(told), self._now()))

    def _sense(self, uplink: LinkId, at: float) -> None:
        for target in (0, *self.state.uplinks.watches[uplink].references):
            came = self.near is not None and self.near(uplink, target, at)
            self._put(at + (0.01 if came else OVERDUE), str(target), uplink, at)

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
            if isinstance(record, SaveIncident):
                self._links[record.incident.id] = record.incident.links
            elif isinstance(record, Enqueue):
                message = record.notification
                links = self._links.get(str(message.incident), ())
                self.told.append(Told(self.seconds, message, links))
            elif isinstance(record, Note):
                self.notes.append((self.seconds, record))
        if effects.hurry is not None:
            self._pace()
        for one in effects.probes:
            at = 1000.0 + self.seconds
            self._rounds.probe_now(one.link, one.count, one.spacing, at, urgent=one.urgent)
        for uplink in effects.senses if self.near else ():
            for n in range(4):
                self._put(self.seconds + n * 0.2, "echo", uplink)

    def _now(self) -> Moment:
        return moment(self.start, self.seconds)
