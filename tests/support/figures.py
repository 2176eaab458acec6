"""Figures of many values."""

from collections.abc import Sequence
from itertools import pairwise


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def jitter(round_trips: Sequence[float]) -> float:
    """RFC 3550 section 6.4.1."""
    found = 0.0
    for before, after in pairwise(round_trips):
        found += (abs(after - before) - found) / 16
    return found
