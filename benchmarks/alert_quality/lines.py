"""Lines whose truth is known: what becomes of a probe sent at any time, by stated models.

A line is asked in the order of time. Times in s.
"""

import math
import random
from collections.abc import Callable
from typing import Protocol

from benchmarks.alert_quality.hidden import Chain

RTT = 0.020
"""s, where a model is about loss alone."""
NEVER = 1 << 62


class Line(Protocol):
    """What the network does."""

    def lost(self, at: float) -> bool:
        """Whether a probe sent then is lost."""
        ...

    def rtt(self, at: float) -> float:
        """How long its answer takes otherwise."""
        ...

    def free(self, at: float, spacing: float) -> int:
        """How many probes from then on, that far apart, are surely answered after `RTT`."""
        ...

    def passed(self, probes: int) -> None:
        """So many of those were sent."""
        ...


class Independent:
    """Each probe is lost with the same chance, whatever became of the others."""

    def __init__(self, rng: random.Random, chance: float) -> None:
        self._rng = rng
        self._chance = chance
        self._left = self._next()

    def lost(self, at: float) -> bool:
        if self._left:
            self._left -= 1
            return False
        self._left = self._next()
        return True

    def rtt(self, at: float) -> float:
        return RTT

    def free(self, at: float, spacing: float) -> int:
        return self._left

    def passed(self, probes: int) -> None:
        self._left -= probes

    def _next(self) -> int:
        if self._chance <= 0:
            return NEVER
        return int(math.log(1 - self._rng.random()) / math.log1p(-self._chance))


class Bursty:
    """Gilbert and Elliott: good and bad times of exponential length; only bad ones lose."""

    def __init__(self, rng: random.Random, chain: Chain) -> None:
        self._rng = rng
        self._lasts = {False: chain.good, True: chain.bad}
        self._chance = chain.chance
        self._bad = False
        self._until = self._sojourn()

    def lost(self, at: float) -> bool:
        self._come_to(at)
        return self._bad and self._rng.random() < self._chance

    def rtt(self, at: float) -> float:
        return RTT

    def free(self, at: float, spacing: float) -> int:
        self._come_to(at)
        return 0 if self._bad else math.ceil((self._until - at) / spacing)

    def passed(self, probes: int) -> None:
        """Nothing is drawn for them."""

    def _come_to(self, at: float) -> None:
        while at >= self._until:
            self._bad = not self._bad
            self._until += self._sojourn()

    def _sojourn(self) -> float:
        return self._rng.expovariate(1 / self._lasts[self._bad])


class Varying:
    """Chance of loss and delay (s) by the time since `start`."""

    def __init__(
        self,
        rng: random.Random,
        chance: Callable[[float], float],
        rtt: Callable[[float, random.Random], float] | None = None,
        start: float = 0.0,
    ) -> None:
        self._rng = rng
        self._chance = chance
        self._rtt = rtt
        self._start = start

    def lost(self, at: float) -> bool:
        return self._rng.random() < self._chance(at - self._start)

    def rtt(self, at: float) -> float:
        return RTT if self._rtt is None else self._rtt(at - self._start, self._rng)

    def free(self, at: float, spacing: float) -> int:
        return 0

    def passed(self, probes: int) -> None:
        if probes:
            raise ValueError("none of its probes are free")


class Changing:
    """One line until `onset`, another from then on."""

    def __init__(self, before: Line, after: Line, onset: float) -> None:
        self._before = before
        self._after = after
        self._onset = onset

    def lost(self, at: float) -> bool:
        return self._at(at).lost(at)

    def rtt(self, at: float) -> float:
        return self._at(at).rtt(at)

    def free(self, at: float, spacing: float) -> int:
        if at >= self._onset:
            return 0
        return min(self._before.free(at, spacing), math.ceil((self._onset - at) / spacing))

    def passed(self, probes: int) -> None:
        self._before.passed(probes)

    def _at(self, at: float) -> Line:
        return self._before if at < self._onset else self._after


class Both:
    """Two causes of loss on one line; delay is the first one's."""

    def __init__(self, one: Line, other: Line) -> None:
        self._lines = (one, other)

    def lost(self, at: float) -> bool:
        one, other = (line.lost(at) for line in self._lines)
        return one or other

    def rtt(self, at: float) -> float:
        return self._lines[0].rtt(at)

    def free(self, at: float, spacing: float) -> int:
        return min(line.free(at, spacing) for line in self._lines)

    def passed(self, probes: int) -> None:
        for line in self._lines:
            line.passed(probes)
