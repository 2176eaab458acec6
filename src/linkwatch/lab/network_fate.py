"""The decision on each packet: pure, and the same for the same random numbers."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from linkwatch.lab.network_model import Behaviour, Course, Hop, Jitter, Refusal, Spread

_STANDARD = NormalDist()
_LEAST = 2.0**-54
"""Instead of 0, whose normal quantile is infinite; `random` gives multiples of 2^-53."""


class Outcome(StrEnum):
    """What becomes of a request."""

    ANSWERED = "answered"
    LOST = "lost"
    OUTAGE = "outage"
    ERROR = "error"
    EXPIRED = "expired"
    """It could go no further than a router that tells nobody."""
    UNSENT = "unsent"
    """To be answered, but the network ended before that, or its device took no more."""


class Fate(NamedTuple):
    """`delay` in ns; `copies` of the answer; `held`: held back, so that others overtake it."""

    outcome: Outcome
    delay: int = 0
    copies: int = 0
    held: bool = False
    refusal: Refusal | None = None


LOST = Fate(Outcome.LOST)
"""Lost on the way."""
_OUTAGE = Fate(Outcome.OUTAGE)


class Path:
    """The way to one address: decides on its packets in the order they come.

    Six random numbers are taken for every packet, whatever they are needed for: a setting that is
    changed changes nothing else.
    """

    def __init__(self, course: Course, randomness: Random) -> None:
        self._course = course
        self._random = randomness.random
        self._bad = self._random() < course.behaviours[0].loss.share_bad

    def hops(self, elapsed: int) -> Sequence[Hop]:
        """The routers on the way then."""
        return self._course.at(elapsed).hops

    def decide(self, elapsed: int, before: int = 0) -> Fate:
        """The fate of a packet that comes `elapsed` ns after the start.

        `before` (ns) is what it took to get past the hops.
        """
        draw = self._random
        turn, loss, refused, twice, held, where = draw(), draw(), draw(), draw(), draw(), draw()
        now = self._course.at(elapsed)
        self._bad = turn >= now.loss.r if self._bad else turn < now.loss.p
        if self._course.out(elapsed):
            return _OUTAGE
        if loss < (now.loss.bad if self._bad else now.loss.good):
            return LOST
        delay = before + _delay(now, where)
        if now.refusal is not None and refused < now.refusal.share:
            return Fate(Outcome.ERROR, delay, 1, refusal=now.refusal)
        late = held < now.reorder.share
        if late:
            delay += now.reorder.by
        return Fate(Outcome.ANSWERED, delay, 1 + (twice < now.duplicate), late)


def _delay(behaviour: Behaviour, chance: float) -> int:
    jitter = behaviour.jitter
    return max(0, behaviour.delay + _deviation(jitter, chance)) if jitter.width else behaviour.delay


def _deviation(jitter: Jitter, chance: float) -> int:
    if jitter.spread is Spread.UNIFORM:
        return int(jitter.width * (2 * chance - 1))
    return int(jitter.width * _STANDARD.inv_cdf(max(chance, _LEAST)))
