"""What the judge says of a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from linkwatch.model.ids import LinkId
from linkwatch.model.thresholds import Metric, Severity


class Kind(StrEnum):
    """Kinds of incident."""

    DOWN = "down"
    LOSS = "loss"
    LATENCY = "latency"
    JITTER = "jitter"
    NO_DATA = "no_data"
    UTILISATION = "utilisation"


class Family(StrEnum):
    """Kinds that are one fault: severity and kind change inside it."""

    QUALITY = "quality"
    NO_DATA = "no_data"
    UTILISATION = "utilisation"


FAMILY: Mapping[Kind, Family] = {
    Kind.DOWN: Family.QUALITY,
    Kind.LOSS: Family.QUALITY,
    Kind.LATENCY: Family.QUALITY,
    Kind.JITTER: Family.QUALITY,
    Kind.NO_DATA: Family.NO_DATA,
    Kind.UTILISATION: Family.UTILISATION,
}


class LinkState(StrEnum):
    """State of a link, as shown."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"


class Direction(StrEnum):
    """As the site's router counts on its WAN port."""

    RECEIVE = "receive"
    TRANSMIT = "transmit"


@dataclass(frozen=True, slots=True)
class Finding:
    """The judge's present word on one link and family; `severity` OK: nothing (or no more) wrong.

    `started_at`: send time of the first probe of the deciding run; for OK the first good probe.
    `measured` and `threshold` hold base units by metric; `evidence` further figures for the text:
    `lost`, `sent` (probes), `span` (s).
    """

    link: LinkId
    family: Family
    severity: Severity
    started_at: datetime
    kind: Kind | None = None
    measured: Mapping[Metric, float] = field(default_factory=dict)
    threshold: Mapping[Metric, float] = field(default_factory=dict)
    direction: Direction | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
