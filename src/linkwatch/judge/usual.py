"""How many of a target's replies are slow anyway: what chance is in its case."""

import math

LEAST, MOST, STEP = 0.05, 0.45, 0.05
"""One in twenty may be slow on any line; nearly every other is no tail but the line's delay."""
HEALTHY = 300.0
"""So many good replies go before what little is known of a new target."""
MEMORY = 10_000.0
PROBATION = 300
"""Replies: so many at least pass before any of them teaches, far more than a rise takes to tell."""


class Usual:
    """The share of bad replies by one level, learnt while they are no fault.

    It is told of bad ones alone; the caller counts them all.
    """

    __slots__ = ("_all", "_bad", "_from", "_held", "_new")

    def __init__(self) -> None:
        self._all = HEALTHY
        self._bad = 0.0
        self._held = (0, 0)
        self._new = 0
        self._from = 0

    @property
    def share(self) -> float:
        """One standard deviation more than was seen, in whole steps."""
        seen = (self._bad + math.sqrt(self._bad)) / self._all
        return min(max(math.ceil(seen / STEP) * STEP, LEAST), MOST)

    def add(self, count: int) -> None:
        """The `count`th reply was bad, and no fault stands."""
        self._new += 1
        if count - self._from < PROBATION:
            return
        self._bad += self._held[0]
        self._all += self._held[1]
        if self._all > MEMORY:
            self._bad /= 2
            self._all /= 2
        self._held = (self._new, count - self._from)
        self._new, self._from = 0, count

    def forget(self, count: int) -> None:
        """What was bad of late, up to the `count`th, was part of a fault."""
        self._new, self._from = 0, count
