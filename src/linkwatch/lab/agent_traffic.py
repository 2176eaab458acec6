"""Scripted traffic by its shapes: what was written, and the bits a second it comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from linkwatch.lab.agent_curve import Polyline

_DAY = 86_400.0
_DAY_PIECES = 288
"""Straight pieces of a day's wave, five minutes each: within 0.01 % of it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A rate in bit/s, or as a share of the contracted rate in force."""

    value: float
    is_share: bool = False

    def bits(self, contracted: float) -> float:
        """In bit/s under a contract of so many bit/s."""
        return self.value * contracted if self.is_share else self.value


class Shape(Protocol):
    """A course of traffic from a time on."""

    def flow(self, origin: float, contracted: float) -> Polyline:
        """In bit/s, beginning at `origin` (s since the epoch)."""
        ...


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    amount: Amount

    def flow(self, origin: float, contracted: float) -> Polyline:
        """See `Shape`."""
        return Polyline(origin, [(0.0, self.amount.bits(contracted))])


@dataclass(frozen=True, slots=True)
class Daily:
    """A cosine of the day, highest at `peak` local time."""

    low: Amount
    high: Amount
    peak: time
    zone: ZoneInfo

    def flow(self, origin: float, contracted: float) -> Polyline:
        """See `Shape`."""
        low, high = self.low.bits(contracted), self.high.bits(contracted)
        middle, height = (low + high) / 2, (high - low) / 2
        steps = range(_DAY_PIECES + 1)
        turns = [math.tau * step / _DAY_PIECES for step in steps]
        points = [
            (_DAY * step / _DAY_PIECES, middle + height * math.cos(turn))
            for step, turn in zip(steps, turns, strict=True)
        ]
        # The last peak before `origin`, not the epoch's: bits since 1970 are beyond a float.
        local = datetime.fromtimestamp(origin, self.zone)
        peak = datetime.combine(local, self.peak, self.zone).timestamp()
        return Polyline(origin - (origin - peak) % _DAY, points, _DAY)


@dataclass(frozen=True, slots=True)
class Ramp:
    """From one to the other in `within` s, then as it is."""

    start: Amount
    end: Amount
    within: float

    def flow(self, origin: float, contracted: float) -> Polyline:
        """See `Shape`."""
        return Polyline(
            origin, [(0.0, self.start.bits(contracted)), (self.within, self.end.bits(contracted))]
        )


@dataclass(frozen=True, slots=True)
class Burst:
    """`peak` for the first `length` s of every `every` s, else `base`."""

    base: Amount
    peak: Amount
    length: float
    every: float

    def flow(self, origin: float, contracted: float) -> Polyline:
        """See `Shape`."""
        base, peak = self.base.bits(contracted), self.peak.bits(contracted)
        points = [(0.0, peak), (self.length, peak), (self.length, base)]
        return Polyline(origin, points, self.every)


@dataclass(frozen=True, slots=True)
class Replay:
    """One amount after the other, `every` s each, and then from the first again."""

    amounts: Sequence[Amount]
    every: float

    def flow(self, origin: float, contracted: float) -> Polyline:
        """See `Shape`."""
        points: list[tuple[float, float]] = []
        for number, amount in enumerate(self.amounts):
            bits = amount.bits(contracted)
            points += [(number * self.every, bits), ((number + 1) * self.every, bits)]
        return Polyline(origin, points, len(self.amounts) * self.every)


@dataclass(frozen=True, slots=True)
class Load:
    """One direction of an interface. `shape` None: made-up traffic within the contract.

    What is above `ceiling` is not carried, and counts as discards. `errors` and `discards` are
    shares of the packets carried.
    """

    shape: Shape | None = None
    ceiling: Amount | None = None
    errors: float = 0.0
    discards: float = 0.0
