"""An incident that explains others, or is explained: what it touches, and who hears of that."""

from dataclasses import replace
from datetime import datetime

from linkwatch.incident.home import Home
from linkwatch.incident.lifecycle import Change, rehome, reprioritise
from linkwatch.incident.marks import Around, Hold, heard, ranked, timed, unheard
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status

_TOLD_ANYWAY = frozenset({IncidentEvent.RESOLVED, IncidentEvent.UPDATED})


def spread(
    incident: Incident, home: Home, around: Around, hold: Hold, now: datetime, *, settled: bool
) -> Change:
    """It touches more or less than before; `settled`: no more has come to it for a while.

    A higher priority is told at once, and how far it reaches once that is settled, if it has grown
    much since its people heard of it.
    """
    moved = rehome(incident, home)
    change = reprioritise(moved.incident, around, hold, now)
    grown = change.incident
    if change.event is not None or moved.event is not None:
        return replace(
            change, event=change.event or moved.event, what="spread", detail=_reach(grown)
        )
    told = incident.affects_told
    much = len(grown.affects) >= told + max(2, told // 5)
    if incident.announced_at is not None and settled and much:
        return Change(heard(grown), IncidentEvent.UPDATED, "spread", _reach(grown))
    return replace(change, incident=grown)


def attach(incident: Incident, cause: IncidentId) -> Change:
    """Another explains it: while that goes on nobody is told more of this one, but of its end."""
    explained = replace(incident, caused_by=cause, announce_at=None)
    return Change(explained, None, "explained", f"by {cause}")


def unsaid(before: Incident | None, change: Change) -> Change:
    """What another explains pages nobody, however it changes: its end is told, and its place."""
    incident, event = change.incident, change.event
    if before is None or incident.caused_by is None:
        return change
    if event is None or event in _TOLD_ANYWAY:
        return change
    silent = unheard(incident, before)
    if event is IncidentEvent.FLAPPING:
        # Nobody has heard that it flaps: it is told anew where it goes on by itself.
        half = not before.status.is_closed and before.is_owed_its_end
        silent = replace(silent, announced_at=None, is_half_told=half)
    return replace(change, incident=silent, event=None)


def detach(incident: Incident, around: Around, hold: Hold) -> Change:
    """What explained it is over, and it is not: it is told as any other.

    Who has heard that it flaps knows so still; whoever has heard of it at all is to hear its end.
    """
    alone = ranked(replace(incident, caused_by=None), around)
    if alone.status is not Status.FLAPPING or alone.announced_at is None:
        anew = replace(alone, announced_at=None, is_half_told=alone.is_owed_its_end, progress=None)
        alone = timed(anew, hold)
    return Change(alone, None, "on its own", "the cause is over")


def _reach(incident: Incident) -> str:
    return f"{incident.priority}, {len(incident.links)} links at {len(incident.affects)} sites"
