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
        self._ladders = {d: _ladder() for d in Direction}
        self._worst = Direction.RECEIVE

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
            if not contracted:
                # "Maximum" without a number: nothing can be full.
                self.ratio[direction], self._ladders[direction] = None, _ladder()
                continue
            if bits is None:
                self.ratio[direction] = None
                continue
            ratio = self.ratio[direction] = bits / contracted
            self._ladders[direction].step(ratio, link.thresholds.utilisation, at)

    def lose_sight(self) -> None:
        """The router is silent: the load is not known; what was found of it stays found."""
        self.ratio = dict.fromkeys(Direction)

    def restore(self, direction: Direction, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood."""
        self._ladders[direction].restore(severity, since)

    @property
    def good_since(self) -> float:
        """When the first good poll was made after the last overload (monotonic s)."""
        return max(ladder.fell_since for ladder in self._ladders.values())

    def worst(self) -> tuple[Direction, Severity, float]:
        """The worse direction's severity and since when (monotonic s).

        Of two equally bad ones the one named before, so that the word does not change at each poll.
        """
        standing = self._worst
        self._worst = max(Direction, key=lambda d: (self._ladders[d].severity, d is standing))
        ladder = self._ladders[self._worst]
        return self._worst, ladder.severity, ladder.started_at


def _ladder() -> Ladder:
    return Ladder(POLLS, POLLS, CLEAR_RATIO)
