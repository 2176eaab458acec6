"""The way to a link's far end as it is while the link is well."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

from linkwatch.model.path import Hop, Trace
from linkwatch.path.tally import MOST_ROUTERS

SETTLED = 6
"""Pings to each hop from which on the way counts as known."""
_MOST_COUNTED = 24.0
_NEW = 0.3
"""Weight of the newest trace in the usual round-trip time."""


class Known(NamedTuple):
    """One hop: pings sent and answered, older ones weighing less; its routers, newest first.

    `soonest`: the usual least s until an answer.
    """

    asked: float
    heard: float
    routers: tuple[str, ...] = ()
    soonest: float | None = None

    @property
    def reliability(self) -> float:
        """The chance that it answers a ping while it is well, as far as so few can tell."""
        return (self.heard + 1) / (self.asked + 2) if self.heard else 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """The hops on the way to `address`; the last is the target itself.

    `missed`: the latest trace did not get there, though the link was not known to be ill.
    """

    address: str
    hops: tuple[Known, ...]
    missed: bool = False

    @property
    def distance(self) -> int:
        """In hops."""
        return len(self.hops)

    @property
    def is_settled(self) -> bool:
        """Whether it has been seen often enough to rely on."""
        return self.hops[-1].asked >= SETTLED

    @property
    def tells(self) -> bool:
        """Whether any router on the way ever tells of a ping that it drops."""
        return any(known.heard for known in self.hops[:-1])

    def position(self, routers: frozenset[str]) -> int:
        """The farthest hop before the target that is one of these; 0: none is."""
        numbered = enumerate(self.hops[:-1], 1)
        return max((n for n, hop in numbered if not routers.isdisjoint(hop.routers)), default=0)


def learn(before: Baseline | None, trace: Trace) -> Baseline | None:
    """What is known after a trace that was taken while the link was well.

    One that our own host spoilt, or that went round, teaches nothing. A way of another length is
    another way. One that does not get there once may be a fault in the making, when the way as it
    was is about to be asked for; twice, and the way is not known any more.
    """
    distance = trace.distance
    if trace.is_ours or is_winding(trace):
        return before
    if distance is None:
        return None if before is None or before.missed else replace(before, missed=True)
    nothing = Known(0.0, 0.0)
    if before is None or (before.address, before.distance) != (trace.address, distance):
        return Baseline(trace.address, tuple(_after(nothing, hop) for hop in trace.hops))
    pairs = zip(before.hops, trace.hops, strict=True)
    return Baseline(before.address, tuple(_after(known, hop) for known, hop in pairs))


def is_winding(trace: Trace) -> bool:
    """Whether a router stands at several places: pings went round, or not all the same way."""
    named = Counter(router for hop in trace.hops for router in hop.routers)
    return any(count > 1 for count in named.values())


def _after(known: Known, hop: Hop) -> Known:
    asked, heard = known.asked + hop.asked, known.heard + hop.heard
    if asked > _MOST_COUNTED:
        asked, heard = asked / 2, heard / 2
    routers = dict.fromkeys((*hop.routers, *known.routers))
    return Known(asked, heard, tuple(routers)[:MOST_ROUTERS], _smoothed(known.soonest, hop.soonest))


def _smoothed(usual: float | None, seen: float | None) -> float | None:
    if usual is None or seen is None:
        return usual if seen is None else seen
    return usual + _NEW * (seen - usual)
