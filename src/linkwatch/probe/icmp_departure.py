"""When probes left this host."""

from array import array
from collections.abc import Sequence

RING = 1 << 16
"""Transmit stamps kept per socket: some seconds' worth at any rate one core can send."""

NO_STAMPS = bytes(RING)
HELD_UP_NS = 1_000_000
"""A call to send that took longer was held up at a place nobody knows; as with a clock that was
set, by more than that no round-trip time may be wrong."""


class TransmitStamps:
    """The kernel's own stamps of what a socket sent, by the number it gave each packet; ns.

    A stamp is written over RING packets later; its reader must see that by the time it tells.
    """

    def __init__(self) -> None:
        self.ring = array("q", bytes(8 * RING))
        """The stamps, each at its number modulo RING; 0: none yet."""

    def put(self, first: int, stamps: Sequence[int]) -> None:
        """Keep the stamps of packets with consecutive numbers."""
        begin = first % RING
        before_end = RING - begin
        self.ring[begin : begin + len(stamps)] = array("q", stamps[:before_end])
        if len(stamps) > before_end:
            self.ring[: len(stamps) - before_end] = array("q", stamps[before_end:])


class Departure:
    """One call to send: `count` packets, the first at `first_ns` (CLOCK_REALTIME).

    `offset_ns` is REALTIME minus MONOTONIC at that time. `ring`: where the kernel's stamps are,
    or will be, the first under `number` modulo RING. One from before `first_ns` or from after the
    reply belongs to another packet.
    """

    __slots__ = (
        "count",
        "first_ns",
        "is_even",
        "last_ns",
        "number",
        "offset_ns",
        "ring",
        "step_ns",
    )

    def __init__(
        self,
        count: int,
        first_ns: int,
        last_ns: int,
        offset_ns: int,
        *,
        ring: Sequence[int] = NO_STAMPS,
        number: int = 0,
    ) -> None:
        self.count = count
        self.first_ns = first_ns
        self.last_ns = last_ns
        self.offset_ns = offset_ns
        self.ring = ring
        self.is_even = ring is NO_STAMPS and last_ns - first_ns <= HELD_UP_NS
        """Whether all are taken to have left at even steps."""
        self.number = number
        self.step_ns = (last_ns - first_ns) // count

    def guess_ns(self, place: int, received_ns: int) -> int | None:
        """When the packet at this place left, for all we know without a stamp.

        They left at even steps; and one whose reply came while the call went on, before that.
        None: it may have been HELD_UP_NS sooner or later.
        """
        if min(self.last_ns, received_ns) - self.first_ns > HELD_UP_NS:
            return None
        guess = self.first_ns + place * self.step_ns
        return guess if guess <= received_ns or received_ns < self.first_ns else received_ns

    def elapsed(self, place: int, received_ns: int, offset_ns: int, drift_ns: int) -> float | None:
        """s from when the packet at this place left to `received_ns`.

        None where that cannot be told: no stamp, or the clock was set meanwhile (`offset_ns` is
        REALTIME minus MONOTONIC now).
        """
        if not received_ns or abs(offset_ns - self.offset_ns) > drift_ns:
            return None
        stamp_ns = self.ring[(self.number + place) % RING]
        if self.first_ns <= stamp_ns <= received_ns:
            return (received_ns - stamp_ns) / 1e9
        left_ns = self.guess_ns(place, received_ns)
        return None if left_ns is None or left_ns > received_ns else (received_ns - left_ns) / 1e9
