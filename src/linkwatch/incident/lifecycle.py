"""An incident's life: opened, told, raised, resolved, reopened, withdrawn.

Each function takes the incident as it is and returns a `Change`: the incident as it becomes, the
event its people hear of (None: nothing to tell), and what the timeline says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwatch.incident import flapping
from linkwatch.incident.home import Home
from linkwatch.incident.marks import Around, Hold, heard, rank, ranked, timed, urgency_of
from linkwatch.incident.priority import urgency
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Flapping
from linkwatch.model.path import Unlocated, Whereabouts
from linkwatch.model.people import EscalationStep
from linkwatch.model.priority import Priority


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
        affects=home.affects,
        carriers=home.carriers,
        confidence=home.confidence,
        conference=conference,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
        reason=finding.reason,
        changes=(now,),
        escalation=escalation,
    )
    return Change(timed(incident, hold), None, "opened", _summary(incident))


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
    what = _course(rank(incident), rank(changed))
    if changed.announced_at is None or not is_worse_than_told(changed):
        return Change(changed, None, what, _summary(changed))
    return Change(heard(changed), IncidentEvent.RAISED, what, _summary(changed))


def reprioritise(incident: Incident, around: Around, hold: Hold, now: datetime) -> Change:
    """The priority under the circumstances of now; a rise is told, a fall alone is not."""
    priority, conference = urgency_of(incident, around)
    if (priority, conference) == (incident.priority, incident.conference):
        return Change(incident)
    changed = replace(incident, priority=priority, conference=conference)
    if priority is incident.priority:
        return Change(changed)
    detail = f"{incident.priority} -> {priority}"
    if incident.announced_at is None:
        waits = incident.good_since is None
        return Change(timed(changed, hold) if waits else changed, None, "priority", detail)
    if not priority.outranks(incident.priority):
        return Change(changed, None, "priority", detail)
    return Change(heard(changed), IncidentEvent.RAISED, "priority", detail)


def announce(incident: Incident, now: datetime) -> Change:
    """The hold is over: tell the people."""
    told = heard(replace(incident, announced_at=now, announce_at=None))
    flaps = incident.status is Status.FLAPPING
    return Change(told, IncidentEvent.FLAPPING if flaps else IncidentEvent.OPENED, "announced")


def resolve(
    incident: Incident, restored_at: datetime, around: Around, rule: Flapping, now: datetime
) -> Change:
    """The fault is over, and all who were told hear it; one that flaps must stay well first."""
    was_told = incident.is_owed_its_end
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
        return _flap(ranked(replace(well, status=Status.FLAPPING, good_since=now), around))
    closed = replace(well, status=Status.RESOLVED, resolved_at=now, is_half_told=False)
    return Change(closed, IncidentEvent.RESOLVED if was_told else None, "resolved")


def settle(incident: Incident, now: datetime) -> Change:
    """A flapping fault has stayed well for long enough."""
    event = IncidentEvent.RESOLVED if incident.is_owed_its_end else None
    closed = replace(
        incident, status=Status.RESOLVED, resolved_at=now, good_since=None, is_half_told=False
    )
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
        caused_by=None,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
        reason=finding.reason,
        path=None,
        changes=flapping.recent(incident, rule, now),
    )
    flaps = not flapped and flapping.flaps(again, rule)
    again = ranked(replace(again, status=Status.FLAPPING) if flaps else again, around)
    if again.announced_at is None:
        again = timed(again, hold)
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
        affects=home.affects,
        carriers=home.carriers,
        confidence=home.confidence,
    )
    if moved == incident:
        return Change(incident)
    if _seat(moved) == _seat(incident):
        return Change(moved)
    elsewhere = (moved.site, moved.carrier) != (incident.site, incident.carrier)
    told = incident.announced_at is not None and elsewhere
    detail = f"{moved.site}, {moved.carrier or 'the agency'}, {moved.circuit or 'no circuit'}"
    return Change(moved, IncidentEvent.UPDATED if told else None, "moved", detail)


def locate(incident: Incident, where: Whereabouts | Unlocated) -> Change:
    """A trace has been compared. A segment is told to those who have heard of the fault already.

    What it does not tell leaves what an earlier one told.
    """
    if isinstance(where, Unlocated):
        return Change(incident, None, "path", f"not located: {where}")
    if where == incident.path:
        return Change(incident)
    located = replace(incident, path=where)
    goes_on = not incident.status.is_closed and incident.good_since is None
    tells = where.segment is not None and incident.announced_at is not None and goes_on
    return Change(located, IncidentEvent.UPDATED if tells else None, "path", _place(where))


def withdraw(incident: Incident, now: datetime) -> Change:
    """The configuration watches this no more; everyone who was told hears it."""
    closed = replace(
        incident,
        status=Status.WITHDRAWN,
        resolved_at=now,
        announce_at=None,
        good_since=None,
        is_half_told=False,
    )
    event = IncidentEvent.RESOLVED if incident.is_owed_its_end else None
    return Change(closed, event, "withdrawn", "the configuration watches this no more")


def close(incident: Incident, by: str, reason: str, now: datetime) -> Change:
    """Somebody has closed it by hand: everyone who was told hears it; the fault may go on."""
    closed = replace(
        incident,
        status=Status.RESOLVED,
        resolved_at=now,
        announce_at=None,
        good_since=None,
        is_half_told=False,
        closed_by=by,
        closed_why=reason,
    )
    event = IncidentEvent.RESOLVED if incident.is_owed_its_end else None
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
    told = heard(replace(incident, announced_at=at, announce_at=None))
    return Change(told, IncidentEvent.FLAPPING, "flapping")


def is_worse_than_told(incident: Incident) -> bool:
    """Whether it is worse, or more urgent, than its people have heard."""
    highest = incident.highest_told
    rises = highest is not None and incident.priority.outranks(highest)
    return rises or rank(incident) > incident.worst_told


def _seat(incident: Incident) -> tuple[object, ...]:
    return (incident.site, incident.carrier, incident.circuit)


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


def _place(where: Whereabouts) -> str:
    reach = f"replies as far as {where.last_reply}" if where.last_reply else "no hop replies"
    return f"{reach}; {where.segment}, {where.confidence}" if where.segment else reach
