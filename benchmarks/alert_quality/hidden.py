"""The same models of loss as chains, for what can be computed rather than simulated."""

import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """Gilbert and Elliott's: bad for `bad` s on average, good for `good` s; lost only in bad ones.

    Independent losses are a chain that is always bad.
    """

    good: float
    bad: float
    chance: float

    @property
    def start(self) -> tuple[float, float]:
        """The shares of good and bad, in the long run."""
        share = self.bad / (self.good + self.bad)
        return 1 - share, share

    def later(self, now: tuple[float, float], seconds: float) -> tuple[float, float]:
        """The chances of good and bad that much later."""
        good, bad = self.start
        kept = math.exp(-seconds * (1 / self.good + 1 / self.bad)) if self.good else 0.0
        whole = now[0] + now[1]
        return (
            good * whole + (now[0] - good * whole) * kept,
            bad * whole + (now[1] - bad * whole) * kept,
        )

    def told(self, now: tuple[float, float]) -> Iterator[tuple[bool, tuple[float, float]]]:
        """A probe's two ends, lost or not, each with what remains of the chances."""
        good, bad = now
        yield True, (0.0, bad * self.chance)
        yield False, (good, bad * (1 - self.chance))


def independent(chance: float) -> Chain:
    """Losses that know nothing of each other."""
    return Chain(0.0, 1.0, chance)
