"""How likely a hop is to answer so many of a trace's pings."""

from math import comb

from linkwatch.path.baseline import Known

MUTE = 0.05
"""The chance that a router that is well answers none of a trace's pings: it tells of only so many
a second, and others have asked."""
MUTE_LIKE_OTHERS = 0.9
"""The same, where another one that is known to be well has answered none: many links fail at once,
and what keeps one router from telling keeps those behind it from it too."""
BEST = 0.98
"""Of pings, nobody answers more for certain."""


def well(known: Known, asked: int, heard: int, mute: float = MUTE) -> float:
    """The chance of so many answers from a hop that is well."""
    if not known.heard:
        return 1.0  # it never says anything
    chance = _binomial(asked, heard, min(known.reliability, BEST))
    return (1 - mute) * chance + mute * (heard == 0)


def lossy(known: Known, asked: int, heard: int, loss: float) -> float:
    """The chance of so many from a hop behind a leg that loses this share."""
    if not known.heard:
        return 1.0
    return _binomial(asked, heard, min(known.reliability, BEST) * (1 - loss))


def _binomial(asked: int, heard: int, chance: float) -> float:
    heard = min(heard, asked)
    return comb(asked, heard) * chance**heard * (1 - chance) ** (asked - heard)
