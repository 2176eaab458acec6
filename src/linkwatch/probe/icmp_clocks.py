"""The two clocks of a round-trip time."""

import time  # noqa: TID251 the stamps of a probe are taken where it is sent

_STEP_NS = 1_000_000
_STEADY_READ_NS = 100_000
_READS = 8


class Clocks:
    """CLOCK_REALTIME, which the kernel stamps packets with, and its offset to MONOTONIC; ns."""

    def realtime_ns(self) -> int:
        """The clock of the kernel's receive stamps."""
        return time.clock_gettime_ns(time.CLOCK_REALTIME)

    def monotonic_ns(self) -> int:
        """The clock nobody sets."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)

    def offset_ns(self) -> int:
        """REALTIME minus MONOTONIC; read anew if the process was preempted between the two."""
        for _ in range(_READS):
            before = self.monotonic_ns()
            realtime = self.realtime_ns()
            after = self.monotonic_ns()
            if after - before <= _STEADY_READ_NS:
                break
        return realtime - (before + after) // 2


def round_trip(sent_ns: int, received_ns: int | None, moved_ns: int) -> float | None:
    """RTT in s of two REALTIME stamps.

    None where the kernel gave no stamp, or REALTIME moved against MONOTONIC by more than 1 ms
    between them: it was set.
    """
    if received_ns is None or abs(moved_ns) > _STEP_NS or received_ns < sent_ns:
        return None
    return (received_ns - sent_ns) / 1e9
