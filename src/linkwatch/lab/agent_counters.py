"""The counters of one direction of an interface: exact sums, however often anybody looks."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from linkwatch.lab.agent_curve import Flow

_PACKET = 8_000
"""Bits of a packet, on average."""


class Counts(NamedTuple):
    """Totals that no counter has cut to its width yet."""

    octets: int = 0
    packets: int = 0
    errors: int = 0
    discards: int = 0


class Carried(NamedTuple):
    """What is carried from some time on, and what becomes of it.

    `wanted`: what would be carried if nothing were in its way. `errors`, `discards`: shares of
    the packets carried.
    """

    flow: Flow | None
    wanted: Flow | None = None
    errors: float = 0.0
    discards: float = 0.0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time with one kind of traffic: the sums (bits, packets) at its start."""

    start: float
    carried: Carried
    bits: float = 0.0
    errors: float = 0.0
    discards: float = 0.0

    def at(self, time: float) -> tuple[float, float, float]:
        """The sums at `time`; before the start those at the start."""
        flow, wanted, error_share, discard_share = self.carried
        time = max(time, self.start)
        bits = 0.0 if flow is None else max(0.0, flow.between(self.start, time))
        over = 0.0 if wanted is None else max(0.0, wanted.between(self.start, time) - bits)
        return (
            self.bits + bits,
            self.errors + error_share * bits / _PACKET,
            self.discards + (discard_share * bits + over) / _PACKET,
        )


@dataclass(slots=True)
class Counters:
    """Counted since the last reset; `octets` is what they were last told to be."""

    stretches: list[_Stretch] = field(default_factory=list)
    first_octets: int = 0
    octets: int = 0

    def carry(self, start: float, carried: Carried) -> None:
        """Count this from `start` on, which is not before what is counted already."""
        sums = self.stretches[-1].at(start) if self.stretches else (0.0, 0.0, 0.0)
        self.stretches.append(_Stretch(start, carried, *sums))

    def reset(self, start: float) -> None:
        """Begin at nought."""
        self.stretches = [_Stretch(start, self.stretches[-1].carried)]
        self.first_octets = 0

    def at(self, time: float) -> Counts:
        """The counts at `time`; what was before the last reset is not known any more."""
        place = bisect_right(self.stretches, time, key=lambda stretch: stretch.start) - 1
        bits, errors, discards = self.stretches[max(0, place)].at(time)
        self.octets = self.first_octets + int(bits / 8)
        return Counts(self.octets, int(bits / _PACKET), int(errors), int(discards))
