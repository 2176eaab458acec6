"""How urgent a fault is: the first rule that fits."""

from dataclasses import dataclass

from linkwatch.model.conference import Importance, Phase
from linkwatch.model.finding import Kind
from linkwatch.model.ids import ConferenceId
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Level, SiteRole


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What surrounds a fault on a link at one moment.

    `cut_off`: every link of the site that is in use is down. `attends`: the site takes part in
    `conference`; `in_use`: the conference runs over the link. `closed`: outside the site's hours.
    """

    level: Level
    role: SiteRole
    cut_off: bool = False
    conference: ConferenceId | None = None
    phase: Phase = Phase.NONE
    importance: Importance = Importance.HIGH
    attends: bool = False
    in_use: bool = False
    closed: bool = False


def priority(kind: Kind, severity: Severity, around: Circumstance) -> Priority:
    """The priority of a fault of this kind and severity under these circumstances."""
    near = around.phase is not Phase.NONE and (around.attends or _carries_all(around))
    if around.closed and not near:
        return Priority.P4
    if _stops_conference(kind, severity, around):
        # The day before, or for a normal conference, it is P2.
        urgent = around.phase is Phase.WINDOW and around.importance is Importance.HIGH
        return Priority.P1 if urgent else Priority.P2
    if around.phase is Phase.WINDOW and _harms_conference(kind, severity, around):
        return Priority.P2
    if kind is Kind.DOWN and around.level in (Level.PROVINCE, Level.DISTRICT):
        return Priority.P2
    return Priority.P3


def _carries_all(around: Circumstance) -> bool:
    return around.role in (SiteRole.HUB, SiteRole.MAIN_HALL)


def _stops_conference(kind: Kind, severity: Severity, around: Circumstance) -> bool:
    if around.phase is Phase.NONE:
        return False
    stops = kind is Kind.DOWN or (kind is Kind.LOSS and severity is Severity.CRITICAL)
    if around.attends:
        return (around.cut_off and kind is Kind.DOWN) or (around.in_use and stops)
    return _carries_all(around) and stops


def _harms_conference(kind: Kind, severity: Severity, around: Circumstance) -> bool:
    if not around.attends and not _carries_all(around):
        return False
    redundancy_lost = kind is Kind.DOWN
    poor = severity is Severity.CRITICAL and kind in (Kind.LATENCY, Kind.JITTER, Kind.UTILISATION)
    return redundancy_lost or poor or around.in_use
