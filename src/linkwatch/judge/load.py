"""The recent load of one direction of a link, over long enough to be load and not one download."""

from collections import deque

SPAN = 60.0
"""s of readings that a verdict needs at least."""
READINGS = 3
"""And how many: an agent that refreshes its counters late blurs each by up to one of them."""


class LoadWindow:
    """The last rates that together cover SPAN s and are READINGS or more, each with its time."""

    __slots__ = ("_rates",)

    def __init__(self) -> None:
        self._rates: deque[tuple[float, float, float]] = deque()

    def add(self, rate: float, span: float, at: float) -> None:
        """Take a mean rate (bit/s) over the `span` s that ended at `at` (monotonic s)."""
        self._rates.append((rate, span, at))
        while len(self._rates) > READINGS and self._covered - self._rates[0][1] >= SPAN:
            self._rates.popleft()

    def clear(self) -> None:
        """Forget everything: what comes now does not follow on from it."""
        self._rates.clear()

    @property
    def mean(self) -> float | None:
        """The mean rate in bit/s; None while too little is known."""
        if len(self._rates) < READINGS or self._covered < SPAN:
            return None
        return sum(rate * span for rate, span, _ in self._rates) / self._covered

    def began(self, level: float) -> float:
        """Since when the load has been seen at `level` or above (monotonic s)."""
        starts = (at - span for rate, span, at in self._rates if rate >= level)
        return next(starts, self._rates[-1][2])

    @property
    def _covered(self) -> float:
        return sum(span for _, span, _ in self._rates)
