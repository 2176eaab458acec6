"""How full a link is, against the contracted rate in force, per direction."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.judge.ladder import Ladder
from linkwatch.judge.load import LoadWindow
from linkwatch.judge.target import CLEAR_RATIO
from linkwatch.model.finding import Direction
from linkwatch.model.measurement import InterfaceSample
from linkwatch.model.thresholds import Limits, Severity

ABOVE = 1.1
"""Of a rate: framing is counted but not contracted, and carriers' limits let some more pass."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Rates in bit/s by direction; None is "maximum" without a number: nothing can be full.

    `counted` is what the load is measured against. `beyond` has the directions in which the line
    may be faster: a boost that is not proven yet, or not yet taken back.
    """

    counted: Mapping[Direction, int | None]
    beyond: Mapping[Direction, int | None]

    def limit(self, direction: Direction, load: float) -> int | None:
        """What limits the line: what carries more than the lower rate allows is not full of it."""
        rate = self.counted[direction]
        if rate is not None and load > ABOVE * rate and direction in self.beyond:
            return self.beyond[direction]
        return rate


class UtilisationJudge:
    """Follows both directions of one link. Ratios of the contract; None where not known."""

    def __init__(self) -> None:
        self.ratio: dict[Direction, float | None] = dict.fromkeys(Direction)
        """By the last rates."""
        self.judged: dict[Direction, float | None] = dict.fromkeys(Direction)
        """Over the window that a verdict takes."""
        self.limit: dict[Direction, int | None] = dict.fromkeys(Direction)
        """What `judged` is a share of, in bit/s."""
        self.is_measured = False
        """Whether the last readings gave rates."""
        self._windows = {d: LoadWindow() for d in Direction}
        self._ladders = {d: _ladder() for d in Direction}
        self._worst = Direction.RECEIVE

    def take(
        self,
        sample: InterfaceSample,
        contract: Contract,
        limits: Limits,
        at: float,
        *,
        counts: bool = True,
    ) -> None:
        """Take one poll made at `at` (monotonic s); one that does not count is only shown."""
        pending = sample.discard is not None and sample.discard.is_pending
        self.is_measured = sample.discard is None or (pending and self.is_measured)
        for direction, bits in sample.rates.items():
            rate = contract.counted[direction]
            if bits is not None and counts:
                self._windows[direction].add(bits, sample.span, at)
            elif bits is None and not pending:
                self._windows[direction].clear()
            if not rate:
                self.ratio[direction] = self.judged[direction] = None
                self._ladders[direction] = _ladder()
                continue
            if bits is not None or not pending:
                self.ratio[direction] = None if bits is None else bits / rate
            self._judge(direction, contract, limits, at)

    def _judge(self, direction: Direction, contract: Contract, limits: Limits, at: float) -> None:
        window, ladder = self._windows[direction], self._ladders[direction]
        mean = window.mean
        if mean is None:
            self.judged[direction] = None
            return
        self.limit[direction] = rate = contract.limit(direction, mean)
        self.judged[direction] = ratio = mean / rate if rate else 0.0
        reached = limits.level(limits.severity(ratio))
        if ladder.severity is Severity.OK and reached is not None and rate:
            ladder.step(ratio, limits, window.began(reached * rate))
        else:
            ladder.step(ratio, limits, at)

    def lose_sight(self) -> None:
        """The router is silent: the load is not known; what was found of it stays found."""
        self.ratio = dict.fromkeys(Direction)
        self.is_measured = False
        for window in self._windows.values():
            window.clear()

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
    """The window has smoothed already: one step is enough each way."""
    return Ladder(1, 1, CLEAR_RATIO)
