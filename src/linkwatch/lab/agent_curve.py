"""Scripted traffic: straight pieces and steps, so that every sum over them is exact."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol


class Flow(Protocol):
    """Traffic in bit/s over time (s since the epoch)."""

    def between(self, start: float, end: float) -> float:
        """Bits carried in [start, end]."""
        ...


class Polyline:
    """Straight lines between (s after `origin`, bit/s) points; two at one time make a step.

    With `period` (s, not before the last point) it begins anew, else it ends as the last point.
    """

    def __init__(
        self, origin: float, points: Sequence[tuple[float, float]], period: float | None = None
    ) -> None:
        self._origin = origin
        self._points = points if period is None else [*points, (period, points[-1][1])]
        self._times = [time for time, _ in self._points]
        self._period = period
        self._sums = [0.0]
        for (before, low), (after, high) in pairwise(self._points):
            self._sums.append(self._sums[-1] + (after - before) * (low + high) / 2)

    def at(self, time: float) -> float:
        """bit/s at `time`; at a step, those after it."""
        elapsed = time - self._origin
        if self._period is not None:
            elapsed %= self._period
        return self._value(elapsed, self._piece(elapsed))

    def between(self, start: float, end: float) -> float:
        """Bits in [start, end]."""
        return self._sum(end - self._origin) - self._sum(start - self._origin)

    def cut(self, ceiling: float) -> "Polyline":
        """What a line carries that lets no more than `ceiling` bit/s through."""
        points: list[tuple[float, float]] = []
        for (before, low), (after, high) in pairwise([self._points[0], *self._points]):
            if (low - ceiling) * (high - ceiling) < 0:
                crossing = before + (after - before) * (ceiling - low) / (high - low)
                points.append((crossing, ceiling))
            points.append((after, min(high, ceiling)))
        return Polyline(self._origin, points, self._period)

    def _piece(self, elapsed: float) -> int:
        return bisect_right(self._times, elapsed) - 1

    def _value(self, elapsed: float, piece: int) -> float:
        if piece < 0:
            return self._points[0][1]
        if piece == len(self._points) - 1:
            return self._points[-1][1]
        (before, low), (after, high) = self._points[piece : piece + 2]
        return low + (high - low) * (elapsed - before) / (after - before)

    def _sum(self, elapsed: float) -> float:
        whole = 0.0
        if self._period is not None:
            periods, elapsed = divmod(elapsed, self._period)
            whole = periods * self._sums[-1]
        piece = self._piece(elapsed)
        value = self._value(elapsed, piece)
        if piece < 0:
            return whole + elapsed * value
        before, low = self._points[piece]
        return whole + self._sums[piece] + (elapsed - before) * (low + value) / 2
