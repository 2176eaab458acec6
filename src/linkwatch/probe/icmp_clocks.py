"""The two clocks of a round-trip time."""

import time  # noqa: TID251 the stamps of a probe are taken where it is sent

realtime_ns = time.time_ns
"""CLOCK_REALTIME, which the kernel stamps packets with."""
LARGEST_DRIFT_NS = 1_000_000
"""By more than this REALTIME does not drift against MONOTONIC: it was set."""
_STEADY_READ_NS = 100_000
_READS = 8


class Clocks:
    """CLOCK_MONOTONIC, and how far CLOCK_REALTIME is ahead of it; ns."""

    def monotonic_ns(self) -> int:
        """The clock nobody sets."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)

    def offset_ns(self) -> int:
        """REALTIME minus MONOTONIC; read anew if the process was preempted between the two."""
        for _ in range(_READS):
            before = self.monotonic_ns()
            realtime = realtime_ns()
            after = self.monotonic_ns()
            if after - before <= _STEADY_READ_NS:
                break
        return realtime - (before + after) // 2
