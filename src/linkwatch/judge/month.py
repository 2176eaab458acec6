"""The 95th percentile of a link's load over the calendar month, as carriers bill it."""

import math
from array import array
from collections.abc import Iterable
from datetime import datetime, tzinfo
from zlib import crc32

from linkwatch.judge.slots import Slot
from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.model.load import MonthLoad

FLOOR = 10_000.0
"""bit/s below which a load is none."""
GROWTH = 1.04
"""From one level to the next: a percentile is right within 2 %."""
LEVELS = 470
"""Up to a terabit a second."""
SHARE = 0.95
SLOTS_BETWEEN_SAVES = 12
"""An hour: what is lost if the daemon is killed."""


class Month:
    """Counts five-minute means by level: constant memory, whatever the month brings."""

    def __init__(self, link: LinkId) -> None:
        self._link = link
        self._month: str | None = None
        self._counts: dict[Direction, array[int]] = {}
        # Each link is saved at its own time of the hour.
        self._until_save = 1 + crc32(link.encode()) % SLOTS_BETWEEN_SAVES
        self._dirty = False
        self.p95: dict[Direction, float | None] = dict.fromkeys(Direction)
        """In bit/s, of the month so far; None before its first slot."""

    def restore(self, load: MonthLoad, month: str) -> None:
        """Go on with what an earlier run counted, if it is of `month`, the present one."""
        if load.month != month:
            return
        self._begin(month)
        for direction, levels in zip(Direction, (load.receive, load.transmit), strict=True):
            for level, count in levels.items():
                if 0 <= level < LEVELS:
                    self._counts[direction][level] = count
            self.p95[direction] = _percentile(self._counts[direction])

    def take(self, slot: Slot, zone: tzinfo) -> list[MonthLoad]:
        """Take a slot; what has to be saved now: a month that is over, or what an hour brought."""
        month = month_of(slot.start, zone)
        saves = self.unsaved() if self._month not in (None, month) else []
        if month != self._month:
            self._begin(month)
        for direction, rate in slot.rates.items():
            self._counts[direction][_level(rate)] += 1
            self.p95[direction] = _percentile(self._counts[direction])
        self._dirty = True
        self._until_save -= 1
        if self._until_save <= 0:
            self._until_save = SLOTS_BETWEEN_SAVES
            saves += self.unsaved()
        return saves

    def unsaved(self) -> list[MonthLoad]:
        """The month so far, where it has changed since it was last asked for."""
        if not self._dirty or self._month is None:
            return []
        self._dirty = False
        receive, transmit = (_sparse(self._counts[direction]) for direction in Direction)
        return [MonthLoad(self._link, self._month, dict(receive), dict(transmit))]

    def _begin(self, month: str) -> None:
        self._month = month
        self._counts = {direction: array("H", bytes(2 * LEVELS)) for direction in Direction}
        self.p95 = dict.fromkeys(Direction)


def month_of(at: datetime, zone: tzinfo) -> str:
    """The local calendar month, e.g. "2021-05"."""
    return at.astimezone(zone).strftime("%Y-%m")


def _level(rate: float) -> int:
    if rate < FLOOR:
        return 0
    return min(LEVELS - 1, 1 + int(math.log(rate / FLOOR, GROWTH)))


def _percentile(counts: "array[int]") -> float:
    """The highest load that is left when the highest 5 % of the slots are struck out."""
    struck = sum(counts) - math.ceil(SHARE * sum(counts))
    for level in range(LEVELS - 1, 0, -1):
        struck -= counts[level]
        if struck < 0:
            return float(FLOOR * GROWTH ** (level - 0.5))
    return 0.0


def _sparse(counts: "array[int]") -> Iterable[tuple[int, int]]:
    return ((level, count) for level, count in enumerate(counts) if count)
