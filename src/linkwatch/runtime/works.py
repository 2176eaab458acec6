"""The works that are announced: what they mean for each fault, and which conferences they meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from linkwatch.conference import carrying, windows
from linkwatch.conference.conflicts import Conflict, conflicts
from linkwatch.incident import home, maintenance
from linkwatch.incident.home import Home
from linkwatch.incident.lifecycle import Change
from linkwatch.incident.priority import Circumstance
from linkwatch.model.conference import Conference
from linkwatch.model.ids import ConferenceId, LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.maintenance import Bearing, Maintenance, UnderWork
from linkwatch.model.subject import Subject
from linkwatch.model.topology import Level, SiteRole

_MEANINGS: Mapping[Bearing, str] = {
    Bearing.MUTED: "nobody is told",
    Bearing.OVER_CONFERENCE: "nobody has agreed to it over a conference, so people are told",
    Bearing.OUTLASTED: "over, but the fault is not",
}


class Works:
    """All that is announced, by the configuration and by command; made anew as either changes."""

    def __init__(self, inventory: Inventory, by_command: Iterable[Maintenance]) -> None:
        self._inventory = inventory
        self.all = (*inventory.maintenance, *by_command)
        self.conflicts: Mapping[Subject, tuple[Conflict, ...]] = {}
        """What `meet` found, by the work's subject: the nearest first."""
        self._run_over: dict[ConferenceId, frozenset[LinkId]] = {}
        self._touched: dict[tuple[Maintenance, ConferenceId], frozenset[LinkId]] = {}
        self._on: tuple[datetime, tuple[Maintenance, ...]] | None = None

    def on(self, at: datetime) -> tuple[Maintenance, ...]:
        """Those under way at `at`."""
        if self._on is None or self._on[0] != at:
            self._on = (at, tuple(work for work in self.all if work.is_on(at)))
        return self._on[1]

    def last_on(self, link: LinkId, at: datetime) -> Maintenance | None:
        """The one under way on a link; of several, that which ends last."""
        on = self.on(at)
        if not on:
            return None
        known = self._inventory.links[link]
        touching = (work for work in on if work.touches(known))
        return max(touching, key=lambda work: work.span.end or at, default=None)

    def conferences_over(self, link: LinkId) -> Iterator[Conference]:
        """The conferences that run over a link."""
        conferences = self._inventory.conferences.values()
        return (one for one in conferences if link in self._links_of(one))

    def next_change(self, after: datetime) -> datetime | None:
        """When the next begins or ends."""
        return maintenance.next_change(self.all, after)

    def weigh(
        self, before: Incident | None, change: Change, now: datetime
    ) -> tuple[Change, list[tuple[str, str]]]:
        """A change of an incident as it is told beside the works of now, and notes on these."""
        incident = change.incident
        was = before.maintenance if before is not None and not before.status.is_closed else None
        stands = was if incident.status.is_closed else self.standing(incident, was, now)
        marked = replace(change, incident=replace(incident, maintenance=stands))
        notes = [self._note(stands)] if stands is not None and stands != was else []
        return maintenance.told(before, marked), notes

    def standing(
        self, incident: Incident, before: UnderWork | None, now: datetime
    ) -> UnderWork | None:
        """What the works of now mean for an open incident."""
        covering = maintenance.covering(incident, self.on(now), self._inventory.links)
        in_conference = bool(covering) and self._in_conference(incident, now)
        return maintenance.standing(before, covering, now, in_conference=in_conference)

    def meet(self, now: datetime) -> None:
        """Find the works that nobody has agreed to, at the time of conferences over their links."""
        found = defaultdict[Subject, list[Conflict]](list)
        conferences = self._inventory.conferences.values()
        for one in conflicts(self.all, conferences, self._conference_links, now):
            found[one.work.subject].append(one)
        self.conflicts = {
            subject: tuple(sorted(some, key=lambda one: one.period.start))
            for subject, some in found.items()
        }

    def home(self, subject: Subject, known: Incident | None) -> Home | None:
        """Where a conflict lies: at the one site that it touches, else it is the centre's."""
        met = self.conflicts.get(subject)
        if met is None:
            return home.last_known(known) if known is not None else None
        links = {link for one in met for link in one.links}
        return home.of_work(
            [self._inventory.links[x] for x in sorted(links)], self._inventory.sites.values()
        )

    def around(self, subject: Subject, now: datetime) -> tuple[Circumstance, ...]:
        """What surrounds a conflict: one for each conference that the work meets."""
        alone = Circumstance(level=Level.PROVINCE, role=SiteRole.SITE)
        met = self.conflicts.get(subject, ())
        return tuple(
            replace(
                alone,
                conference=one.conference.id,
                phase=windows.phase(one.conference, now),
                importance=one.conference.importance,
            )
            for one in met
        ) or (alone,)

    def _note(self, stands: UnderWork) -> tuple[str, str]:
        until = stands.until.astimezone(self._inventory.timezone)
        return (
            "maintenance",
            f"{stands.work} until {until:%d/%m %H:%M}: {_MEANINGS[stands.bearing]}",
        )

    def _in_conference(self, incident: Incident, now: datetime) -> bool:
        conferences = self._inventory.conferences
        on = windows.open_at(conferences.values(), now)
        return any(not self._links_of(conferences[c]).isdisjoint(incident.links) for c in on)

    def _links_of(self, conference: Conference) -> frozenset[LinkId]:
        if conference.id not in self._run_over:
            self._run_over[conference.id] = carrying.runs_over(self._inventory, conference)
        return self._run_over[conference.id]

    def _conference_links(self, work: Maintenance, conference: Conference) -> frozenset[LinkId]:
        key = (work, conference.id)
        if key not in self._touched:
            links = self._inventory.links
            found = (x for x in self._links_of(conference) if work.touches(links[x]))
            self._touched[key] = frozenset(found)
        return self._touched[key]
