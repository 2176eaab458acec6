"""Figures of many values."""

from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of sorted values: the one that this share of all lies at or below (nearest rank)."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
