"""What is found wrong with a link, a router, a duty, a channel of ours, or the time of work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric, Severity


class Kind(StrEnum):
    """Kinds of incident."""

    DOWN = "down"
    LOSS = "loss"
    LATENCY = "latency"
    JITTER = "jitter"
    NO_DATA = "no_data"
    UTILISATION = "utilisation"
    BANDWIDTH_NOT_EXPANDED = "bandwidth_not_expanded"
    BANDWIDTH_NOT_REVERTED = "bandwidth_not_reverted"
    INTERFACE_MISSING = "interface_missing"
    INTERFACE_AMBIGUOUS = "interface_ambiguous"
    SNMP_UNREACHABLE = "snmp_unreachable"
    ROUTER_DOWN = "router_down"
    ROSTER_GAP = "roster_gap"
    CHANNEL_FAILED = "channel_failed"
    MAINTENANCE_CONFLICT = "maintenance_conflict"
    SITE_DOWN = "site_down"
    UPLINK_DOWN = "uplink_down"
    UPLINK_DEGRADED = "uplink_degraded"
    RESOLVER_DOWN = "resolver_down"


class Family(StrEnum):
    """Kinds that are one fault: severity and kind change inside it."""

    QUALITY = "quality"
    NO_DATA = "no_data"
    UTILISATION = "utilisation"
    BANDWIDTH = "bandwidth"
    INTERFACE = "interface"
    ROUTER = "router"
    ROSTER = "roster"
    UPLINK = "uplink"
    RESOLVER = "resolver"
    CHANNEL = "channel"
    MAINTENANCE = "maintenance"


FAMILY: Mapping[Kind, Family] = {
    Kind.DOWN: Family.QUALITY,
    Kind.LOSS: Family.QUALITY,
    Kind.LATENCY: Family.QUALITY,
    Kind.JITTER: Family.QUALITY,
    Kind.NO_DATA: Family.NO_DATA,
    Kind.UTILISATION: Family.UTILISATION,
    Kind.BANDWIDTH_NOT_EXPANDED: Family.BANDWIDTH,
    Kind.BANDWIDTH_NOT_REVERTED: Family.BANDWIDTH,
    Kind.INTERFACE_MISSING: Family.INTERFACE,
    Kind.INTERFACE_AMBIGUOUS: Family.INTERFACE,
    Kind.SNMP_UNREACHABLE: Family.ROUTER,
    Kind.ROUTER_DOWN: Family.ROUTER,
    Kind.ROSTER_GAP: Family.ROSTER,
    Kind.CHANNEL_FAILED: Family.CHANNEL,
    Kind.MAINTENANCE_CONFLICT: Family.MAINTENANCE,
    Kind.SITE_DOWN: Family.QUALITY,
    Kind.UPLINK_DOWN: Family.UPLINK,
    Kind.UPLINK_DEGRADED: Family.UPLINK,
    Kind.RESOLVER_DOWN: Family.RESOLVER,
}


class LinkState(StrEnum):
    """State of a link, as shown."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"


class SiteState(StrEnum):
    """State of a site, as shown. `closed`: outside its hours, and no conference needs it."""

    UP = "up"
    DEGRADED = "degraded"
    CUT_OFF = "cut_off"
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"
    CLOSED = "closed"


class Direction(StrEnum):
    """As the site's router counts on its WAN port."""

    RECEIVE = "receive"
    TRANSMIT = "transmit"


@dataclass(frozen=True, slots=True)
class Finding:
    """The present word on one subject and family; `severity` OK: nothing (more) wrong.

    `started_at`: send time of the first probe of the deciding run; for OK the first good probe.
    `measured` and `threshold` hold base units by metric; `evidence` further figures for the text:
    `lost`, `sent` (probes), `span` (s). `reason` says in one word why, where a kind has several.
    """

    subject: Subject
    family: Family
    severity: Severity
    started_at: datetime
    kind: Kind | None = None
    measured: Mapping[Metric, float] = field(default_factory=dict)
    threshold: Mapping[Metric, float] = field(default_factory=dict)
    direction: Direction | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None

    @property
    def key(self) -> tuple[Family, Subject]:
        """The identity of what it speaks of."""
        return (self.family, self.subject)
