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

    __slots__ = ("_deviation", "_least", "_most", "_smoothed", "overdue_after")

    def __init__(self, timeout: float) -> None:
        self._smoothed: float | None = None
        self._deviation = 0.0
        self._least, self._most = min(FLOOR, timeout), timeout
        self.overdue_after = timeout
        """s after which a reply is overdue; the time-out itself while nothing is known."""

    def add(self, rtt: float) -> None:
        """Take the round-trip time (s) of an answered probe, however late it came."""
        # Once a probe: what could be said by calls of min, max and abs is spelt out.
        smoothed = self._smoothed
        if smoothed is None:
            self._smoothed, self._deviation = smoothed, deviation = rtt, rtt / 2
        else:
            off, deviation = rtt - smoothed, self._deviation
            self._deviation = deviation = deviation + ((-off if off < 0 else off) - deviation) / 4
            self._smoothed = smoothed = smoothed + off / 8
        after = smoothed + DEVIATIONS * deviation
        if after < self._least:
            self.overdue_after = self._least
        else:
            self.overdue_after = after if after < self._most else self._most
