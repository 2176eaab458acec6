"""Made-up traffic: a smooth daily curve with a little variation, the same at every run."""

import hashlib
import math
from dataclasses import dataclass

_DAY = 86_400.0

MEAN = 0.40
"""Of the contracted rate; the three waves together stay within 0.20 of it."""

_SWELLS = ((_DAY, 0.12), (1_260.0, 0.05), (97.0, 0.03))
"""Period in s and amplitude: a day, some twenty minutes, a minute and a half."""

PEAK_HOUR = 10 * 3600.0
"""UTC second of the day when the daily wave is highest: late afternoon in Vietnam."""


@dataclass(frozen=True, slots=True)
class TrafficCurve:
    """The load of one direction of one link as a fraction of its contracted rate: 0.20 to 0.60."""

    shifts: tuple[float, ...]

    @classmethod
    def of(cls, key: str) -> "TrafficCurve":
        """A curve for `key`: all have the same day, each its own smaller waves."""
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        fractions = (int.from_bytes(digest[i : i + 4], "big") / 2**32 for i in (0, 4))
        shifts = [
            fraction * period for fraction, (period, _) in zip(fractions, _SWELLS[1:], strict=True)
        ]
        return cls((PEAK_HOUR, *shifts))

    def at(self, time: float) -> float:
        """The load at `time` (s since the epoch)."""
        return MEAN + sum(
            height * math.cos(math.tau * (time - shift) / period)
            for shift, (period, height) in zip(self.shifts, _SWELLS, strict=True)
        )

    def between(self, start: float, end: float) -> float:
        """The load summed over [start, end] in s: exact, however far apart they are."""
        return MEAN * (end - start) + sum(
            height
            * period
            / math.tau
            * (
                math.sin(math.tau * (end - shift) / period)
                - math.sin(math.tau * (start - shift) / period)
            )
            for shift, (period, height) in zip(self.shifts, _SWELLS, strict=True)
        )


@dataclass(frozen=True, slots=True)
class ScaledCurve:
    """A curve on a contract of `rate` bit/s."""

    curve: TrafficCurve
    rate: int

    def between(self, start: float, end: float) -> float:
        """Bits carried in [start, end] (s since the epoch)."""
        return self.curve.between(start, end) * self.rate
