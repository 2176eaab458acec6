"""What has been sent and waits for an answer or its deadline."""

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")


class Pending(dict[int, _T]):
    """Values by token, with deadlines rounded up to a slot of `resolution` s. O(1) each.

    A dictionary, so that to end the wait for a token (`pop`) costs no call of ours.
    """

    def __init__(self, resolution: float) -> None:
        super().__init__()
        self._resolution = resolution
        self._slots: dict[int, list[int]] = {}
        self._next: int | None = None

    def add(self, waits: Iterable[tuple[int, _T]], deadlines: Iterable[float]) -> None:
        """Wait for each of these tokens until its deadline (monotonic s)."""
        waits = list(waits)
        self.update(waits)
        resolution, slots, ceil = self._resolution, self._slots, math.ceil
        for (token, _), deadline in zip(waits, deadlines, strict=True):
            slot = ceil(deadline / resolution)
            tokens = slots.get(slot)
            if tokens is not None:
                tokens.append(token)
                continue
            slots[slot] = [token]
            if self._next is None or slot < self._next:
                self._next = slot

    def expire(self, now: float) -> list[_T]:
        """End and return the waits whose deadline has passed, earliest slot first."""
        current = math.floor(now / self._resolution)
        if self._next is None or self._next > current:
            return []
        tokens = [
            token
            for slot in sorted(slot for slot in self._slots if slot <= current)
            for token in self._slots.pop(slot)
        ]
        self._next = min(self._slots, default=None)
        return [self.pop(token) for token in tokens if token in self]

    def forget(self, unwanted: Callable[[_T], bool]) -> None:
        """End the waits for which `unwanted` holds, without a word."""
        for token in [token for token, value in self.items() if unwanted(value)]:
            del self[token]
