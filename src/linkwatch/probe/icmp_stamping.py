"""Whether transmit stamps are worth their price."""

_PERIOD = 1.0
_OFF_ABOVE = 6000.0
_ON_BELOW = 4000.0
"""Probes a second. A stamp costs some 2 µs of CPU and takes the RTT's error from a few µs to
nothing: cheap for a province, a tenth of all probing costs for a country."""


class StampPolicy:
    """Wanted as long as the rate is moderate; the rate is looked at once a second."""

    def __init__(self) -> None:
        self.wanted = True
        self._since: float | None = None
        self._probes = 0

    def count(self, probes: int, now: float) -> None:
        """So many are sent at `now` (monotonic s)."""
        if self._since is None:
            self._since = now
        elapsed = now - self._since
        if elapsed >= _PERIOD:
            rate = self._probes / elapsed
            self.wanted = rate <= (_OFF_ABOVE if self.wanted else _ON_BELOW)
            self._since, self._probes = now, 0
        self._probes += probes
