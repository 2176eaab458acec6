"""Which targets are asked now: each link's rounds, held to max_pps per address."""

import heapq
from collections.abc import Mapping, Set

from linkwatch.model.ids import LinkId
from linkwatch.runtime.probe_targets import Aim, Watched
from linkwatch.timing.pace import Pace, TokenBucket
from linkwatch.timing.phase import by_phase
from linkwatch.timing.rounds import Rounds

_BURST_ROUNDS_PER_SECOND = 500.0
_BURST_ROUNDS_AT_ONCE = 1000.0
_ROUNDS_AT_ONCE = 700
"""A turn that sends more than some 10 ms' worth would be late for the answers to its first."""


class ProbeSchedule:
    """The rounds of all links, and the probes that wait until their address is free again.

    At most one probe waits per target of a link; another that comes due is left out. So links
    that share an address get their turns one after the other, none is starved.
    """

    def __init__(self) -> None:
        self._rounds = Rounds(TokenBucket(_BURST_ROUNDS_PER_SECOND, _BURST_ROUNDS_AT_ONCE))
        self._held: list[tuple[float, int, Aim]] = []
        self._holds = 0
        self._waiting: set[Aim] = set()
        self._links: Mapping[LinkId, Watched] = {}
        self._aims: dict[LinkId, tuple[Aim, ...]] = {}
        self._paces: dict[str, Pace] = {}
        self._hurried: Set[LinkId] = frozenset()
        self._regular_per_second = 0.0
        self._paced = 0

    @property
    def counters(self) -> Mapping[str, int]:
        """Probes left out: rounds `missed` or `throttled` (bursts), probes `paced` (max_pps)."""
        return {
            "missed": self._rounds.missed,
            "throttled": self._rounds.throttled,
            "paced": self._paced,
        }

    @property
    def per_second(self) -> float:
        """How many probes a second are to be expected now."""
        return self._regular_per_second + (_BURST_ROUNDS_PER_SECOND if self.bursting else 0.0)

    @property
    def bursting(self) -> bool:
        """Whether any link is asked more often than its rounds."""
        return self._rounds.bursting > 0

    def configure(self, links: Mapping[LinkId, Watched], now: float) -> None:
        """Probe these links; one that stays as it is keeps all that is known of its targets.

        One whose interval stays keeps its slot, its targets their waits.
        """
        before, self._links = self._links, links
        former, former_paces, self._paces = self._aims, self._paces, {}
        self._aims = {
            link: self._kept(former[link])
            if before.get(link) == links[link]
            else self._aimed(link, links[link], former_paces)
            for link in by_phase(links)
        }
        held, self._held = self._held, []
        self._waiting.clear()
        for at, _, aim in sorted(held):
            if aim.link in links and links[aim.link].targets == before[aim.link].targets:
                self._hold(at, self._aims[aim.link][links[aim.link].asked.index(aim.target)])
        self._set_intervals(now)

    def hurry(self, hurried: Set[LinkId], now: float) -> None:
        """Probe these links, and no others, at their conference interval."""
        self._hurried = hurried
        self._set_intervals(now)

    def start(self, now: float) -> None:
        """Begin now, whenever the schedule was made."""
        self._rounds.start(now)

    def probe_now(
        self, link: LinkId, count: int, spacing: float, now: float, *, urgent: bool = False
    ) -> None:
        """Ask for extra rounds of this link."""
        self._rounds.probe_now(link, count, spacing, now, urgent=urgent)

    def reserve(self, link: LinkId, target: int, now: float) -> float | None:
        """Take the next free time of this target's address; None where it is not asked."""
        for aim in self._aims.get(link, ()):
            if aim.target == target:
                return aim.pace.reserve(now, aim.spacing)
        return None

    def due(self, now: float) -> list[Aim]:
        """What to ask now."""
        asks = []
        while self._held and self._held[0][0] <= now:
            _, _, aim = heapq.heappop(self._held)
            asks.append(aim)
        busy = self._waiting.union(asks) if asks else self._waiting
        self._waiting.difference_update(asks)
        aims = self._aims
        for link in self._rounds.due(now, _ROUNDS_AT_ONCE):
            for aim in aims[link]:
                if busy and aim in busy:
                    self._paced += 1
                elif aim.pace.free_at <= now:
                    aim.pace.free_at = now + aim.spacing
                    asks.append(aim)
                else:
                    self._hold(aim.pace.reserve(now, aim.spacing), aim)
        return asks

    def _set_intervals(self, now: float) -> None:
        hurried = self._hurried
        intervals = {
            link: watched.probing.every(hurried=link in hurried)
            for link, watched in self._links.items()
        }
        self._rounds.configure(intervals, now)
        self._regular_per_second = sum(
            len(self._links[link].asked) / interval for link, interval in intervals.items()
        )

    def _hold(self, at: float, aim: Aim) -> None:
        self._waiting.add(aim)
        self._holds += 1
        heapq.heappush(self._held, (at, self._holds, aim))

    def _kept(self, aims: tuple[Aim, ...]) -> tuple[Aim, ...]:
        for aim in aims:
            # A link made anew before it may have brought the address a pace.
            aim.pace = self._paces.setdefault(aim.address, aim.pace)
        return aims

    def _aimed(
        self, link: LinkId, watched: Watched, former_paces: Mapping[str, Pace]
    ) -> tuple[Aim, ...]:
        aims = []
        for target in watched.asked:
            address = watched.targets[target].address
            pace = self._paces.get(address) or former_paces.get(address) or Pace()
            self._paces[address] = pace
            aims.append(Aim(link, target, watched, pace))
        return tuple(aims)
