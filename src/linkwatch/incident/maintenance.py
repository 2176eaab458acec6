"""Announced work and the faults that fall into it: recorded and shown, but not told while it lasts.

What is muted is withheld, not lost: a fault that outlasts the work is told, and so is whatever
became of one that was told before. Its end reaches everybody who heard of it, work or not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from linkwatch.incident.lifecycle import Change, is_worse_than_told
from linkwatch.incident.marks import heard, unheard
from linkwatch.model.finding import Family
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.maintenance import Bearing, Maintenance, UnderWork
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Link

UNTOUCHED = frozenset({Family.BANDWIDTH, Family.ROSTER, Family.MAINTENANCE})
"""Families that no work on a line explains: orders, duties, and the work itself."""


def next_change(works: Iterable[Maintenance], after: datetime) -> datetime | None:
    """The next instant at which any work begins or ends."""
    edges = (edge for work in works for edge in (work.span.start, work.span.end))
    return min((edge for edge in edges if edge is not None and edge > after), default=None)


def covering(
    incident: Incident, works: Iterable[Maintenance], links: Mapping[LinkId, Link]
) -> tuple[Maintenance, ...]:
    """Those of the works that explain such a fault: they touch everything that it touches.

    What passes a link and fails with it is explained by work on that link.
    """
    if incident.family in UNTOUCHED:
        return ()
    hit = {link: links[link] for link in incident.links if link in links}
    at = incident.affects or (incident.site,)
    return tuple(
        work
        for work in works
        if all(work.touches_all_at(site) for site in at)
        or (hit and all(_is_explained(link, work, hit) for link in hit.values()))
    )


def _is_explained(link: Link, work: Maintenance, hit: Mapping[LinkId, Link]) -> bool:
    """Whether it is worked on, or passes one of those hit that is."""
    passed: Link | None = link
    while passed is not None and not work.touches(passed):
        passed = hit.get(passed.parent) if passed.parent is not None else None
    return passed is not None


def standing(
    before: UnderWork | None,
    works: Iterable[Maintenance],
    now: datetime,
    *,
    in_conference: bool,
) -> UnderWork | None:
    """What works under way at `now`, all of which cover an open fault, mean for it.

    `in_conference`: one runs over it now. Any work that somebody has agreed to mutes it even so.
    """
    named = [
        UnderWork(work.name, work.span.end, _bearing(work, in_conference=in_conference))
        for work in works
        if work.span.end is not None
    ]
    if named:
        return max(named, key=lambda one: (one.bearing is Bearing.MUTED, one.until))
    if before is None or before.bearing is Bearing.OUTLASTED:
        return before
    return UnderWork(before.work, min(before.until, now), Bearing.OUTLASTED)


def told(before: Incident | None, change: Change) -> Change:
    """What of a change people hear: while it is muted its end alone, then what was withheld."""
    if change.incident.status.is_closed:
        return replace(change, incident=replace(change.incident, withheld=()))
    return _withheld(before, change) if change.incident.is_muted else _made_up(change)


def as_heard(before: Incident | None) -> Incident | None:
    """The incident before a change, as urgent as its people know it to be."""
    if before is None or before.highest_told is None:
        return before
    if IncidentEvent.RAISED not in before.withheld:
        return before
    return replace(before, priority=before.highest_told)


def _bearing(work: Maintenance, *, in_conference: bool) -> Bearing:
    mutes = work.accepted_by is not None or not in_conference
    return Bearing.MUTED if mutes else Bearing.OVER_CONFERENCE


def _withheld(before: Incident | None, change: Change) -> Change:
    event, incident = change.event, change.incident
    if event is None or before is None:
        return change
    silent = unheard(incident, before)
    if before.status.is_closed or before.announced_at is None:
        # Its first word is still to come: due again as soon as nothing mutes it.
        waits = incident.good_since is None and incident.caused_by is None
        waits = waits and incident.priority is not Priority.P4
        at = incident.spell_at if waits else None
        silent = replace(silent, announced_at=None, announce_at=at)
    else:
        silent = replace(silent, withheld=tuple(dict.fromkeys((*before.withheld, event))))
    return replace(change, incident=silent, event=None)


def _made_up(change: Change) -> Change:
    """What comes and goes is told as it is bad; what has eased meanwhile need not be told."""
    incident = change.incident
    if not incident.withheld:
        return change
    if incident.good_since is not None:
        left = tuple(one for one in incident.withheld if one is not change.event)
        return replace(change, incident=replace(incident, withheld=left))
    event = _owed(incident, change.event)
    freed = replace(incident, withheld=())
    return replace(change, incident=heard(freed) if event is not None else freed, event=event)


def _owed(incident: Incident, event: IncidentEvent | None) -> IncidentEvent | None:
    if event is IncidentEvent.RAISED or is_worse_than_told(incident):
        return IncidentEvent.RAISED
    if incident.status is Status.FLAPPING and IncidentEvent.FLAPPING in incident.withheld:
        return IncidentEvent.FLAPPING
    updated = IncidentEvent.UPDATED
    return updated if updated in incident.withheld else event
