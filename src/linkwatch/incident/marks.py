"""What an incident carries along: how urgent it is, what its people have heard, when they hear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from linkwatch.incident.priority import DEAD, Circumstance, urgency
from linkwatch.model.finding import Family
from linkwatch.model.ids import ConferenceId
from linkwatch.model.incident import Incident, Status
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity

Hold = Mapping[Priority, float]
"""s that a confirmed fault must last until anybody is told."""
Around = Sequence[Circumstance]


def urgency_of(incident: Incident, around: Around) -> tuple[Priority, ConferenceId | None]:
    """Its priority under these circumstances, and the conference that gives it."""
    # A link flaps; a load or a boost that comes and goes does not make its link do so.
    flaps = incident.status is Status.FLAPPING and incident.family is Family.QUALITY
    return urgency(incident.kind, incident.severity, around, flaps=flaps)


def ranked(incident: Incident, around: Around) -> Incident:
    """With the priority of now."""
    priority, conference = urgency_of(incident, around)
    return replace(incident, priority=priority, conference=conference)


def heard(incident: Incident) -> Incident:
    """With the note that its people hear how bad it is now."""
    highest = incident.highest_told
    if highest is None or incident.priority.outranks(highest):
        highest = incident.priority
    worst = max(incident.worst_told, rank(incident))
    reach = len(incident.affects)
    return replace(incident, worst_told=worst, highest_told=highest, affects_told=reach)


def unheard(incident: Incident, before: Incident) -> Incident:
    """With the note that its people know no more of it than before."""
    return replace(
        incident,
        worst_told=before.worst_told,
        highest_told=before.highest_told,
        affects_told=before.affects_told,
    )


def timed(incident: Incident, hold: Hold) -> Incident:
    """With the time at which somebody is told; P4 is for the record only."""
    if incident.priority is Priority.P4 or incident.caused_by is not None:
        return replace(incident, announce_at=None)
    left = max(0.0, hold[incident.priority] - incident.served)
    return replace(incident, announce_at=incident.spell_at + timedelta(seconds=left))


def rank(incident: Incident) -> int:
    """How bad it is: a warning, critical, or no line at all."""
    return Severity.CRITICAL + 1 if incident.kind in DEAD else int(incident.severity)
