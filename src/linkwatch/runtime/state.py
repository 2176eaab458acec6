"""What the engine owns: the judges, the incidents and the numbers for new ones."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple
from zlib import crc32

from linkwatch.conference import carrying, windows
from linkwatch.conference.pace import Hurried, hurried
from linkwatch.incident import home
from linkwatch.incident.home import Home
from linkwatch.incident.lifecycle import due
from linkwatch.incident.priority import Circumstance, with_sites_hit
from linkwatch.incident.topology import Topology
from linkwatch.judge.availability import Account
from linkwatch.judge.link import LinkJudge
from linkwatch.judge.names import NamesJudge
from linkwatch.judge.router import RouterJudge
from linkwatch.judge.site import is_cut_off
from linkwatch.model.coverage import DutyKey, duty_of
from linkwatch.model.finding import Family, Finding, Kind, LinkState
from linkwatch.model.ids import ConferenceId, IncidentId, LinkId, RouterId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Record
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import InterfaceSample, PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.path import TraceNow
from linkwatch.model.people import Swap
from linkwatch.model.subject import RESOLVER, Subject, SubjectKind
from linkwatch.model.topology import Link, SiteRole
from linkwatch.oncall.duty import DutyBook, with_swaps
from linkwatch.oncall.response import Response
from linkwatch.path.book import PathBook
from linkwatch.path.landmarks import Landmarks
from linkwatch.path.surveys import Surveys
from linkwatch.ports import Ruling
from linkwatch.runtime.causes import Causes, IncidentKey, key_of
from linkwatch.runtime.centre import OWN, around_channel, home_of_own
from linkwatch.runtime.lost_time import LostTimes
from linkwatch.runtime.postboxes import Postboxes
from linkwatch.runtime.timers import Timers
from linkwatch.runtime.uplinks import Uplinks
from linkwatch.runtime.works import Works
from linkwatch.timing.phase import by_phase

SILENCE_CHECK = 5.0
SILENCES_AT_ONCE = 500
"""Looked at in a ms or two, and 25,000 a second at the engine's shortest sleep."""
LESSON = 300
"""s between two lessons of what delay is usual of a link."""


@dataclass(frozen=True, slots=True)
class ProbeNow:
    """A request to the probe loop: `count` quick probes of a link, `spacing` s apart.

    `urgent`: few, and needed now, however many others ask.
    """

    link: LinkId
    count: int
    spacing: float
    urgent: bool = False


class Detected(NamedTuple):
    """An incident was opened so many s after its first bad sign."""

    incident: IncidentId
    seconds: float


@dataclass(slots=True)
class Effects:
    """What one turn decided: written first, then carried out."""

    records: list[Record] = field(default_factory=list)
    probes: list[ProbeNow] = field(default_factory=list)
    senses: list[LinkId] = field(default_factory=list)
    """Uplinks of which everything near is to be asked at once."""
    touched: set[LinkId] = field(default_factory=set)
    """Links whose state may be another now. Figures move with every probe, and are asked for."""
    detected: list[Detected] = field(default_factory=list)
    """One for each incident opened."""
    acknowledged: list[Response] = field(default_factory=list)
    """Incidents that somebody has in hand from now on."""
    restored: list[Response] = field(default_factory=list)
    """Faults that are over."""
    hurry: Hurried | None = None
    """What is asked at its conference interval from now on, if that has changed."""
    handed_on: bool = False
    """Whether another channel has taken on what one did not get through."""
    ruling: Ruling | None = None
    """What came of the act that somebody asked for."""
    worsened: list[IncidentId] = field(default_factory=list)
    """Incidents that were opened or got worse."""
    traces: list[TraceNow] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """Owned and changed by the engine's turn alone. `verified`: addresses that ever answered."""

    inventory: Inventory
    key: bytes | None = field(default=None, repr=False)
    """Signs the links that answer for an incident; None: there are none."""
    verified: dict[LinkId, set[str]] = field(default_factory=dict)
    judges: dict[LinkId, LinkJudge] = field(default_factory=dict)
    routers: dict[RouterId, RouterJudge] = field(default_factory=dict)
    """Of those that may be asked."""
    links_of: dict[SiteId, tuple[LinkId, ...]] = field(default_factory=dict)
    carrying: frozenset[LinkId] = frozenset()
    """Links that every conference passes."""
    incidents: dict[IncidentId, Incident] = field(default_factory=dict)
    """Open ones, and closed ones that may still be reopened."""
    by_key: dict[IncidentKey, IncidentId] = field(default_factory=dict)
    numbers: deque[int] = field(default_factory=deque)
    waiting: dict[IncidentKey, Finding] = field(default_factory=dict)
    """Findings that wait for an incident number; only while the store gives none."""
    open_at: dict[SiteId, set[IncidentId]] = field(default_factory=dict)
    """Open incidents by their site."""
    samples: dict[LinkId, InterfaceSample] = field(default_factory=dict)
    polls: dict[RouterId, PollResult] = field(default_factory=dict)
    calendar_due: float = math.inf
    """When priorities are looked at anew (monotonic s); not before a configuration is adopted."""
    timers: Timers = field(default_factory=Timers)
    """When time alone changes an incident."""
    escalations: Timers = field(default_factory=Timers)
    """When its escalation is looked at."""
    clocks_apart: float | None = None
    """Wall minus monotonic clock (s) at the last turn."""
    causes: Causes = field(default_factory=Causes)
    silence: list[tuple[float, LinkId]] = field(default_factory=list)
    """A heap: when each link's silence would be worth a word, if nothing is heard until then."""
    post: Postboxes = field(default_factory=Postboxes)
    """What contacts are yet to hear of."""
    swaps: dict[int, Swap] = field(default_factory=dict)
    """Swaps of duty made by command that stand, by number."""
    last_swap: int = 0
    announced: dict[int, Maintenance] = field(default_factory=dict)
    """Work announced by command that stands, by number."""
    last_work: int = 0
    works: Works = field(init=False)
    clashes: Mapping[Subject, Mapping[str, float]] = field(default_factory=dict)
    """Works at the time of a conference, and what was last said of each."""
    gaps: dict[DutyKey, ConferenceId | None] = field(default_factory=dict)
    """Duties that lack somebody, and the near conference that each endangers."""
    book: DutyBook = field(init=False)
    uplinks: Uplinks = field(init=False)
    """The links that our own probes leave through."""
    names: NamesJudge = field(default_factory=NamesJudge)
    """The name service of this host."""
    hurried: Hurried = field(default_factory=Hurried)
    """What is asked at its conference interval."""
    paced_by: frozenset[ConferenceId] | None = None
    """The open windows that `hurried` follows; None: by another configuration."""

    lessons: list[tuple[float, LinkId]] = field(default_factory=list)
    """A heap: when each link that is compared with its usual delay is next (monotonic s)."""
    traces: bool = False
    """Whether there is anybody who traces."""
    paths: PathBook = field(default_factory=PathBook)
    surveys: Surveys = field(default_factory=Surveys)
    """When each link's way is looked at; never, where nobody traces."""
    landmarks: Landmarks = field(init=False)

    accounts: dict[LinkId, Account] = field(default_factory=dict)
    """The links' availability."""
    unseen: set[LinkId] = field(default_factory=set)
    """Links of which it is not known whether they are up, for their availability."""
    savings: list[tuple[float, LinkId]] = field(default_factory=list)
    """A heap: when each link's availability is saved next (monotonic s)."""
    lost: LostTimes = field(default_factory=LostTimes)
    """What conferences have lost."""

    def __post_init__(self) -> None:
        self._open_book()
        self.works = Works(self.inventory, ())
        self.landmarks = Landmarks(self.inventory)
        self.uplinks = Uplinks()

    def adopt(self, inventory: Inventory, now: Moment) -> None:
        """Follow a configuration: links that stay keep their judge, the others come and go."""
        self.inventory = inventory
        self._open_book()
        self.works = Works(inventory, self.announced.values())
        self.works.meet(now.wall)
        per_year = inventory.false_alarms_per_link_year
        judges = {}
        for link in map(inventory.links.__getitem__, by_phase(inventory.links)):
            known = self.verified.get(link.id, set())
            judge = self.judges.get(link.id)
            if judge is None:
                judge = LinkJudge(link, known, per_year, now)
            else:
                judge.replace(link, known, per_year, now)
            if link.id not in self.judges:
                heappush(self.silence, (judge.next_due(), link.id))
            judges[link.id] = judge
        self.judges = judges
        self.uplinks.follow(inventory, judges, now)
        self.lessons = sorted(
            (now.monotonic + crc32(x.encode()) % LESSON, x)
            for x, judge in judges.items()
            if judge.link.thresholds.above_usual is not None
        )
        self.routers = {
            router.id: self.routers.get(router.id) or RouterJudge(router.id)
            for router in inventory.routers.values()
            if router.snmp is not None
        }
        self.links_of = _by_site(inventory.links.values())
        self.carrying = carrying.of_all(inventory)
        self.causes.topology = Topology(inventory.links)
        self.lost.adopt(inventory.conferences.values(), now)
        self.samples = {k: v for k, v in self.samples.items() if k in inventory.links}
        self.polls = {k: v for k, v in self.polls.items() if k in inventory.routers}
        self.waiting = {key: f for key, f in self.waiting.items() if self.home(*key) is not None}
        self.calendar_due = -math.inf
        self.paced_by = None

    def keep_pace(self, now: Moment) -> bool:
        """Follow the conferences' windows; whether anything is asked at another pace now."""
        on = windows.open_at(self.inventory.conferences.values(), now.wall)
        if on == self.paced_by:
            return False
        self.paced_by = on
        wanted = hurried(self.inventory, now.wall)
        per_year = self.inventory.false_alarms_per_link_year
        changed = False
        for judge in self.judges.values():
            if judge.hurried is not (judge.link.id in wanted.links):
                judge.hurry(not judge.hurried, per_year, now)
                changed = True
        if changed:
            self.silence = [(judge.next_due(), link) for link, judge in self.judges.items()]
            heapify(self.silence)
        before, self.hurried = self.hurried, wanted
        return wanted != before

    def keep_swaps(self, swaps: Iterable[Swap]) -> None:
        """Take swaps of duty as they now are."""
        for swap in swaps:
            self.last_swap = max(self.last_swap, swap.number)
            self.swaps[swap.number] = swap
            if swap.removed_at is not None:
                del self.swaps[swap.number]
        self._open_book()

    def keep_works(self, works: Iterable[Maintenance]) -> None:
        """Take work announced by command as it now is; all of it has a number."""
        for work in works:
            number = work.number or 0
            self.last_work = max(self.last_work, number)
            self.announced[number] = work
            if work.ended_at is not None:
                del self.announced[number]
        self.works = Works(self.inventory, self.announced.values())

    def _open_book(self) -> None:
        self.book = DutyBook(with_swaps(self.inventory, self.swaps.values()))

    def silent(self, now: Moment) -> list[LinkId]:
        """Links of which nothing was heard for too long; each is looked at again later.

        Looks at so many at most, the rest is due at once: of all links as at the start it is a lot.
        """
        found = []
        for _ in range(SILENCES_AT_ONCE):
            if not self.silence or self.silence[0][0] > now.monotonic:
                break
            link = heappop(self.silence)[1]
            judge = self.judges.get(link)
            if judge is None:
                continue
            due = judge.next_due()
            if due <= now.monotonic:
                found.append(link)
                due = now.monotonic + SILENCE_CHECK
            heappush(self.silence, (due, link))
        return found

    def to_compare(self, now: Moment) -> list[LinkJudge]:
        """The links whose turn it is to be compared with their usual delay; each has its own."""
        found = []
        while self.lessons and self.lessons[0][0] <= now.monotonic:
            link = self.lessons[0][1]
            heapreplace(self.lessons, (now.monotonic + LESSON, link))
            found.append(self.judges[link])
        return found

    def to_save(self, every: float, now: Moment) -> list[LinkId]:
        """The links whose availability is due to be saved; each has its own time."""
        found = []
        while self.savings and self.savings[0][0] <= now.monotonic:
            link = self.savings[0][1]
            heapreplace(self.savings, (now.monotonic + every, link))
            found.append(link)
        return found

    def incident(self, key: IncidentKey) -> Incident | None:
        """The incident of this fault, open or closed a short while ago."""
        number = self.by_key.get(key)
        return self.incidents[number] if number else None

    def keep(self, incident: Incident, now: Moment) -> None:
        """Take an incident as it now is, and set its timer."""
        before = self.incidents.get(incident.id)
        if before is not None:
            self.open_at.get(before.site, set()).discard(incident.id)
        self.incidents[incident.id] = incident
        self.by_key[incident.key] = incident.id
        if not incident.status.is_closed:
            self.open_at.setdefault(incident.site, set()).add(incident.id)
        is_closed = incident.status.is_closed
        self.timers.set(
            incident.id, None if is_closed else due(incident, self.inventory.flapping), now
        )

    def due(self, now: Moment) -> list[Incident]:
        """The incidents whose time has come; each comes once."""
        return [self.incidents[number] for number in self.timers.due(now)]

    def forget_closed(self, before: datetime) -> None:
        """Drop incidents closed before this time, of which nobody is yet to hear."""
        untold = self.post.incidents
        for incident in list(self.incidents.values()):
            closed = incident.resolved_at
            is_over = incident.status.is_closed and closed is not None and closed < before
            if is_over and incident.id not in untold:
                del self.incidents[incident.id]
                self.timers.forget(incident.id)
                self.escalations.forget(incident.id)
                if self.by_key.get(incident.key) == incident.id:
                    del self.by_key[incident.key]

    def open_incidents(self) -> Iterator[Incident]:
        """Those that are not closed."""
        return (i for i in self.incidents.values() if not i.status.is_closed)

    def home(self, family: Family, subject: Subject) -> Home | None:
        """Where such a fault lies by the configuration in force; None: it has no such thing."""
        if subject.kind in OWN:
            return home_of_own(self.inventory, subject)
        if subject.kind is SubjectKind.WORK or subject.is_group:
            return self._home_of_group((family, subject))
        if subject == RESOLVER:
            return home.of_centre(self.inventory.sites.values())
        if subject.uplink is not None:
            return self._home_of_uplink(subject.uplink)
        if subject.link is not None:
            return self._home_of_link(family, subject)
        return self._home_of_router(subject.router)

    def _home_of_uplink(self, name: LinkId) -> Home | None:
        watch = self.uplinks.watches.get(name)
        if watch is None:
            return None
        return home.of_uplink(watch.link, watch.said.reason if watch.said else None)

    def _home_of_link(self, family: Family, subject: Subject) -> Home | None:
        link = self.inventory.links.get(subject.link) if subject.link is not None else None
        if link is None:
            return None
        interface = link.interface
        router = self.inventory.routers.get(interface.router) if interface else None
        return home.of_link(family, link, router, self._touched((family, subject)))

    def _home_of_router(self, name: RouterId | None) -> Home | None:
        found = self.inventory.routers.get(name) if name is not None else None
        if found is None:
            return None
        at_site = self.links_of.get(found.site, ())
        return home.of_router(found, (self.inventory.links[x] for x in at_site))

    def carried(self, router: RouterId) -> list[LinkId]:
        """The links whose interfaces the router has: they are at its site."""
        site = self.inventory.routers[router].site
        links = (self.inventory.links[x] for x in self.links_of.get(site, ()))
        return [x.id for x in links if x.interface and x.interface.router == router]

    def _home_of_group(self, key: IncidentKey) -> Home | None:
        links, subject = self.inventory.links, key[1]
        if subject.kind is SubjectKind.WORK:
            return self.works.home(subject, self.incident(key))
        group = self.causes.groups.get(key)
        members = [links[x] for x in group.links if x in links] if group is not None else []
        if not members:
            return None
        if subject.kind is SubjectKind.RISK:
            sharing = self.causes.topology.sharing(subject.id)
            site = home.highest(self.inventory.sites[x.site] for x in sharing).id
        elif subject.site is not None:
            site = subject.site
        else:
            area = subject.carrier[1] if subject.carrier is not None else None
            near = links.get(area) if area is not None else None
            site = near.site if near is not None else home.centre(self.inventory.sites.values()).id
        touched = (*members, *self._touched(key))
        return home.of_group(subject, touched, site, group.confidence if group else None)

    def _touched(self, key: IncidentKey) -> list[Link]:
        """The links that are bad by it; as it begins, those too that pass it and may be so."""
        links, causes = self.inventory.links, self.causes
        if key not in causes.bad or key[0] is not Family.QUALITY:
            return []
        hit = (subject.link for _, subject in causes.effects(key))
        touched = [links[x] for x in hit if x is not None and x in links]
        if key[1].link is not None and causes.bad[key].kind is Kind.DOWN:
            below = (links[x] for x in causes.topology.below(key[1].link))
            touched += [x for x in below if causes.is_doubtful(x.id, x.carrier)]
        return touched

    def restore(self, finding: Finding, now: Moment) -> None:
        """Let a judge stand where an earlier run stood."""
        if finding.subject.link is not None:
            self.judges[finding.subject.link].restore(finding, now)
        elif finding.subject.router is not None:
            self.routers[finding.subject.router].restore(finding)
        elif finding.subject == RESOLVER:
            self.names.restore(finding)

    def around(self, subject: Subject, at: Home, now: datetime) -> tuple[Circumstance, ...]:
        """What surrounds such a fault there at `now`: one for each conference, or one alone."""
        duty = duty_of(subject)
        if duty is not None:
            return (self._around_duty(duty, now),)
        if subject.channel is not None:
            return around_channel(self.inventory, now)
        if subject.kind is SubjectKind.WORK:
            return self.works.around(subject, now)
        sites = [x for x in at.affects if x in self.inventory.sites] or [at.site]
        touched: dict[SiteId, list[LinkId]] = {}
        for link in at.links:
            if link in self.inventory.links:
                touched.setdefault(self.inventory.links[link].site, []).append(link)
        seen = [one for x in sites for one in self._around_site(x, touched.get(x, []), now)]
        return tuple(with_sites_hit(seen) if len(sites) > 1 else seen)

    def _around_site(
        self, name: SiteId, touched: Sequence[LinkId], now: datetime
    ) -> Iterator[Circumstance]:
        site = self.inventory.sites[name]
        local = now.astimezone(self.inventory.timezone)
        alone = Circumstance(
            level=site.level,
            role=site.role,
            closed=site.is_closed(local),
        )
        passed = not self.carrying.isdisjoint(touched)
        conferences = self.inventory.conferences.values()
        dues = windows.due(conferences, site, now, carries=passed)
        yield from [self._seen_from(one, name, touched, alone) for one in dues] or [alone]

    def _around_duty(self, duty: DutyKey, now: datetime) -> Circumstance:
        name = self.gaps.get(duty)
        conference = self.inventory.conferences.get(name) if name is not None else None
        alone = Circumstance(level=duty[1], role=SiteRole.SITE)
        if conference is None:
            return alone
        near = windows.phase(conference, now)
        return replace(alone, conference=name, phase=near, importance=conference.importance)

    def _seen_from(
        self, due: windows.Due, site: SiteId, touched: Sequence[LinkId], alone: Circumstance
    ) -> Circumstance:
        return replace(
            alone,
            cut_off=self.is_cut_off(site, due.uses),
            conference=due.conference.id,
            phase=due.phase,
            importance=due.conference.importance,
            attends=due.attendance is not None,
            in_use=any(due.uses(x) for x in touched),
            passed=not self.carrying.isdisjoint(touched),
        )

    def is_cut_off(self, site: SiteId, uses: Callable[[LinkId], bool]) -> bool:
        """Whether a site is, by those of its links that are in use."""
        return is_cut_off([self._is_down(x) for x in self.links_of.get(site, ()) if uses(x)])

    def _is_down(self, link: LinkId) -> bool:
        if self.shown(self.judges[link]) is LinkState.DOWN:
            return True
        # After a restart the link is unknown, but an open incident still says that it is down.
        key = key_of(link)
        incident = self.incident(key)
        if incident is None or incident.status.is_closed:
            cause = self.causes.cause(key)
            is_group = cause is not None and cause[1].uplink is None
            return is_group and link in self.causes.out
        return incident.kind is Kind.DOWN and incident.good_since is None

    def shown(self, judge: LinkJudge) -> LinkState:
        """The state of a link as shown: unknown while our own uplink hides it."""
        state = judge.state
        is_hidden = state is not LinkState.UNVERIFIED and self._is_hidden(judge.link.id)
        return LinkState.UNKNOWN if is_hidden else state

    def _is_hidden(self, link: LinkId) -> bool:
        watch = self.uplinks.of(link)
        if watch is None:
            return False
        causes, key = self.causes, key_of(link)
        cause = causes.cause(key)
        if cause is not None and cause[1].uplink == watch.link.id:
            return True
        if watch.rule.death is not None:
            return key not in causes.bad
        # It was silent for the uplink's sake, and is given the time to answer again.
        return link in watch.recovering and key in causes.spared

    def stable_since(self, now: datetime) -> datetime:
        """Incidents closed before this may not be reopened."""
        return now - timedelta(seconds=self.inventory.flapping.stable)


def _by_site(links: Iterable[Link]) -> dict[SiteId, tuple[LinkId, ...]]:
    found: dict[SiteId, tuple[LinkId, ...]] = {}
    for link in links:
        found[link.site] = (*found.get(link.site, ()), link.id)
    return found
