"""Whose each leg of the way is: from the places that the configuration knows by address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linkwatch.model.path import Segment
from linkwatch.path.baseline import Baseline
from linkwatch.path.landmarks import Marks

Shares = Mapping[Segment, float]
"""How likely a leg that has failed is which segment's; together 1."""


class Sign(StrEnum):
    """What others say of a place since the fault began."""

    WELL = "well"
    FAILED = "failed"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What is known beside the trace.

    `uplink`: of our own line that the link is probed through; `site`: of the site, by its other
    links; `carrier_end`: the carrier's end of this very link, if it has answered since the fault
    began; `alive`: routers that have, by traces and answers of other links.
    """

    uplink: Sign = Sign.UNTOLD
    site: Sign = Sign.UNTOLD
    carrier_end: str | None = None
    alive: frozenset[str] = frozenset()


# A line that failed and the router behind it that failed look the same. What leads to a router is
# mostly its owner's to mend; of an access line and the site's own power nobody knows by one link.
_UPLINK = {Sign.WELL: 0.05, Sign.UNTOLD: 0.3, Sign.FAILED: 0.95}
_SITE = {Sign.WELL: 0.05, Sign.UNTOLD: 0.3, Sign.FAILED: 0.7}
_P, _C, _A, _S = (
    Segment.PROVINCE_SIDE,
    Segment.CARRIER_CORE,
    Segment.CARRIER_ACCESS,
    Segment.SITE,
)
_CARRIERS: Mapping[tuple[Segment, Segment], Shares] = {
    (_P, _C): {_C: 1.0},
    (_P, _A): {_A: 0.7, _C: 0.3},
    (_P, _S): {_A: 0.5, _C: 0.5},
    (_C, _A): {_A: 0.7, _C: 0.3},
    (_C, _S): {_A: 0.7, _C: 0.3},
    (_A, _S): {_A: 1.0},
}
"""The carrier's part of a leg, by where it leads from and to: a core may hide its routers."""


class Way:
    """A baseline with the side that each of its hops stands on; hops count from 1."""

    def __init__(self, baseline: Baseline, marks: Marks) -> None:
        self.baseline = baseline
        distance = baseline.distance
        self._site = self._first_at_site(marks) if marks.ends_at_site else distance + 1
        last_of_carrier = min(self._site - 1, distance)
        end = distance if not marks.ends_at_site else baseline.position(marks.carrier_end)
        ours = baseline.position(marks.province) or self._gateway(marks)
        self.province = min(ours, last_of_carrier, distance - 1)
        """How far our own side goes."""
        is_on_way = self.province < end < self._site
        self.access = end if is_on_way else max(last_of_carrier, self.province + 1)
        """Where the carrier's access begins."""

    def legs(self, witnesses: Witnesses) -> Sequence[Shares]:
        """Whose each leg is, the first being the one to the first hop."""
        sides = [Segment.PROVINCE_SIDE, *map(self._side, range(1, self.baseline.distance + 1))]
        return [_leg(near, far, witnesses) for near, far in zip(sides, sides[1:], strict=False)]

    def _side(self, hop: int) -> Segment:
        if hop <= self.province:
            return Segment.PROVINCE_SIDE
        if hop >= self._site:
            return Segment.SITE
        return Segment.CARRIER_ACCESS if hop >= self.access else Segment.CARRIER_CORE

    def _first_at_site(self, marks: Marks) -> int:
        numbered = enumerate(self.baseline.hops[:-1], 1)
        found = (n for n, hop in numbered if not marks.site.isdisjoint(hop.routers))
        return next(found, self.baseline.distance)

    def _gateway(self, marks: Marks) -> int:
        """The first hop is our own gateway, unless it is known to be somebody else's."""
        others = marks.carrier_end | marks.site
        return int(others.isdisjoint(self.baseline.hops[0].routers))


def _leg(near: Segment, far: Segment, witnesses: Witnesses) -> Shares:
    if near is far:
        return {far: 1.0}
    shares: dict[Segment, float] = {}
    left = 1.0
    if far is Segment.SITE:
        shares[far] = _SITE[witnesses.site]
        left -= shares[far]
    if near is Segment.PROVINCE_SIDE:
        shares[near] = left * _UPLINK[witnesses.uplink]
        left -= shares[near]
    for segment, share in _CARRIERS[near, far].items():
        shares[segment] = left * share
    return shares
