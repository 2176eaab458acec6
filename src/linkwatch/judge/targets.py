"""The targets of one link, and which of them speak for it.

A link is judged at its far end: by the site's own targets where any of them ever answered, else by
the carrier's. Among those the best one counts: whatever crosses to it proves the line, while a
router that answers few pings proves nothing. Down is when all of them are.
"""

from collections.abc import Collection, Iterator
from math import inf

from linkwatch.judge.reach import Reach
from linkwatch.judge.symptom import Symptom
from linkwatch.judge.target import TargetJudge
from linkwatch.model.thresholds import Severity, Thresholds
from linkwatch.model.topology import Link, Method, Place, Target

TargetKey = tuple[str, Method, int | None]

_JUDGED = frozenset({Method.ICMP, Method.TCP, Method.PUSH})


class Targets:
    """The judges of those that are probed; `by_position` as the link's configuration has them."""

    __slots__ = ("_by_key", "_placed", "asked", "by_position")

    def __init__(self) -> None:
        self._by_key: dict[TargetKey, TargetJudge] = {}
        self._placed: list[tuple[Place, TargetJudge]] = []
        self.by_position: list[TargetJudge | None] = []
        self.asked: tuple[TargetJudge, ...] = ()
        """Those that we ask; the others call us, by whatever way there is."""

    def follow(self, link: Link, verified: Collection[str]) -> list[TargetJudge]:
        """Follow the link's; those that stay keep all that is known of them. The new ones.

        `verified`: the addresses that have ever answered.
        """
        kept = self._by_key
        probed = [target for target in link.targets if target.method in _JUDGED]
        self._by_key = {
            _key(t): kept.get(_key(t)) or TargetJudge(t.address in verified) for t in probed
        }
        self._placed = [(t.place, self._by_key[_key(t)]) for t in probed]
        self.by_position = [self._by_key.get(_key(t)) for t in link.targets]
        self.asked = tuple(t for k, t in self._by_key.items() if k[1] is not Method.PUSH)
        self.watch()
        return [target for key, target in self._by_key.items() if key not in kept]

    def __iter__(self) -> Iterator[TargetJudge]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def at(self, position: int) -> TargetJudge | None:
        """The one at this position; None where there is none, or none that is judged."""
        return self.by_position[position] if position < len(self.by_position) else None

    def watch(self) -> None:
        """Look closely at the next answer of each: what it is judged by may have changed."""
        for target in self:
            target.watch()

    @property
    def is_any_verified(self) -> bool:
        """Whether any has ever answered."""
        return any([target.verified for _, target in self._placed])

    def is_verified(self, address: str) -> bool:
        """Whether one at this address has ever answered."""
        return any(t.verified for key, t in self._by_key.items() if key[0] == address)

    def answered(self, place: Place) -> tuple[str, float] | None:
        """Which there answered the latest probe, and when that was sent (monotonic s).

        None where none has ever answered.
        """
        there = [t for where, t in self._placed if where is place and t.verified]
        found = [(t.answered_at, key[0]) for key, t in self._by_key.items() if t in there]
        at, address = max(found, default=(0.0, None))
        return None if address is None else (address, at)

    @property
    def answered_at(self) -> float:
        """When the latest probe that any answered had been sent (monotonic s); -inf: none."""
        return max((target.answered_at for target in self), default=-inf)

    @property
    def misses(self) -> int:
        """Probes lost or overdue in a row at each that speaks for the link."""
        return min((target.misses for target in self.pool()), default=0)

    def pool(self) -> list[TargetJudge]:
        """Those that speak for the link: the living at its far end, else all of them."""
        verified = [placed for placed in self._placed if placed[1].verified]
        if len(verified) == 1:
            return [verified[0][1]]
        far = [t for place, t in verified if place is Place.SITE] or [t for _, t in verified]
        return [t for t in far if not t.down] or far

    @property
    def best(self) -> TargetJudge | None:
        """The one whose figures stand for the link; None before any has answered."""
        pool = self.pool()
        return pool[0] if len(pool) == 1 else min(pool, key=lambda t: t.loss or 0.0, default=None)

    def worst(self, limits: Thresholds) -> Symptom | None:
        """What is wrong with the link."""
        pool = self.pool()
        if len(pool) <= 1:
            return pool[0].symptom(limits) if pool else None
        if all(t.down for t in pool):
            # The fault began when the last of them fell silent.
            return max(pool, key=lambda t: t.down_since).symptom(limits)
        symptoms = [t.symptom(limits) for t in pool]
        return min(symptoms, key=lambda s: s.severity if s else Severity.OK)

    @property
    def reach(self) -> Reach:
        """How far probes get, as far as any has ever answered."""
        alive: dict[Place, list[bool]] = {place: [] for place in Place}
        for place, target in self._placed:
            if target.verified:
                alive[place].append(not target.down)
        if not any(alive.values()):
            return Reach.UNTOLD
        if any(alive[Place.SITE]):
            return Reach.SITE
        if any(alive[Place.CARRIER]):
            return Reach.CARRIER if alive[Place.SITE] else Reach.UNTOLD
        return Reach.NOWHERE


def _key(target: Target) -> TargetKey:
    return (target.address, target.method, target.port)
