"""How long a carrier takes: until somebody has an incident in hand, and until it is mended."""

from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.finding import Family
from linkwatch.model.ids import CarrierId
from linkwatch.model.incident import Incident, Status
from linkwatch.model.priority import Priority
from linkwatch.oncall.plan import is_active

MENDED = frozenset({Family.QUALITY, Family.ROUTER})
"""Families that a carrier restores; a load, an order or a duty is put right in another way."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a carrier took, in s; `priority` is the highest that its people heard of."""

    carrier: CarrierId
    priority: Priority
    seconds: float


def is_unacknowledged(incident: Incident) -> bool:
    """Whether people were told, and it goes on, and nobody has it in hand."""
    return is_active(incident) and incident.taken is None


def told_at(incident: Incident) -> datetime:
    """When its people were told of it, or told anew as another carrier's or as more urgent."""
    began = incident.progress.began if incident.progress is not None else None
    return began or incident.announced_at or incident.opened_at


def acknowledged(before: Incident | None, after: Incident) -> Response | None:
    """Somebody has it for the first time since its people were told; None: that is not new."""
    at = after.acknowledged_at
    if before is None or before.acknowledged_at is not None or at is None:
        return None
    if after.progress is None:
        return None  # taken before anybody was told
    return _response(after, told_at(after), at)


def restored(before: Incident | None, after: Incident) -> Response | None:
    """A fault that people were told of is over by itself; None: it is not, or was not theirs.

    From the verdict, or from the first word where it came and went since. What work or another
    incident explains was nobody's to mend.
    """
    if before is None or before.status.is_closed or after.status is not Status.RESOLVED:
        return None
    at, announced = after.restored_at, after.announced_at
    if after.family not in MENDED or after.is_muted or after.caused_by is not None:
        return None
    if at is None or announced is None:
        return None
    return _response(after, min(after.spell_at, announced), at)


def _response(incident: Incident, since: datetime, at: datetime) -> Response | None:
    priority = incident.highest_told or incident.priority
    if incident.carrier is None or priority is Priority.P4:
        return None
    return Response(incident.carrier, priority, max(0.0, (at - since).total_seconds()))
