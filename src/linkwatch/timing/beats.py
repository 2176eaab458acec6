"""When a site that calls us should have called. All times in monotonic s."""


class ExpectedBeats:
    """One caller, due every `interval` after its last call; `grace` later the call is lost."""

    __slots__ = ("_expected", "_grace", "_heard", "_interval")

    def __init__(self, interval: float, grace: float, since: float) -> None:
        self._interval = interval
        self._grace = grace
        self._expected = since + interval
        self._heard = float("-inf")

    def hear(self, at: float) -> bool:
        """A call; whether it counts. One within half an interval of the last is a repetition."""
        if at - self._heard < self._interval / 2:
            return False
        self._heard = at
        self._expected = at + self._interval
        return True

    def missed(self, now: float) -> list[float]:
        """When calls were due that are lost by now; each is told once."""
        lost = []
        while now > self._expected + self._grace:
            lost.append(self._expected)
            self._expected += self._interval
        return lost

    def excuse(self, now: float) -> None:
        """We were not listening: nothing is due before another interval from now."""
        self._expected = max(self._expected, now + self._interval)
