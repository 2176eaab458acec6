"""What has been sent and waits for an answer or its deadline."""

import math
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Pending(Generic[_T]):
    """Values by token, with deadlines rounded up to a slot of `resolution` s. O(1) each."""

    def __init__(self, resolution: float) -> None:
        self._resolution = resolution
        self._values: dict[int, _T] = {}
        self._slots: dict[int, list[int]] = {}
        self._next: int | None = None

    def __len__(self) -> int:
        return len(self._values)

    def add(self, token: int, value: _T, deadline: float) -> None:
        """Wait for `token` until `deadline` (monotonic s)."""
        slot = math.ceil(deadline / self._resolution)
        self._values[token] = value
        self._slots.setdefault(slot, []).append(token)
        if self._next is None or slot < self._next:
            self._next = slot

    def get(self, token: int) -> _T | None:
        """What waits under this token, if anything does."""
        return self._values.get(token)

    def pop(self, token: int) -> _T | None:
        """End the wait for this token; None where nothing waits."""
        return self._values.pop(token, None)

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
        return [self._values.pop(token) for token in tokens if token in self._values]

    def forget(self, unwanted: Callable[[_T], bool]) -> None:
        """End the waits for which `unwanted` holds, without a word."""
        self._values = {t: value for t, value in self._values.items() if not unwanted(value)}
