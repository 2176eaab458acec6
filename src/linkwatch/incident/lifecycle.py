"""An incident's life: opened, told, raised, resolved, reopened, withdrawn.

Each function takes the incident as it is and returns a `Change`: the incident as it becomes, the
event its people hear of (None: nothing to tell), and what the timeline says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwatch.incident import flapping
from linkwatch.incident.home import Home
from linkwatch.incident.priority import DEAD, Circumstance, urgency
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import ConferenceId, IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Flapping
from linkwatch.model.people import EscalationStep
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity

Hold = Mapping[Priority, float]
Around = Sequence[Circumstance]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an incident. `what` and `detail` go into its timeline; '' for nothing new."""

    incident: Incident
    event: IncidentEvent | None = None
    what: str = ""
    detail: str = ""


def open_incident(
    number: IncidentId,
    finding: Finding,
    home: Home,
    around: Around,
    *,
    hold: Hold,
    escalation: Mapping[Priority, tuple[EscalationStep, ...]],
    now: datetime,
) -> Change:
    """A new incident from a bad finding; it is announced once its hold is over."""
    kind = _kind(finding)
    priority, conference = urgency(kind, finding.severity, around)
    incident = Incident(
        id=number,
        family=finding.family,
        subject=finding.subject,
        kind=kind,
        severity=finding.severity,
        priority=priority,
        status=Status.OPEN,
        started_at=finding.started_at,
        opened_at=now,
        spell_at=now,
        announce_at=None,
        site=home.site,
        carrier=home.carrier,
        circuit=home.circuit,
        links=home.links,
        conference=conference,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
        reason=finding.reason,
        changes=(now,),
        escalation=escalation,
    )
    return Change(_timed(incident, hold), None, "opened", _summary(incident))


def worsen_or_ease(
    incident: Incident, finding: Finding, around: Around, hold: Hold, now: datetime
) -> Change:
    """The fault goes on in another form: severity and kind change inside the incident."""
    changed = replace(
        incident,
        kind=_kind(finding),
        severity=finding.severity,
        measured=finding.measured or incident.measured,
        threshold=finding.threshold or incident.threshold,
        direction=finding.direction,
        evidence=finding.evidence or incident.evidence,
        reason=finding.reason,
        restored_at=None,
    )
    changed = replace(
        reprioritise(changed, around, hold, now).incident,
        worst_told=incident.worst_told,
        highest_told=incident.highest_told,
    )
    what = _course(_rank(incident), _rank(changed))
    highest = changed.highest_told
    worse = _rank(changed) > changed.worst_told or (
        highest is not None and changed.priority.outranks(highest)
    )
    if changed.announced_at is None or not worse:
        return Change(changed, None, what, _summary(changed))
    return Change(hear(changed), IncidentEvent.RAISED, what, _summary(changed))


def reprioritise(incident: Incident, around: Around, hold: Hold, now: datetime) -> Change:
    """The priority under the circumstances of now; a rise is told, a fall alone is not."""
    priority, conference = _urgency(incident, around)
    if (priority, conference) == (incident.priority, incident.conference):
        return Change(incident)
    changed = replace(incident, priority=priority, conference=conference)
    if priority is incident.priority:
        return Change(changed)
    detail = f"{incident.priority} -> {priority}"
    if incident.announced_at is None:
        waits = incident.good_since is None
        return Change(_timed(changed, hold) if waits else changed, None, "priority", detail)
    if not priority.outranks(incident.priority):
        return Change(changed, None, "priority", detail)
    return Change(hear(changed), IncidentEvent.RAISED, "priority", detail)


def announce(incident: Incident, now: datetime) -> Change:
    """The hold is over: tell the people."""
    told = hear(replace(incident, announced_at=now, announce_at=None))
    flaps = incident.status is Status.FLAPPING
    return Change(told, IncidentEvent.FLAPPING if flaps else IncidentEvent.OPENED, "announced")


def resolve(
    incident: Incident, restored_at: datetime, around: Around, rule: Flapping, now: datetime
) -> Change:
    """The fault is over, and all who were told hear it; one that flaps must stay well first."""
    was_told = incident.announced_at is not None
    # Work explains a bad spell in it: it is no part of the hold of one that comes after.
    spell = 0.0 if incident.is_muted else (now - incident.spell_at).total_seconds()
    well = replace(
        incident,
        restored_at=restored_at,
        announce_at=None,
        served=0.0 if was_told else incident.served + spell,
        changes=flapping.recent(incident, rule, now),
    )
    if incident.status is Status.FLAPPING:
        return Change(replace(well, good_since=now), None, "quiet")
    if flapping.flaps(well, rule):
        return _flap(_ranked(replace(well, status=Status.FLAPPING, good_since=now), around))
    closed = replace(well, status=Status.RESOLVED, resolved_at=now)
    return Change(closed, IncidentEvent.RESOLVED if was_told else None, "resolved")


def settle(incident: Incident, now: datetime) -> Change:
    """A flapping fault has stayed well for long enough."""
    event = IncidentEvent.RESOLVED if incident.announced_at is not None else None
    closed = replace(incident, status=Status.RESOLVED, resolved_at=now, good_since=None)
    return Change(closed, event, "resolved", "stayed well")


def bad_again(
    incident: Incident,
    finding: Finding,
    home: Home,
    around: Around,
    *,
    hold: Hold,
    rule: Flapping,
    now: datetime,
) -> Change:
    """Bad again soon after: the same incident goes on, or is now seen to flap."""
    flapped = incident.status is Status.FLAPPING
    again = replace(
        rehome(incident, home).incident,
        kind=_kind(finding),
        severity=finding.severity,
        status=Status.FLAPPING if flapped else Status.OPEN,
        spell_at=now,
        announced_at=incident.announced_at if flapped else None,
        restored_at=None,
        resolved_at=None,
        good_since=None,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
        reason=finding.reason,
        changes=flapping.recent(incident, rule, now),
    )
    flaps = not flapped and flapping.flaps(again, rule)
    again = _ranked(replace(again, status=Status.FLAPPING) if flaps else again, around)
    if again.announced_at is None:
        again = _timed(again, hold)
    if flaps:
        return _flap(again)
    return Change(again, None, "bad again" if flapped else "reopened", _summary(again))


def rehome(incident: Incident, home: Home) -> Change:
    """What it is of has moved to another site, carrier or circuit: so has the fault.

    Those of a new carrier have heard nothing yet: an announced fault is told as updated.
    """
    moved = replace(
        incident,
        site=home.site,
        carrier=home.carrier,
        circuit=home.circuit,
        links=home.links,
    )
    if moved == incident:
        return Change(incident)
    elsewhere = (moved.site, moved.carrier) != (incident.site, incident.carrier)
    told = incident.announced_at is not None and elsewhere
    detail = f"{moved.site}, {moved.carrier or 'the agency'}, {moved.circuit or 'no circuit'}"
    return Change(moved, IncidentEvent.UPDATED if told else None, "moved", detail)


def withdraw(incident: Incident, now: datetime) -> Change:
    """The configuration watches this no more; everyone who was told hears it."""
    closed = replace(
        incident, status=Status.WITHDRAWN, resolved_at=now, announce_at=None, good_since=None
    )
    event = IncidentEvent.RESOLVED if incident.announced_at is not None else None
    return Change(closed, event, "withdrawn", "the configuration watches this no more")


def close(incident: Incident, by: str, reason: str, now: datetime) -> Change:
    """Somebody has closed it by hand: everyone who was told hears it; the fault may go on."""
    closed = replace(
        incident,
        status=Status.RESOLVED,
        resolved_at=now,
        announce_at=None,
        good_since=None,
        closed_by=by,
        closed_why=reason,
    )
    event = IncidentEvent.RESOLVED if incident.announced_at is not None else None
    return Change(closed, event, "closed", f"{by}: {reason}")


def may_reopen(incident: Incident, now: datetime, rule: Flapping) -> bool:
    """Whether a new fault of the same key is still this incident."""
    return (
        incident.status is Status.RESOLVED
        and incident.resolved_at is not None
        and now - incident.resolved_at < timedelta(seconds=rule.stable)
    )


def due(incident: Incident, rule: Flapping) -> datetime | None:
    """When time alone will change the incident: its hold is over, or it has stayed well.

    While it is muted no hold matters.
    """
    if incident.good_since is not None:
        return incident.good_since + timedelta(seconds=rule.stable)
    return None if incident.is_muted else incident.announce_at


def _flap(incident: Incident) -> Change:
    was_told = incident.announced_at is not None or incident.worst_told > 0
    if not was_told:
        return Change(incident, None, "flapping")
    at = incident.announced_at or incident.spell_at
    told = hear(replace(incident, announced_at=at, announce_at=None))
    return Change(told, IncidentEvent.FLAPPING, "flapping")


def _urgency(incident: Incident, around: Around) -> tuple[Priority, ConferenceId | None]:
    # A link flaps; a load or a boost that comes and goes does not make its link do so.
    flaps = incident.status is Status.FLAPPING and incident.family is Family.QUALITY
    return urgency(incident.kind, incident.severity, around, flaps=flaps)


def _ranked(incident: Incident, around: Around) -> Incident:
    priority, conference = _urgency(incident, around)
    return replace(incident, priority=priority, conference=conference)


def is_worse_than_told(incident: Incident) -> bool:
    """Whether it is worse, or more urgent, than its people have heard."""
    highest = incident.highest_told
    rises = highest is not None and incident.priority.outranks(highest)
    return rises or _rank(incident) > incident.worst_told


def hear(incident: Incident) -> Incident:
    """With the note that its people hear how bad it is now."""
    highest = incident.highest_told
    if highest is None or incident.priority.outranks(highest):
        highest = incident.priority
    worst = max(incident.worst_told, _rank(incident))
    return replace(incident, worst_told=worst, highest_told=highest)


def _timed(incident: Incident, hold: Hold) -> Incident:
    """With the time at which somebody is told; P4 is for the record only."""
    if incident.priority is Priority.P4:
        return replace(incident, announce_at=None)
    left = max(0.0, hold[incident.priority] - incident.served)
    return replace(incident, announce_at=incident.spell_at + timedelta(seconds=left))


def _rank(incident: Incident) -> int:
    """How bad it is: a warning, critical, or no line at all."""
    return Severity.CRITICAL + 1 if incident.kind in DEAD else int(incident.severity)


def _course(before: int, after: int) -> str:
    if before == after:
        return "changed"
    return "raised" if after > before else "eased"


def _summary(incident: Incident) -> str:
    why = f" ({incident.reason})" if incident.reason else ""
    return f"{incident.priority} {incident.kind} {incident.severity.name.lower()}{why}"


def _kind(finding: Finding) -> Kind:
    if finding.kind is None:
        raise ValueError(f"a finding of severity {finding.severity.name} has no kind")
    return finding.kind
