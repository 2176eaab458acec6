"""How urgent a fault is: the first rule that fits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkwatch.incident.extent import WIDE
from linkwatch.model.conference import Importance, Phase
from linkwatch.model.finding import Kind
from linkwatch.model.ids import ConferenceId
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Level, SiteRole

DEAD = frozenset({Kind.DOWN, Kind.ROUTER_DOWN, Kind.SITE_DOWN, Kind.UPLINK_DOWN})
"""Nothing gets through."""
_LOSING = frozenset({Kind.LOSS, Kind.UPLINK_DEGRADED})
"""So much is lost, or late, that nobody is understood."""
_TOLD_BY = frozenset({Kind.ROSTER_GAP, Kind.CHANNEL_FAILED})
"""Who is told, and by what: a conference counts on both."""
_BLIND = frozenset(
    {
        Kind.SNMP_UNREACHABLE,
        Kind.INTERFACE_MISSING,
        Kind.INTERFACE_AMBIGUOUS,
        Kind.RESOLVER_DOWN,
    }
)
"""We see less; no conference suffers from it."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What surrounds a fault at one moment, as seen from one conference, or from none.

    `cut_off`: every link of the site that is in use is down. `attends`: the site takes part in
    `conference`, else it only carries it; `in_use`: the conference runs over a link that the fault
    touches; `passed`: so does all that the hub or the main hall sends. `closed`: outside the site's
    hours.
    """

    level: Level
    role: SiteRole
    cut_off: bool = False
    conference: ConferenceId | None = None
    phase: Phase = Phase.NONE
    importance: Importance = Importance.HIGH
    attends: bool = False
    in_use: bool = False
    passed: bool = False
    closed: bool = False
    sites_hit: int = 1
    """How many sites of the conference the same cause has hit."""


def with_sites_hit(arounds: Sequence[Circumstance]) -> list[Circumstance]:
    """The circumstances at many sites, with how many of each conference there are."""
    hit = Counter(around.conference for around in arounds if around.attends)
    return [replace(around, sites_hit=hit[around.conference]) for around in arounds]


def priority(
    kind: Kind, severity: Severity, around: Circumstance, *, flaps: bool = False
) -> Priority:
    """The priority of a fault of this kind and severity under these circumstances.

    `flaps`: the link comes and goes, whatever is the matter with it now.
    """
    if kind is Kind.BANDWIDTH_NOT_REVERTED or (around.closed and around.phase is not Phase.WINDOW):
        # More bandwidth than is paid for harms nobody.
        return Priority.P4
    if _stops_conference(kind, severity, around, flaps):
        # The day before, or for a normal conference, it is P2.
        urgent = around.phase is Phase.WINDOW and around.importance is Importance.HIGH
        return Priority.P1 if urgent else Priority.P2
    if around.phase is Phase.WINDOW and _harms_conference(kind, severity, around):
        return Priority.P2
    if _is_counted_on(kind, around):
        return Priority.P2
    if kind in DEAD and around.level in (Level.PROVINCE, Level.DISTRICT):
        return Priority.P2
    return Priority.P3


def urgency(
    kind: Kind, severity: Severity, arounds: Sequence[Circumstance], *, flaps: bool = False
) -> tuple[Priority, ConferenceId | None]:
    """The highest priority that any of the circumstances gives, and the conference that gives it.

    `arounds` holds at least one; among equals the nearest conference counts.
    """
    worst = min(arounds, key=lambda a: (priority(kind, severity, a, flaps=flaps), -a.phase))
    return priority(kind, severity, worst, flaps=flaps), worst.conference


def _carries_all(around: Circumstance) -> bool:
    return around.passed or around.role in (SiteRole.HUB, SiteRole.MAIN_HALL)


def _is_counted_on(kind: Kind, around: Circumstance) -> bool:
    """Whether a conference within 24 h needs the bandwidth, the people, or the line in peace."""
    if around.phase is Phase.NONE:
        return False
    needed = around.in_use or _carries_all(around)
    counted = kind in _TOLD_BY or kind is Kind.MAINTENANCE_CONFLICT
    return counted or (kind is Kind.BANDWIDTH_NOT_EXPANDED and needed)


def _stops_conference(kind: Kind, severity: Severity, around: Circumstance, flaps: bool) -> bool:
    if around.phase is Phase.NONE:
        return False
    stops = flaps or kind in DEAD or (kind in _LOSING and severity is Severity.CRITICAL)
    cut_off = around.attends and around.cut_off and kind in DEAD
    wide = around.attends and around.sites_hit >= WIDE
    return cut_off or wide or ((around.in_use or _carries_all(around)) and stops)


def _harms_conference(kind: Kind, severity: Severity, around: Circumstance) -> bool:
    redundancy_lost = kind in DEAD
    poor = severity is Severity.CRITICAL and kind in (Kind.LATENCY, Kind.JITTER, Kind.UTILISATION)
    return redundancy_lost or poor or (around.in_use and kind not in _BLIND)
