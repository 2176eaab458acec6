"""The probes after which a target has not answered: when they are many and long enough, it is down.

Probes are told apart by when they were sent, for they end in another order: an answer to a later
probe comes before the time-out of an earlier one, and proves that the earlier was a lone loss.
"""

from bisect import bisect_left, bisect_right, insort

LEAST_PROBES = 4
LEAST_SPAN = 1.0
"""s from the first unanswered probe to the verdict: a shorter stall is no outage."""
MOST_KEPT = 1000


class Silence:
    """Send times (monotonic s) of probes overdue or lost since the last one that was answered."""

    __slots__ = ("_overlooked", "_sent", "answered_at", "missed_at", "probes", "since")

    def __init__(self) -> None:
        self._sent: list[float] = []
        self._overlooked = float("-inf")
        self.answered_at = float("-inf")
        """When the latest probe that was answered had been sent."""
        self.missed_at = float("-inf")
        """When the latest that was overdue or lost had been sent, answered in the end or not."""
        self.probes = 0
        """How many probes in a row."""
        self.since = 0.0
        """When the first of them was sent; of use only while there are any."""

    def add(self, sent_at: float) -> bool:
        """A probe is overdue or lost; whether that is news, and not an answered stretch's loss."""
        known = max(self.answered_at, self._overlooked)
        if sent_at <= known or sent_at in self._sent:
            return False
        self.missed_at = max(self.missed_at, sent_at)
        insort(self._sent, sent_at)
        del self._sent[:-MOST_KEPT]
        self.probes += 1
        self.since = sent_at if self.probes == 1 else min(self.since, sent_at)
        return True

    def answered(self, sent_at: float) -> int:
        """A probe sent then was answered: what was sent before it was not the start of anything.

        How many there were before it: a run of misses that has ended.
        """
        self.answered_at = max(self.answered_at, sent_at)
        return self._drop(sent_at)

    def overlook(self, until: float) -> None:
        """What was sent until then (monotonic s) came to nothing for another's sake."""
        self._overlooked = until
        self._drop(until)

    def _drop(self, sent_at: float) -> int:
        """Forget what was sent until then; how many before it."""
        sent = self._sent
        if not sent or sent[0] > sent_at:
            return 0
        ended = bisect_left(sent, sent_at)
        self._sent = left = sent[bisect_right(sent, sent_at) :]
        self.probes = len(left)
        self.since = left[0] if left else 0.0
        return ended

    def since_then(self, at: float) -> int:
        """How many of them were sent after `at` (monotonic s)."""
        return len(self._sent) - bisect_right(self._sent, at)

    def is_outage(self, needed: int, now: float) -> bool:
        """Whether so many probes over so long a time mean that nothing gets through."""
        return self.probes >= needed and now - self.since >= LEAST_SPAN
