"""Delay over the recent past of one target, kept in constant work per probe."""

from array import array
from collections.abc import Iterable

NO_JITTER = 1e-9
"""s: a nanosecond, less than any clock here tells."""


class RttWindow:
    """The last `size` round-trip times (s); sorted only when somebody asks."""

    __slots__ = ("_order", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._order = array("d")

    def add(self, rtt: float) -> None:
        """Take one round-trip time."""
        order = self._order
        if len(order) == self.size:
            del order[0]
        order.append(rtt)

    def extend(self, rtts: Iterable[float]) -> None:
        """Take several."""
        self._order.extend(rtts)
        del self._order[: -self.size]

    def __len__(self) -> int:
        return len(self._order)

    def quantiles(self, *shares: float) -> tuple[float | None, ...]:
        """Nearest-rank quantiles; None while empty."""
        if not self._order:
            return (None,) * len(shares)
        ranked = sorted(self._order)
        most = len(ranked) - 1
        return tuple([ranked[min(most, int(q * len(ranked)))] for q in shares])

    def median(self, last: int) -> float | None:
        """The median of the last so many; None while empty."""
        recent = sorted(self._order[-last:])
        return recent[len(recent) // 2] if recent else None

    def skip(self, rtt: float, count: int) -> None:
        """Take the same round-trip time so many times."""
        self.extend(array("d", (rtt,)) * min(count, self.size))


class Jitter:
    """Interarrival jitter, RFC 3550 section 6.4.1: J += (|D| - J)/16.

    D is taken between consecutive answered probes only; a lost probe has no delay.
    """

    __slots__ = ("_previous", "samples", "value")

    def __init__(self) -> None:
        self.value = 0.0
        self.samples = 0
        self._previous: float | None = None

    def add(self, rtt: float) -> float | None:
        """Take the RTT (s) of an answered probe; |D| (s) where it made a sample of it."""
        previous, self._previous = self._previous, rtt
        if previous is None:
            return None
        difference = abs(rtt - previous)
        self.value += (difference - self.value) / 16
        if self.value < NO_JITTER:
            self.value = 0.0
        self.samples += 1
        return difference

    def extend(self, rtts: Iterable[float]) -> None:
        """Take several, of probes answered one after the other."""
        for rtt in rtts:
            self.add(rtt)

    @property
    def known(self) -> float | None:
        """The value; None before the second answer in a row."""
        return self.value if self.samples else None

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
