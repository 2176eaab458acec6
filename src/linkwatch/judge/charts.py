"""The control charts that watch a target: what each looks for, and how much evidence it wants."""

import math
from dataclasses import dataclass
from functools import lru_cache

from linkwatch.judge.runlength import gain_for, limit_for
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.model.thresholds import Limits

LEAST_RATIO, MOST_RATIO = 0.001, 0.9
"""What can be watched for: less takes days to tell, more is an outage."""
STEP = 4.0
"""Between neighbouring charts, so that no loss is far from what one of them looks for."""
DENSEST = 0.4
QUICK_PROBES = 300
"""A closer look is worth it where so many probes would settle the matter: a minute's worth."""
CLEAR_ODDS = 20.0
CLEAR_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Chart:
    """Looks for bad probes in the proportion `ratio`; heights in good probes, as `gain` is.

    From `doubt` on quick probes are worth their price; at `limit` it is more than chance.
    """

    ratio: float
    gain: int
    limit: int
    doubt: int


@dataclass(frozen=True, slots=True)
class Clearing:
    """Below a level again: `needed` good probes, of which each bad one takes `back`."""

    needed: int
    back: int


@dataclass(frozen=True, slots=True)
class LossCharts:
    """The charts of a link's loss and the background they are measured against."""

    background: float
    charts: tuple[Chart, ...]


@lru_cache(maxsize=1024)
def loss_charts(limits: Limits, chance: float) -> LossCharts:
    """One for each level, one between levels far apart, and more above for what is worse.

    `chance` of a false alarm that all of them together may carry at each probe.
    """
    levels = sorted({_watchable(x) for x in (limits.warning, limits.critical) if x is not None})
    if not levels:
        return LossCharts(BACKGROUND_LOSS, ())
    # A level that low says that a healthy line loses less: half of it, at most.
    background = min(BACKGROUND_LOSS, levels[0] / 2)
    ratios = [levels[0]]
    for level in levels[1:]:
        if level > ratios[-1] * STEP:
            ratios.append(math.sqrt(level * ratios[-1]))
        ratios.append(level)
    while ratios[-1] * STEP <= DENSEST:
        ratios.append(ratios[-1] * STEP)
    mean = len(ratios) / chance
    return LossCharts(background, tuple(_loss_chart(background, r, mean) for r in ratios))


@lru_cache(maxsize=1024)
def slow_chart(usual: float, chance: float, levels: int) -> Chart:
    """Looks for a risen median on a line of whose replies that share is slow anyway.

    The same for each of so many levels.
    """
    ratio = max(0.5, (1 + usual) / 2)
    gain = gain_for(usual, ratio)
    limit = limit_for(usual, gain, levels / chance)
    # One stray reply is two jumps of the delay: a closer look takes a third bad one.
    return Chart(ratio, gain, limit, max(limit // 3, 2 * gain + 1))


@lru_cache(maxsize=1024)
def loss_clearing(level: float) -> Clearing:
    """Loss has fallen to a quarter of the level or less: twenty times likelier than that it stays.

    Wald's sequential test (1945), begun anew wherever it leads the other way.
    """
    level = _watchable(level)
    good = math.log((1 - level * CLEAR_SHARE) / (1 - level))
    needed = math.ceil(math.log(CLEAR_ODDS) / good)
    return Clearing(needed, round(-math.log(CLEAR_SHARE) / good))


def lowest(limits: Limits) -> float | None:
    """The lowest level there is."""
    warning, critical = limits.warning, limits.critical
    if warning is None or critical is None:
        return critical if warning is None else warning
    return min(warning, critical)


def _loss_chart(background: float, ratio: float, mean: float) -> Chart:
    gain = gain_for(background, ratio)
    limit = limit_for(background, gain, mean)
    rise = ratio * gain - (1 - ratio)
    return Chart(ratio, gain, limit, max(limit // 3, math.ceil(limit - QUICK_PROBES * rise)))


def _watchable(level: float) -> float:
    return min(max(level, LEAST_RATIO), MOST_RATIO)
