"""The lost ones among a target's recent probes: nothing is kept of those that were answered."""

from bisect import bisect_left

from linkwatch.judge.walk import Evidence

KEPT = 600
"""Probes; of those, and of the last `ESTIMATE` losses however long ago, it is known which."""
ESTIMATE = 20
"""So many losses make an estimate of their rate that is good to a quarter."""


class Losses:
    """Counts over the last so many probes. The caller counts probes, the lost ones come in here."""

    __slots__ = ("_at", "_counts", "_from")

    def __init__(self) -> None:
        self._counts: list[int] = []
        self._at: list[float] = []
        self._from = 0

    def add(self, count: int, at: float) -> None:
        """The `count`th probe, sent `at` (monotonic s), was lost."""
        counts, times = self._counts, self._at
        counts.append(count)
        times.append(at)
        while len(counts) > ESTIMATE and counts[0] <= count - KEPT:
            del counts[0], times[0]

    def clear(self, count: int) -> None:
        """Forget everything up to and with the `count`th probe."""
        self._counts.clear()
        self._at.clear()
        self._from = count

    def sent(self, count: int, last: int) -> int:
        """How many of the `last` probes before and with the `count`th are known of."""
        return min(last, count - self._from)

    def lost(self, count: int, last: int) -> int:
        """How many of them were lost."""
        return len(self._counts) - bisect_left(self._counts, count - last + 1)

    def ratio(self, count: int, last: int) -> float | None:
        """Lost of sent (RFC 6673); None while nothing is known."""
        sent = self.sent(count, last)
        return self.lost(count, last) / sent if sent else None

    def recent(self, count: int, at: float, last: int) -> Evidence | None:
        """The lost among the last so many probes up to the `count`th, sent `at`; None without."""
        return self._since(bisect_left(self._counts, count - last + 1), count, at)

    def estimate(self, count: int, at: float) -> Evidence | None:
        """The last `ESTIMATE` losses and the time they took; None before there were so many."""
        return self._since(len(self._counts) - ESTIMATE, count, at)

    def since(self, count: int, at: float) -> Evidence | None:
        """The lost of those sent at `at` or later, from the first of them on; None without."""
        return self._since(bisect_left(self._at, at), count, at)

    def _since(self, index: int, count: int, at: float) -> Evidence | None:
        if not 0 <= index < len(self._counts):
            return None
        since = self._at[index]
        lost = len(self._counts) - index
        return Evidence(lost, count - self._counts[index] + 1, since, at - since)
