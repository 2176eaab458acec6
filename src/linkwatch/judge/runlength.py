"""How long chance takes to lead a control chart over its limit, and the limit that makes it long.

A chart is a cumulative sum (Page 1954): a bad probe adds `gain`, a good one takes 1, it never falls
below 0, and at its limit it alarms. All of it is counted in whole probes, so that its run length
is that of a Markov chain with `limit` states (Brook and Evans 1972): solved here, not estimated.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import count


def gain_for(background: float, alternative: float) -> int:
    """What a bad probe weighs in good ones: their likelihood ratios' logarithms, one to the other.

    `background` and `alternative`: the chance that a probe is bad before and after the change.
    """
    bad = math.log(alternative / background)
    good = math.log((1 - background) / (1 - alternative))
    return max(1, round(bad / good))


def mean_run_length(background: float, gain: int, limit: int) -> float:
    """Probes until an alarm, on average, while each is bad with chance `background`."""
    return next(length for at, length in _run_lengths(background, gain) if at == limit)


@lru_cache(maxsize=1024)
def limit_for(background: float, gain: int, mean: float) -> int:
    """The lowest limit that chance passes once in `mean` probes or less often."""
    return next(at for at, length in _run_lengths(background, gain) if length >= mean)


def _run_lengths(bad: float, gain: int) -> Iterator[tuple[int, float]]:
    """Each limit from 1 on, and the mean run length from 0 with it.

    Let m(d) be the probes still to come at d below the limit, none where d <= 0. Then
    m(d) = 1 + bad m(d - gain) + good m(d + 1), which gives each m(d) as a(d) m(1) - s(d), whatever
    the limit is. At the bottom a good probe leads nowhere, and that gives m(1).
    """
    good = 1 - bad
    a, window, s = 1.0, 0.0, [0.0, 0.0]
    rises = [1.0]  # a(d + 1) - a(d): taken from a itself they would drown in its rounding
    for limit in count(1):
        if limit % gain == 0:  # anew, before its rounding has mounted up
            window = sum(rises[-gain:])
        else:
            window += rises[-1] - (rises[-gain - 1] if limit > gain else 0.0)
        spent = s[limit] - s[max(0, limit - gain)]
        yield limit, a * (1 / bad + spent) / window - s[limit]
        rises.append(bad / good * window)
        a += rises[-1]
        s.append((s[limit] + 1 - bad * s[max(0, limit - gain)]) / good)
