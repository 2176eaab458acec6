"""What should move, and when it has stood still for too long (monotonic s)."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_MISSES = 3
"""So many rounds may pass without a sign before it is missed."""
_LEAST = 10.0
"""s that any sign may take, however short its round."""


def longest_pause(interval: float, ending: float = 0.0) -> float:
    """How long (s) what begins every `interval` s and takes `ending` s may give no sign."""
    return max(_LEAST, _MISSES * interval + ending)


class Standstill(Generic[K]):
    """Signs of life that are looked at now and then: a sign that differs from the last is one."""

    def __init__(self) -> None:
        self._seen: dict[K, tuple[object, float]] = {}

    def look(self, signs: Iterable[tuple[K, object, float]], now: float) -> tuple[K, ...]:
        """Those whose sign has not changed for longer than the s given with it.

        Whoever is seen for the first time has just moved; whoever is missing is forgotten.
        """
        before, self._seen = self._seen, {}
        still = []
        for name, sign, allowed in signs:
            last, since = before.get(name, (None, now))
            moved = last != sign
            self._seen[name] = (sign, now if moved else since)
            if not moved and now - since > allowed:
                still.append(name)
        return tuple(still)
