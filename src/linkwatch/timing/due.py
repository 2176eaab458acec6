"""When each of many is due next, without a task or a timer for each."""

import heapq
import math
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class DueTimes(Generic[Key]):
    """Times in s. Whoever was due has to be given a new time. Keys have an order."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, Key]] = []

    def set(self, key: Key, due: float) -> None:
        """It is due then, whatever was said of it before."""
        self._due[key] = due
        heapq.heappush(self._heap, (due, key))

    def drop(self, key: Key) -> None:
        """It is due no more."""
        self._due.pop(key, None)

    def __contains__(self, key: Key) -> bool:
        return key in self._due

    def __iter__(self) -> Iterator[Key]:
        return iter(self._due)

    def __len__(self) -> int:
        return len(self._due)

    def due_at(self, key: Key) -> float:
        """When it is due; infinite where it is not."""
        return self._due.get(key, math.inf)

    def next_due(self) -> float:
        """When the next is; infinite where there is none."""
        while self._heap and not self._stands(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def pass_by(self, now: float) -> Iterator[Key]:
        """All that are due until `now`, the earliest first."""
        while self.next_due() <= now:
            _, key = heapq.heappop(self._heap)
            del self._due[key]
            yield key

    def _stands(self, due: float, key: Key) -> bool:
        return self._due.get(key) == due
