"""How links are probed and routers asked, and what counts as bad."""

from typing import Literal

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import (
    Count,
    Deviations,
    Dscp,
    Duration,
    Hops,
    Listen,
    Pace,
    PacketRate,
    PayloadSize,
    Ratio,
    Reference,
    Source,
    Switch,
    Tally,
)
from linkwatch.model.topology import LinkKind


class ProbingOverride(Section):
    """What a link, or all links of a kind, probe differently. Absent keys are inherited."""

    interval: Pace | None = None
    """Time between two probes."""
    conference_interval: Pace | None = None
    """Time between two probes inside a conference window."""
    timeout: Pace | None = None
    """Longest wait for an answer; adapts downwards to the link's round-trip time."""
    size: PayloadSize | None = None
    """ICMP payload in bytes."""
    dscp: Dscp | None = None
    """DSCP by name (AF41, EF, CS5) or number."""
    max_pps: PacketRate | None = None
    """Most probes a second to one target: carriers police ICMP."""
    dont_fragment: Switch | None = None
    """Whether a router that a probe is too big for must say so instead of fragmenting it."""
    ttl: Hops | None = None
    """Most hops a probe may take."""


class Via(Section):
    """The links of our own site that probes leave through."""

    wan: Reference | None = None
    """Link that WAN probes leave through."""
    internet: Reference | None = None
    """Link that Internet probes leave through."""

    def of(self, kind: LinkKind) -> str | None:
        """The link for links of one kind."""
        return self.wan if kind is LinkKind.WAN else self.internet


class ProbingDefaults(ProbingOverride):
    """How links are probed unless they say otherwise."""

    interval: Pace | None = written("5s")
    """Time between two probes."""
    conference_interval: Pace | None = written("1s")
    """Time between two probes inside a conference window."""
    timeout: Pace | None = written("1s")
    """Longest wait for an answer; adapts downwards to the link's round-trip time."""
    size: PayloadSize | None = written("64")
    """ICMP payload in bytes."""
    dscp: Dscp | None = written("AF41")
    """DSCP by name or number; AF41 is the class of interactive video (RFC 4594)."""
    max_pps: PacketRate | None = written("5")
    """Most probes a second to one target: carriers police ICMP."""
    dont_fragment: Switch | None = written("false")
    """Whether a router that a probe is too big for must say so instead of fragmenting it."""
    ttl: Hops | None = None
    """Most hops a probe may take; by default what the system allows all packets."""
    via: Via = Via()
    """The links we ourselves probe through: loss common to several carriers is theirs."""


class LinkDefaults(Section):
    """What all links of one kind inherit."""

    probing: ProbingOverride = ProbingOverride()
    """Overrides of `probing`."""
    source: Source | None = None
    """Address or interface to probe from."""


class LinkDefaultsByKind(Section):
    """What links inherit, by their kind."""

    wan: LinkDefaults = LinkDefaults()
    """For WAN links."""
    internet: LinkDefaults = LinkDefaults()
    """For Internet links."""

    def of(self, kind: LinkKind) -> LinkDefaults:
        """What links of one kind inherit."""
        return self.wan if kind is LinkKind.WAN else self.internet


class Traps(Section):
    """Reception of SNMP traps."""

    listen: Listen | None = None
    """UDP address and port, e.g. 0.0.0.0:1162."""


class SnmpDefaults(Section):
    """How routers are polled."""

    interval: Pace = written("30s")
    """Time between two polls."""
    conference_interval: Pace = written("10s")
    """Time between two polls inside a conference window."""
    timeout: Pace = written("2s")
    """Wait for one answer."""
    retries: Count = 2
    """Further attempts after the first."""
    engine: Literal["pysnmp", "gufo"] = "pysnmp"
    """The SNMP library."""
    traps: Traps = Traps()
    """Traps make a poll come at once; they are never believed alone."""


class DurationLimits(Section):
    """Raise levels of a time."""

    warning: Duration | None = None
    """Level of a warning."""
    critical: Duration | None = None
    """Level of a critical finding."""


class LatencyLimits(DurationLimits):
    """Raise levels of the round-trip time."""

    above_usual: Deviations | None = None
    """A warning too: so many deviations above what is usual of the link at that hour."""


class RatioLimits(Section):
    """Raise levels of a ratio."""

    warning: Ratio | None = None
    """Level of a warning."""
    critical: Ratio | None = None
    """Level of a critical finding."""


class ThresholdsOverride(Section):
    """Raise levels by metric. Absent levels are inherited."""

    latency: LatencyLimits = LatencyLimits()
    """Round-trip time."""
    jitter: DurationLimits = DurationLimits()
    """Interarrival jitter of RFC 3550."""
    loss: RatioLimits = RatioLimits()
    """Lost probes (RFC 6673)."""
    utilisation: RatioLimits = RatioLimits()
    """Traffic against the contracted rate in force, either direction."""


class ThresholdsByKind(Section):
    """Raise levels by kind of link."""

    wan: ThresholdsOverride = ThresholdsOverride()
    """For WAN links."""
    internet: ThresholdsOverride = ThresholdsOverride()
    """For Internet links."""

    def of(self, kind: LinkKind) -> ThresholdsOverride:
        """The levels of one kind."""
        return self.wan if kind is LinkKind.WAN else self.internet


class Hold(Section):
    """How long a confirmed fault must last before anybody is told."""

    P1: Duration = written("0s")
    """P1."""
    P2: Duration = written("60s")
    """P2."""
    P3: Duration = written("180s")
    """P3, and P4."""


class FlappingRule(Section):
    """When changes of state are one fault that flaps."""

    changes: Tally = 4
    """So many changes of state ..."""
    within: Pace = written("15m")
    """... within this time are flapping."""
    stable: Pace = written("10m")
    """Quiet for so long ends it; bad again earlier reopens the same incident."""
