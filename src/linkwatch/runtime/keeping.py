"""An incident as it becomes: written down, told, and looked at again when something is due."""

from collections.abc import Iterable

from linkwatch.incident.extent import is_wide
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.journal import Enqueue, Note, SaveIncident
from linkwatch.model.moment import Moment
from linkwatch.model.subject import SubjectKind
from linkwatch.oncall.plan import next_due
from linkwatch.oncall.response import acknowledged, restored
from linkwatch.runtime.centre import OWN
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import Telling


def keep(
    state: State,
    incident: Incident,
    notes: Iterable[tuple[str, str]],
    tellings: Iterable[Telling],
    *,
    now: Moment,
    effects: Effects,
) -> None:
    """Take the incident; `notes` (code, detail) go into its timeline before what is told."""
    before = state.incidents.get(incident.id)
    if (taken := acknowledged(before, incident)) is not None:
        effects.acknowledged.append(taken)
    if (mended := restored(before, incident)) is not None:
        effects.restored.append(mended)
    effects.records.append(SaveIncident(incident))
    effects.records.extend(
        Note(TimelineEntry(incident.id, now.wall, what, detail)) for what, detail in notes
    )
    for telling in tellings:
        effects.records.extend(Note(note) for note in telling.notes)
        effects.records.extend(Enqueue(message) for message in telling.notifications)
        for untold in telling.untold:
            state.post.put(untold)
    state.keep(incident, now)
    watch(state, incident, now)


def watch(state: State, incident: Incident, now: Moment) -> None:
    """Set the time at which its escalation is looked at."""
    wide = reaches_far(state, incident)
    due = next_due(incident, state.book, wide=wide, now=now.wall)
    state.escalations.set(incident.id, due, now)


def watch_all(state: State, now: Moment) -> None:
    """The rosters or the calendar have changed."""
    for incident in state.open_incidents():
        watch(state, incident, now)


def reaches_far(state: State, incident: Incident) -> bool:
    """Whether it is wide: by its site, or with the same carrier's at sites of its conference."""
    sites = state.inventory.sites
    hit = [sites[x] for x in incident.affects or (incident.site,) if x in sites]
    if not hit or incident.subject.kind in OWN or incident.subject.kind is SubjectKind.WORK:
        return False
    carries_all = any(is_wide(site.role, 0) for site in hit)
    return carries_all or is_wide(hit[0].role, _conference_sites(state, incident))


def _conference_sites(state: State, incident: Incident) -> int:
    if incident.conference is None or incident.announced_at is None:
        return 0
    row = incident.escalation.get(incident.priority, ())
    if not any(step.when_wide for step in row):
        # Nobody asks; a province that goes dark has hundreds to ask for.
        return 0
    conference = state.inventory.conferences.get(incident.conference)
    attending = {one.site for one in conference.sites} if conference is not None else set()
    return len(
        {
            site
            for other in state.open_incidents()
            if other.conference == incident.conference
            and other.carrier == incident.carrier
            and other.priority is incident.priority
            and not other.is_muted
            for site in (other.site, *other.affects)
            if site in attending
        }
    )
