"""What a pinger says of its round-trip times, held against what was on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Passage(NamedTuple):
    """A request as it left, and how long until its answer was there; both in s.

    `left` by CLOCK_REALTIME; `rtt` None: never answered.
    """

    left: float
    rtt: float | None


@dataclass(frozen=True)
class Matched:
    """Errors of the round-trip times in s, sorted; and samples that fit nothing on the wire."""

    errors: Sequence[float] = ()
    odd: int = 0
    """Answers told where none came; and whole targets with more told than was sent."""


def match(
    told: Mapping[str, Sequence[float | None]],
    true: Mapping[str, Sequence[Passage]],
    since: float,
    until: float,
) -> Matched:
    """How far each told time is from the truth, of the requests that left in this span.

    The n-th that is told of a target is its n-th request; the last ones may not be told of.
    """
    errors: list[float] = []
    odd = 0
    for target, times in told.items():
        passages = true.get(target, ())
        if len(times) > len(passages):
            odd += 1
            continue
        for time, passage in zip(times, passages, strict=False):
            if time is None or not since <= passage.left <= until:
                continue
            if passage.rtt is None:
                odd += 1
            else:
                errors.append(abs(time - passage.rtt))
    return Matched(tuple(sorted(errors)), odd)
