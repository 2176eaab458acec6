"""An incident's life: opened, told, raised, resolved, reopened, withdrawn.

Each function takes the incident as it is and returns a `Change`: the incident as it becomes, the
event its people hear of (None: nothing to tell), and what the timeline says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwatch.incident.priority import Circumstance, priority
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.people import EscalationStep
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Link

Hold = Mapping[Priority, float]


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
    link: Link,
    around: Circumstance,
    *,
    hold: Hold,
    escalation: Mapping[Priority, tuple[EscalationStep, ...]],
    now: datetime,
) -> Change:
    """A new incident from a bad finding; it is announced once its hold is over."""
    kind = _kind(finding)
    urgency = priority(kind, finding.severity, around)
    incident = Incident(
        id=number,
        family=finding.family,
        link=finding.link,
        kind=kind,
        severity=finding.severity,
        priority=urgency,
        status=Status.OPEN,
        started_at=finding.started_at,
        opened_at=now,
        announce_at=now + timedelta(seconds=hold[urgency]),
        site=link.site,
        carrier=link.carrier,
        circuit=link.circuit,
        conference=around.conference,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
        escalation=escalation,
    )
    return Change(incident, None, "opened", f"{urgency} {kind} {finding.severity.name.lower()}")


def worsen_or_ease(
    incident: Incident, finding: Finding, around: Circumstance, hold: Hold, now: datetime
) -> Change:
    """The fault goes on in another form: severity and kind change inside the incident."""
    kind = _kind(finding)
    changed = replace(
        incident,
        kind=kind,
        severity=finding.severity,
        measured=finding.measured or incident.measured,
        threshold=finding.threshold or incident.threshold,
        direction=finding.direction,
        evidence=finding.evidence or incident.evidence,
        restored_at=None,
    )
    worse = finding.severity > incident.severity or (
        kind is Kind.DOWN and incident.kind is not Kind.DOWN
    )
    change = reprioritise(changed, around, hold, now)
    told = incident.announced_at is not None
    event = IncidentEvent.RAISED if worse and told else change.event
    detail = f"{change.incident.priority} {kind} {finding.severity.name.lower()}"
    return Change(change.incident, event, "raised" if worse else "eased", detail)


def reprioritise(incident: Incident, around: Circumstance, hold: Hold, now: datetime) -> Change:
    """The priority under the circumstances of now; a rise is told, a fall alone is not."""
    urgency = priority(incident.kind, incident.severity, around)
    if urgency is incident.priority and around.conference == incident.conference:
        return Change(incident)
    changed = replace(incident, priority=urgency, conference=around.conference)
    if urgency is incident.priority:
        return Change(changed)
    if incident.announced_at is None:
        # What has lasted so far counts towards the new, shorter or longer, hold.
        due = max(now, incident.opened_at + timedelta(seconds=hold[urgency]))
        changed = replace(changed, announce_at=due)
        return Change(changed, None, "priority", f"{incident.priority} -> {urgency}")
    rises = urgency.outranks(incident.priority)
    event = IncidentEvent.RAISED if rises else None
    return Change(changed, event, "priority", f"{incident.priority} -> {urgency}")


def announce(incident: Incident, now: datetime) -> Change | None:
    """Tell the people once the hold is over; None while it is not, or never (P4, closed)."""
    waits = incident.announced_at is None and not incident.status.is_closed
    if not waits or incident.priority is Priority.P4 or now < incident.announce_at:
        return None
    return Change(replace(incident, announced_at=now), IncidentEvent.OPENED, "announced")


def resolve(incident: Incident, restored_at: datetime, now: datetime) -> Change:
    """The fault is over; everyone who was told hears it."""
    closed = replace(incident, status=Status.RESOLVED, restored_at=restored_at, resolved_at=now)
    return Change(closed, _if_told(incident), "resolved")


def withdraw(incident: Incident, now: datetime) -> Change:
    """Its link left the configuration; everyone who was told hears it."""
    closed = replace(incident, status=Status.WITHDRAWN, resolved_at=now)
    return Change(closed, _if_told(incident), "withdrawn", "the link left the configuration")


def reopen(
    incident: Incident, finding: Finding, around: Circumstance, hold: Hold, now: datetime
) -> Change:
    """Bad again soon after it was closed: the same incident goes on."""
    kind = _kind(finding)
    urgency = priority(kind, finding.severity, around)
    again = replace(
        incident,
        kind=kind,
        severity=finding.severity,
        priority=urgency,
        status=Status.OPEN,
        announce_at=now + timedelta(seconds=hold[urgency]),
        announced_at=None,
        restored_at=None,
        resolved_at=None,
        conference=around.conference,
        measured=finding.measured,
        threshold=finding.threshold,
        direction=finding.direction,
        evidence=finding.evidence,
    )
    return Change(again, None, "reopened", f"{urgency} {kind} {finding.severity.name.lower()}")


def may_reopen(incident: Incident, now: datetime, stable: float) -> bool:
    """Whether a new fault of the same key is still this incident."""
    return (
        incident.status is Status.RESOLVED
        and incident.resolved_at is not None
        and now - incident.resolved_at < timedelta(seconds=stable)
    )


def _if_told(incident: Incident) -> IncidentEvent | None:
    return IncidentEvent.RESOLVED if incident.announced_at is not None else None


def _kind(finding: Finding) -> Kind:
    if finding.kind is None:
        raise ValueError(f"a finding of severity {finding.severity.name} has no kind")
    return finding.kind
