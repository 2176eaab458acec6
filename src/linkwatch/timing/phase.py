"""Where in its interval a link is probed."""

import hashlib
import math
from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key", bound=str)


def phase_of(key: str) -> float:
    """A stable fraction in [0, 1) of the interval: spreads links evenly, survives restarts."""
    digest = hashlib.blake2b(key.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)


def by_phase(keys: Iterable[Key]) -> list[Key]:
    """In the order in which they are asked.

    What is made in this order lies so in memory too: a round of a country's links reads it in one
    sweep, and no longer waits for memory at every one of them.
    """
    return sorted(keys, key=phase_of)


def next_slot(now: float, interval: float, phase: float) -> float:
    """The first time after `now` that lies at `phase` of the interval; all in s."""
    offset = phase * interval
    slot = math.floor((now - offset) / interval + 1) * interval + offset
    return slot if slot > now else slot + interval
