"""Whether links of different carriers are bad together: then none of them is, but what they share.

One link's finding asks of some others of each carrier: did you lose as much, are you as late? With
many that say so the answer is beyond chance long before the second finding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb

from linkwatch.incident.uplink import LEAST_AREAS, LEAST_CARRIERS, LEAST_LINKS
from linkwatch.model.ids import CarrierId, SiteId

ASKED = 24
"""Links of each carrier that are asked: enough to tell a tenth from a third."""
LEAST_SHARE = 0.3
"""Of a carrier's links; fewer prove that what they share is well."""
CHANCE = 1e-4
"""That so many are bad by themselves, to say that they share it ..."""
STILL = 0.05
"""... and to go on saying it."""
BACKGROUND = 0.005
"""What a healthy line loses now and then."""
SLOW = 0.05
"""Of healthy lines, those that are late just now."""

_MOST = 2000
"""Probes that are reckoned with: more make no difference that matters."""

Votes = Mapping[CarrierId, Sequence[tuple[SiteId, bool]]]
"""By carrier: the area of each link that was asked, and whether it is bad too."""


@dataclass(frozen=True, slots=True)
class Shared:
    """So many of the links asked are bad too, of so many carriers."""

    bad: int
    asked: int
    carriers: int


def shared(votes: Votes, chance: float, doubt: float = CHANCE) -> Shared | None:
    """What the links of all carriers have in common; None: nothing, or it may be chance.

    `chance` of a healthy link to be bad meanwhile, `doubt` of so many to be. A carrier most of
    whose links are well proves the uplink; one with few links tells nothing either way.
    """
    guilty = 0
    areas: set[SiteId] = set()
    for each in votes.values():
        bad = [area for area, is_bad in each if is_bad]
        if len(each) < LEAST_LINKS:
            continue
        if len(bad) < LEAST_SHARE * len(each):
            return None
        if _tail(len(bad), len(each), chance) <= doubt and len(set(bad)) > 1:
            guilty += 1
            areas.update(bad)
    if guilty < LEAST_CARRIERS or len(areas) < LEAST_AREAS:
        return None
    count = sum(is_bad for each in votes.values() for _, is_bad in each)
    return Shared(count, sum(map(len, votes.values())), guilty)


def chance_of_loss(level: float, probes: int) -> float:
    """The chance of a healthy link to lose half of `level` of so many probes, or one at least."""
    known = min(max(1, probes), _MOST)
    return _tail(max(1, ceil(level / 2 * known)), known, BACKGROUND)


def _tail(least: int, of: int, chance: float) -> float:
    """The chance of `least` or more of so many."""
    below = sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(least))
    return max(0.0, 1.0 - below)
