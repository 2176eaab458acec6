"""Whether a target loses probes one by one or in bursts: what chance is in its case."""

from linkwatch.judge.significance import BACKGROUND_LOSS

SPAN = 5.0
"""s for which losses count as one burst, from its first on; longer is no burst but a bad line."""
HEALTHY = 20.0
"""So many losses that came alone go before what little is known of a new target."""
MEMORY = 2000.0


class Bursts:
    """Learns how often a miss follows a miss, the second state of Gilbert's model (1960).

    Runs that may be the beginning of a fault teach nothing until it is known that they are not.
    """

    __slots__ = ("_again", "_ended", "_harmless", "_new", "_until")

    def __init__(self) -> None:
        self._ended = HEALTHY
        self._again = HEALTHY * BACKGROUND_LOSS
        self._harmless = (0, 0)
        self._new = (0, 0)
        self._until = float("-inf")

    @property
    def again(self) -> float:
        """The chance that the probe after a lost one is lost too."""
        return self._again / self._ended

    def ended(self, misses: int) -> None:
        """A run of so many misses came to an end, and was no outage."""
        ended, again = self._new
        self._new = (ended + misses, again + misses - 1)

    def continues(self, sent_at: float) -> bool:
        """Take the send time of a lost probe (monotonic s); whether its burst has begun before."""
        if sent_at < self._until:
            return True
        self._until = sent_at + SPAN
        return False

    def learn(self) -> None:
        """Nothing came of the last loss: what ended before it was but the target's way."""
        self._ended += self._harmless[0]
        self._again += self._harmless[1]
        if self._ended > MEMORY:
            self._ended /= 2
            self._again /= 2
        self._harmless, self._new = self._new, (0, 0)

    def forget(self) -> None:
        """What ended since was part of a fault."""
        self._harmless = self._new = (0, 0)
