"""What no rule can beat: Lorden's bound (1971) on the mean time of a quickest detection."""

import math

from linkwatch.judge.significance import SECONDS_PER_YEAR


def divergence(after: float, before: float) -> float:
    """Kullback and Leibler's, in nats a probe: how much a probe tells of the change, on average."""
    lost = after * math.log(after / before)
    answered = (1 - after) * math.log((1 - after) / (1 - before)) if after < 1 else 0.0
    return lost + answered


def probes(after: float, before: float, per_year: float, interval: float) -> float:
    """Mean probes until independent losses with chance `after` can be told from `before`.

    At `per_year` false alarms with a probe every `interval` s; exact only for few of them.
    """
    return math.log(SECONDS_PER_YEAR / interval / per_year) / divergence(after, before)
