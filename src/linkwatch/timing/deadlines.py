"""When the time of each of many waits is up."""

import math
from collections.abc import Sequence


class Deadlines:
    """Tokens by deadline, rounded up to a slot of `resolution` s. O(1) each, and less for many.

    What needs no waiting any more is not taken out: whoever asks knows by the token.
    """

    def __init__(self, resolution: float) -> None:
        self._resolution = resolution
        self._slots: dict[int, list[int]] = {}
        self._next = math.inf

    def add(self, tokens: Sequence[int], waits: Sequence[float], now: float) -> None:
        """The time of each is up in `waits` s from `now` (monotonic s)."""
        if waits.count(waits[0]) == len(waits):
            self._slot(now + waits[0]).extend(tokens)
            return
        slots: dict[float, list[int]] = {}
        for token, wait in zip(tokens, waits, strict=True):
            if wait not in slots:
                slots[wait] = self._slot(now + wait)
            slots[wait].append(token)

    def pass_by(self, now: float) -> list[int]:
        """The tokens whose time is up, earliest slot first; each is told once."""
        current = math.floor(now / self._resolution)
        if self._next > current:
            return []
        passed = sorted(slot for slot in self._slots if slot <= current)
        tokens = [token for slot in passed for token in self._slots.pop(slot)]
        self._next = min(self._slots, default=math.inf)
        return tokens

    def _slot(self, deadline: float) -> list[int]:
        slot = math.ceil(deadline / self._resolution)
        self._next = min(self._next, slot)
        return self._slots.setdefault(slot, [])
