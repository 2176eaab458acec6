"""Five-minute means of a link's load, on the clock's own five minutes, as carriers bill them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from linkwatch.model.finding import Direction
from linkwatch.model.measurement import InterfaceSample

SLOT = 300.0
LEAST = SLOT / 2
"""s of a slot that must be known for its mean to stand for the whole."""
SHEDDING = 2
"""Readings of a slot in which the router dropped packets, that are no single burst."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot: its mean rates in bit/s, and whether it went with losses in that direction."""

    start: datetime
    end: datetime
    rates: Mapping[Direction, float]
    lossy: Mapping[Direction, bool]
    line_rate: int | None


class Slots:
    """Puts readings together into slots; constant memory."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._last: InterfaceSample | None = None
        self._line_rate: int | None = None
        self._loses = False
        self._begin(None)

    def add(self, sample: InterfaceSample, at: datetime, *, loses: bool) -> list[Slot]:
        """Take a reading made at `at`; the slots that it completes, where enough is known of them.

        `loses`: probes are being lost on the link.
        """
        now = at.timestamp()
        if self._start is None or now < self._start:
            # The first reading, or a clock that was set back.
            self._begin(now - now % SLOT)
        self._note_dropped(sample)
        completed = []
        while self._start is not None and now >= self._start + SLOT:
            self._weigh(sample, now)
            slot = self._slot()
            if slot is not None:
                completed.append(slot)
            # What lies between is known only as far as this reading reaches back.
            first = max(self._start + SLOT, now - sample.span)
            self._begin(first - first % SLOT)
        self._weigh(sample, now)
        self._loses = self._loses or loses
        self._line_rate = sample.line_rate
        return completed

    def _begin(self, start: float | None) -> None:
        self._start = start
        self._covered = 0.0
        self._bits = dict.fromkeys(Direction, 0.0)
        self._shed = dict.fromkeys(Direction, 0)
        self._loses = False

    def _note_dropped(self, sample: InterfaceSample) -> None:
        before, self._last = self._last, sample
        is_break = sample.discard is not None and not sample.discard.is_pending
        if before is None or is_break:
            return
        for direction, dropped in sample.discards.items():
            self._shed[direction] += dropped > before.discards[direction]

    def _weigh(self, sample: InterfaceSample, now: float) -> None:
        """Add the part of the reading that lies inside the slot."""
        if self._start is None:
            return
        since = max(self._start, now - sample.span)
        inside = max(0.0, min(now, self._start + SLOT) - since)
        for direction, rate in sample.rates.items():
            self._bits[direction] += (rate or 0.0) * inside
        self._covered += inside if sample.receive_rate is not None else 0.0

    def _slot(self) -> Slot | None:
        if self._start is None or self._covered < LEAST:
            return None
        return Slot(
            datetime.fromtimestamp(self._start, UTC),
            datetime.fromtimestamp(self._start + SLOT, UTC),
            {direction: bits / self._covered for direction, bits in self._bits.items()},
            {direction: self._loses or n >= SHEDDING for direction, n in self._shed.items()},
            self._line_rate,
        )
