"""What all forms of a message say of an incident, whatever their words."""

from dataclasses import dataclass
from datetime import datetime

from linkwatch.message.view import View
from linkwatch.model.conference import Conference, Phase
from linkwatch.model.finding import Family, Kind
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.thresholds import Metric

MBIT = 1_000_000
WITHDRAWN, CLOSED = "withdrawn", "closed"
"""Sections of incidents that left the configuration, or were closed by hand."""
_SHOWN: dict[Kind, tuple[Metric, float]] = {
    Kind.LOSS: (Metric.LOSS, 100),
    Kind.LATENCY: (Metric.LATENCY, 1000),
    Kind.JITTER: (Metric.JITTER, 1000),
    Kind.UTILISATION: (Metric.UTILISATION, 100),
}
"""By kind: what was measured, and how much of the unit shown (%, ms) makes one base unit."""


@dataclass(frozen=True, slots=True)
class Ending:
    """When it was over, and for how long (s) it had lasted."""

    at: datetime
    lasted: float


def section(view: View) -> str:
    """The template's section: the event; an end that mended nothing has its own words."""
    if view.incident.status is Status.WITHDRAWN:
        return WITHDRAWN
    by_hand = view.event is IncidentEvent.RESOLVED and view.incident.closed_by is not None
    return CLOSED if by_hand else view.event.value


def level(view: View) -> tuple[float, float] | None:
    """Measured value and threshold, in the unit shown; None where the kind has none."""
    metric, per_unit = _SHOWN.get(view.incident.kind, (None, 0.0))
    if metric is None:
        return None
    value = view.incident.measured.get(metric)
    limit = view.incident.threshold.get(metric)
    return None if value is None or limit is None else (value * per_unit, limit * per_unit)


@dataclass(frozen=True, slots=True)
class Load:
    """Rates in Mbit/s: what is used, the threshold, and what the contract gives."""

    used: float
    threshold: float
    contracted: float


def load(view: View) -> Load | None:
    """How full the link is; None where the fault is not one of load."""
    incident = view.incident
    ratio = incident.measured.get(Metric.UTILISATION)
    limit = incident.threshold.get(Metric.UTILISATION)
    contracted = incident.evidence.get("contracted")
    if incident.kind is not Kind.UTILISATION or ratio is None or not contracted or limit is None:
        return None
    rate = contracted / MBIT
    return Load(ratio * rate, limit * rate, rate)


@dataclass(frozen=True, slots=True)
class Boosted:
    """Rates in Mbit/s of a link that an order widens: the most seen, and what ought to be.

    `peak` None: none decides; `due` None: as much as there is. `ended`: when the order did.
    """

    peak: float | None
    due: float | None
    reference: str
    ended: datetime | None


def boost(view: View) -> Boosted | None:
    """What an order says of the link; None where the fault is not one of that."""
    incident, link = view.incident, view.link
    if link is None or incident.family is not Family.BANDWIDTH:
        return None
    late = incident.kind is Kind.BANDWIDTH_NOT_EXPANDED
    order = link.contract(view.now) if late else link.past_rate(view.now)
    if order is None:
        return None
    due = megabits(incident, "promised" if late else "normal")
    ended = None if late or order.span is None else order.span.end
    return Boosted(megabits(incident, "peak"), due, order.reference or "", ended)


def megabits(incident: Incident, name: str) -> float | None:
    """A rate (bit/s) of the evidence, in Mbit/s."""
    bits = incident.evidence.get(name)
    return None if bits is None else bits / MBIT


def ending(view: View) -> Ending | None:
    """When the fault was over; None while it goes on, or where it is only no longer followed."""
    incident = view.incident
    if incident.status is Status.WITHDRAWN or view.event is not IncidentEvent.RESOLVED:
        return None
    restored_at = None if incident.closed_by is not None else incident.restored_at
    at = restored_at or incident.resolved_at or view.now
    return Ending(at, (at - incident.started_at).total_seconds())


def left(view: View) -> tuple[datetime | None, datetime | None]:
    """When the configuration stopped watching this of something, or left it out altogether."""
    if view.incident.status is not Status.WITHDRAWN:
        return None, None
    at = view.incident.resolved_at or view.now
    is_there = view.link is not None or view.router is not None
    return (at, None) if is_there else (None, at)


def conference(view: View) -> tuple[Conference | None, Conference | None]:
    """The conference that is on, or the one that is coming."""
    known = view.conference
    if known is None or view.phase is Phase.NONE:
        return None, None
    return (known, None) if known.start <= view.now else (None, known)


def minutes(view: View) -> int:
    """Whole minutes since people were told of it."""
    told_at = view.incident.announced_at
    return 0 if told_at is None else max(0, int((view.now - told_at).total_seconds() // 60))
