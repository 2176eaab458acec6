"""What chance may do: the false-alarm setting shared out, and the runs of misses it allows."""

import math

SECONDS_PER_YEAR = 365.25 * 86_400
BACKGROUND_LOSS = 0.005
"""What a healthy line loses now and then; chance is measured against it."""
RULES = 4
"""Down, loss, latency and jitter share the allowance equally."""


def false_alarm_chance(per_year: float, interval: float) -> float:
    """The chance of a false alarm one rule may carry at each probe, from a link's yearly allowance.

    `interval` between two probes in s.
    """
    return min(0.5, per_year * interval / SECONDS_PER_YEAR) / RULES


def misses_in_a_row(own_loss: float, again: float, chance: float, at_least: int) -> int:
    """Consecutive misses that mean "down" on a link that loses `own_loss` by itself.

    `again`: its chance of a loss right after a loss. A run of n then comes by chance with
    own_loss * again**(n - 1); links that lose much, or in bursts, need longer ones.
    """
    first = min(max(own_loss, BACKGROUND_LOSS), 0.9)
    next_ = min(max(again, first), 0.9)
    more = math.log(chance / first) / math.log(next_)
    # What rounding alone has put over a whole number is that number.
    return max(at_least, 1 + math.ceil(more - 1e-9))
