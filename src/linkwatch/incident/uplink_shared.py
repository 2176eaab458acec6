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
UNLUCKY = 1e-8
"""The chance of a run of misses, at each probe of each of many links while what they share is poor:
what the judge allows (significance), a hundred times over, for that is seldom."""
BACKGROUND = 0.005
"""What a healthy line loses now and then."""
SLOW = 0.05
"""Of healthy lines, those that are late just now."""

_MOST = 2000
"""Probes that are reckoned with: more make no difference that matters."""

Votes = Mapping[CarrierId, Sequence[tuple[SiteId, bool]]]
"""By carrier: the area of each link that was asked, and whether it is bad too."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What the links asked have said; `lost`: the share of their probes that they lost."""

    votes: Votes
    lost: float

    @property
    def counted(self) -> Mapping[str, float]:
        """As evidence: links that are bad, links asked, carriers asked."""
        said = [is_bad for each in self.votes.values() for _, is_bad in each]
        carriers = sum(any(is_bad for _, is_bad in each) for each in self.votes.values())
        return {
            "links": float(sum(said)),
            "asked": float(len(said)),
            "carriers": float(carriers),
        }


def shared(
    poll: Poll, chance: float, doubt: float = CHANCE, *, least_share: float = LEAST_SHARE
) -> bool:
    """Whether links of all carriers are bad together; False: they are not, or it may be chance.

    `chance` of a healthy link to be bad meanwhile, `doubt` of so many to be. A carrier most of
    whose links are well proves the uplink; one with few links tells nothing either way.
    """
    guilty = 0
    areas: set[SiteId] = set()
    for each in poll.votes.values():
        bad = [area for area, is_bad in each if is_bad]
        if len(each) < LEAST_LINKS:
            continue
        if len(bad) < least_share * len(each):
            return False
        if _tail(len(bad), len(each), chance) <= doubt and len(set(bad)) > 1:
            guilty += 1
            areas.update(bad)
    return guilty >= LEAST_CARRIERS and len(areas) >= LEAST_AREAS


def explains_silence(lost: float, misses: int) -> bool:
    """Whether so many misses in a row may be chance where all lose this share of their probes."""
    return _at_worst(lost) ** misses >= UNLUCKY


def explains_loss(share: float, lost: int, sent: int) -> bool:
    """Whether a link's loss may be that which all have, as the worst of many."""
    return sent > _MOST or _tail(lost, sent, _at_worst(share)) >= CHANCE


def _at_worst(share: float) -> float:
    """What may be lost where so much was seen: of those that lose most, some tell nothing."""
    return min(0.95, 1.25 * share + 0.05)


def chance_of_loss(level: float, probes: int) -> float:
    """The chance of a healthy link to lose half of `level` of so many probes, or one at least."""
    known = min(max(1, probes), _MOST)
    return _tail(max(1, ceil(level / 2 * known)), known, BACKGROUND)


def _tail(least: int, of: int, chance: float) -> float:
    """The chance of `least` or more of so many."""
    below = sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(least))
    return max(0.0, 1.0 - below)
