"""Whether a target loses probes one by one or in bursts: what chance is in its case."""

import math

from linkwatch.judge.significance import BACKGROUND_LOSS

SPAN = 5.0
"""s for which losses count as one burst, from its first on; longer is no burst but a bad line."""
HEALTHY = 5.0
"""So many losses that came alone go before what little is known of a new target."""
MEMORY = 2000.0
PROBATION = 300
"""Probes: so many at least pass before a run teaches, as 5 % loss takes to be told."""


class Bursts:
    """Learns how often a miss follows a miss, the second state of Gilbert's model (1960).

    What may be the beginning of a fault teaches nothing until it would long have been found out.
    """

    __slots__ = ("_again", "_ended", "_harmless", "_new", "_turn", "until")

    def __init__(self) -> None:
        self._ended = HEALTHY
        self._again = 0.0
        self._harmless = (0, 0)
        self._new = (0, 0)
        self._turn = PROBATION
        self.until = float("-inf")
        """When the last burst ends (monotonic s)."""

    @property
    def again(self) -> float:
        """The chance that the probe after a lost one is lost too.

        One standard deviation less than was seen: a healthy line's odd pair of losses is no habit.
        """
        sure = self._again - math.sqrt(self._again)
        return max(BACKGROUND_LOSS, sure / self._ended)

    def ended(self, misses: int) -> None:
        """A run of so many misses came to an end, and was no outage."""
        ended, again = self._new
        self._new = (ended + misses, again + misses - 1)

    def continues(self, sent_at: float) -> bool:
        """Take the send time of a lost probe (monotonic s); whether its burst has begun before."""
        if sent_at < self.until:
            return True
        self.until = sent_at + SPAN
        return False

    def learn(self, count: int) -> None:
        """The `count`th probe, and no fault stands: what ended long before was the target's way."""
        if count < self._turn:
            return
        self._turn = count + PROBATION
        self._ended += self._harmless[0]
        self._again += self._harmless[1]
        if self._ended > MEMORY:
            self._ended /= 2
            self._again /= 2
        self._harmless, self._new = self._new, (0, 0)

    def forget(self) -> None:
        """What ended of late was part of a fault."""
        self._new = (0, 0)
