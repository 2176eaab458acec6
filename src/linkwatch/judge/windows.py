"""Delay over the recent past of one target, kept in constant work per probe."""

from bisect import bisect_left, insort
from collections import deque
from itertools import islice

NO_JITTER = 1e-9
"""s: a nanosecond, less than any clock here tells."""


class RttWindow:
    """The last `size` round-trip times (s), with their order statistics."""

    __slots__ = ("_order", "_sorted", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._order: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, rtt: float) -> None:
        """Take one round-trip time."""
        if len(self._order) == self.size:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]
        self._order.append(rtt)
        insort(self._sorted, rtt)

    def __len__(self) -> int:
        return len(self._sorted)

    def quantile(self, q: float) -> float | None:
        """Nearest-rank quantile; None while empty."""
        if not self._sorted:
            return None
        return self._sorted[min(len(self._sorted) - 1, int(q * len(self._sorted)))]

    def median(self, last: int) -> float | None:
        """The median of the last so many; None while empty."""
        recent = sorted(islice(reversed(self._order), last))
        return recent[len(recent) // 2] if recent else None

    def skip(self, rtt: float, count: int) -> None:
        """Take the same round-trip time so many times."""
        if len(self._order) == self.size and self._sorted[0] == self._sorted[-1] == rtt:
            return
        for _ in range(min(count, self.size)):
            self.add(rtt)


class Jitter:
    """Interarrival jitter, RFC 3550 section 6.4.1: J += (|D| - J)/16.

    D is taken between consecutive answered probes only; a lost probe has no delay.
    """

    __slots__ = ("_previous", "samples", "value")

    def __init__(self) -> None:
        self.value = 0.0
        self.samples = 0
        self._previous: float | None = None

    def add(self, rtt: float) -> bool:
        """Take the RTT (s) of an answered probe; True where it made a new sample of D."""
        previous, self._previous = self._previous, rtt
        if previous is None:
            return False
        self.value += (abs(rtt - previous) - self.value) / 16
        if self.value < NO_JITTER:
            self.value = 0.0
        self.samples += 1
        return True

    @property
    def steady(self) -> float | None:
        """The round-trip time that would add no jitter; None: any would."""
        return self._previous

    def skip(self, count: int) -> None:
        """Take the last round-trip time so many times again."""
        self.samples += count
        while count and self.value:
            self.value -= self.value / 16
            if self.value < NO_JITTER:
                self.value = 0.0
            count -= 1

    def interrupt(self) -> None:
        """A probe between two answers was lost, or its RTT cannot be trusted."""
        self._previous = None
