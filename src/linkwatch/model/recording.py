"""What is kept of what was measured, so that it can be judged again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.boost import Evidence
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Overdue, PollResult, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Target


@dataclass(frozen=True, slots=True)
class RecordedLink:
    """A link as it was probed. `rules` is a fingerprint of its thresholds and intervals."""

    id: LinkId
    targets: tuple[Target, ...]
    rules: str


@dataclass(frozen=True, slots=True)
class Start:
    """The first thing of a session: what the daemon knew already of what it goes on to measure."""

    at: datetime
    version: str
    verified: tuple[tuple[LinkId, str], ...] = ()
    """Addresses that had answered before."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Links that results are of from here on, by their position. `anew`: no others any more."""

    links: tuple[RecordedLink, ...]
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What came in at one moment; nothing at all: time went by.

    `dropped` measurements were not kept since the turn before, for nobody took them.
    """

    now: Moment
    results: Sequence[ProbeResult] = ()
    overdue: Sequence[Overdue] = ()
    poll: PollResult | None = None
    evidence: Evidence | None = None
    dropped: int = 0


Recorded = Start | Table | Turn
