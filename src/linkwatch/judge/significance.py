"""How many losses are more than chance: the false-alarm setting turned into counts."""

import math
from functools import lru_cache

SECONDS_PER_YEAR = 365.25 * 86_400
BACKGROUND_LOSS = 0.005
"""What a healthy line loses now and then; chance is measured against it."""


def false_alarm_chance(per_year: float, interval: float) -> float:
    """The chance of a false alarm each single probe may carry, from a yearly allowance."""
    return min(0.5, per_year * interval / SECONDS_PER_YEAR)


@lru_cache(maxsize=4096)
def significant_losses(sent: int, loss: float, chance: float) -> int:
    """The smallest k with P(at least k of `sent` lost) <= `chance` at a true loss of `loss`.

    Exact binomial tail; `sent` + 1 where not even all of them would be enough.
    """
    tail = 0.0
    for k in range(sent, -1, -1):
        log_mass = (
            math.lgamma(sent + 1)
            - math.lgamma(k + 1)
            - math.lgamma(sent - k + 1)
            + k * math.log(loss)
            + (sent - k) * math.log1p(-loss)
        )
        tail += math.exp(log_mass)
        if tail > chance:
            return k + 1
    return 0


def misses_in_a_row(own_loss: float, chance: float, at_least: int) -> int:
    """Consecutive misses that mean "down" on a link that loses `own_loss` by itself.

    Independent losses repeat n times with probability loss**n; bad links need longer runs so
    that they don't cry wolf.
    """
    loss = min(max(own_loss, BACKGROUND_LOSS), 0.9)
    return max(at_least, math.ceil(math.log(chance) / math.log(loss)))
