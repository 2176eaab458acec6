"""How full a link is, against the contracted rate in force, per direction."""

from datetime import datetime

from linkwatch.judge.ladder import Ladder
from linkwatch.judge.target import CLEAR_RATIO
from linkwatch.model.finding import Direction
from linkwatch.model.measurement import InterfaceSample
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Link

POLLS = 2
"""One poll over the level may be one download; two in a row are load."""


class UtilisationJudge:
    """Follows both directions of one link. Ratios of the contract; None where not known."""

    def __init__(self) -> None:
        self.ratio: dict[Direction, float | None] = dict.fromkeys(Direction)
        self.contracted: dict[Direction, int | None] = dict.fromkeys(Direction)
        self._ladders = {d: Ladder(POLLS, POLLS, CLEAR_RATIO) for d in Direction}

    def take(self, sample: InterfaceSample, link: Link, at: float, wall: datetime) -> None:
        """Take one poll made at `at` (monotonic s) and `wall`; a discarded one tells nothing."""
        rate = link.contract(wall)
        self.contracted = {Direction.RECEIVE: rate.receive, Direction.TRANSMIT: rate.transmit}
        measured = {
            Direction.RECEIVE: sample.receive_rate,
            Direction.TRANSMIT: sample.transmit_rate,
        }
        for direction, bits in measured.items():
            contracted = self.contracted[direction]
            if bits is None or not contracted:
                self.ratio[direction] = None
                continue
            ratio = self.ratio[direction] = bits / contracted
            self._ladders[direction].step(ratio, link.thresholds.utilisation, at)

    def restore(self, direction: Direction, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood."""
        self._ladders[direction].restore(severity, since)

    @property
    def good_since(self) -> float:
        """When the first good poll was made after the last overload (monotonic s)."""
        return max(ladder.fell_since for ladder in self._ladders.values())

    def worst(self) -> tuple[Direction, Severity, float]:
        """The fuller direction's severity and since when (monotonic s)."""
        direction = max(Direction, key=lambda d: (self._ladders[d].severity, self.ratio[d] or 0.0))
        ladder = self._ladders[direction]
        return direction, ladder.severity, ladder.started_at
