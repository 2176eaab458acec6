"""When a reply is overdue: long before it is lost, by what the target's replies usually take."""

FLOOR = 0.1
"""s: less would call every scheduling delay of a busy router overdue."""
DEVIATIONS = 8.0
"""Mean deviations above the smoothed round-trip time; TCP gives up on a segment at 4."""


class Patience:
    """Smoothed round-trip time and its mean deviation, as RFC 6298 keeps them (section 2).

    An overdue reply is a reason to look closer at once. It is not a loss: that is for the
    configured time-out to say, so that a sudden delay is never counted as lost packets.
    """

    __slots__ = ("_deviation", "_smoothed")

    def __init__(self) -> None:
        self._smoothed: float | None = None
        self._deviation = 0.0

    def add(self, rtt: float) -> None:
        """Take the round-trip time (s) of an answered probe, however late it came."""
        if self._smoothed is None:
            self._smoothed, self._deviation = rtt, rtt / 2
            return
        self._deviation += (abs(self._smoothed - rtt) - self._deviation) / 4
        self._smoothed += (rtt - self._smoothed) / 8

    @property
    def knows(self) -> bool:
        """Whether anything has ever been answered."""
        return self._smoothed is not None

    def overdue_after(self, timeout: float) -> float:
        """Seconds after which a reply is overdue; the time-out itself while nothing is known."""
        if self._smoothed is None:
            return timeout
        return min(timeout, max(FLOOR, self._smoothed + DEVIATIONS * self._deviation))
