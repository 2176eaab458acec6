"""The recent past of one target, kept in constant work per probe."""

from bisect import bisect_left, insort
from collections import deque


class LossWindow:
    """The last `size` probes that told something: lost or not, and when they were sent."""

    __slots__ = ("_probes", "lost", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.lost = 0
        self._probes: deque[tuple[bool, float]] = deque()

    def add(self, lost: bool, sent_at: float) -> None:
        """Take one probe sent at `sent_at` (monotonic s)."""
        if len(self._probes) == self.size:
            self.lost -= self._probes.popleft()[0]
        self._probes.append((lost, sent_at))
        self.lost += lost

    def clear(self) -> None:
        """Forget everything."""
        self._probes.clear()
        self.lost = 0

    @property
    def sent(self) -> int:
        """Probes in the window."""
        return len(self._probes)

    @property
    def is_full(self) -> bool:
        """Whether the window spans its whole size."""
        return len(self._probes) == self.size

    @property
    def ratio(self) -> float | None:
        """Lost of sent (RFC 6673); None while empty."""
        return self.lost / len(self._probes) if self._probes else None

    @property
    def span(self) -> float:
        """Seconds between the first and the last probe in it."""
        return self._probes[-1][1] - self._probes[0][1] if self._probes else 0.0

    def first_lost_at(self) -> float:
        """When the oldest lost probe in it was sent."""
        return next(at for lost, at in self._probes if lost)


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
        self.samples += 1
        return True

    def interrupt(self) -> None:
        """A probe between two answers was lost, or its RTT cannot be trusted."""
        self._previous = None
