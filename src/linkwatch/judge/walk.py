"""A control chart's line: up at each bad probe, down by one at each good one, never below 0."""

from typing import NamedTuple


class Evidence(NamedTuple):
    """So many bad ones of so many probes, from the first bad one on.

    `since` is when that was sent (monotonic s), `span` how long ago (s).
    """

    bad: int
    sent: int
    since: float
    span: float

    @property
    def ratio(self) -> float:
        """Bad of sent."""
        return self.bad / self.sent


class Walk:
    """Worked out at bad probes alone, so that a good one costs nothing; the caller counts them."""

    __slots__ = ("_bad", "_count", "_first", "_height", "_since")

    def __init__(self) -> None:
        self._height = 0
        self._count = 0
        self._bad = 0
        self._first = 0
        self._since = 0.0

    def add(self, count: int, gain: int, limit: int, at: float, spared: int = 0) -> bool:
        """Take the `count`th probe, a bad one sent `at`; whether the line has reached its limit.

        It is held there, so that it falls as soon as there are no more bad ones. So many of the
        good ones since the last bad are `spared`: they take nothing.
        """
        height = self._height - (count - 1 - self._count - spared)
        if height <= 0:
            height = self._bad = 0
            self._first, self._since = count, at
        self._bad += 1
        self._height = min(height + gain, limit)
        self._count = count
        return self._height == limit

    def height(self, count: int) -> int:
        """Where the line is at the `count`th probe, if none was bad since the last that came in."""
        return max(0, self._height - (count - self._count))

    def evidence(self, count: int, at: float) -> Evidence:
        """What it stands on at the `count`th probe, sent `at`: all since it last left 0."""
        return Evidence(self._bad, count - self._first + 1, self._since, at - self._since)
