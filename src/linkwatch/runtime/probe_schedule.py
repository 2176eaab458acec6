"""Which targets are asked now: each link's rounds, held to max_pps per address."""

import heapq
from collections.abc import Mapping

from linkwatch.model.ids import LinkId
from linkwatch.runtime.probe_targets import Watched
from linkwatch.timing.pace import Pacer, TokenBucket
from linkwatch.timing.rounds import Rounds

_BURST_ROUNDS_PER_SECOND = 500.0
_BURST_ROUNDS_AT_ONCE = 1000.0
_ROUNDS_AT_ONCE = 1000
"""A turn that sends more than some 20 ms' worth would be late for the answers to its first."""

Ask = tuple[LinkId, int]
"""A link and the position of one of its targets."""


class ProbeSchedule:
    """The rounds of all links, and the probes that wait until their address is free again.

    At most one probe waits per target of a link; another that comes due is left out. So links
    that share an address get their turns one after the other, none is starved.
    """

    def __init__(self) -> None:
        self._rounds = Rounds(TokenBucket(_BURST_ROUNDS_PER_SECOND, _BURST_ROUNDS_AT_ONCE))
        self._pacer = Pacer()
        self._held: list[tuple[float, Ask]] = []
        self._waiting: set[Ask] = set()
        self._links: Mapping[LinkId, Watched] = {}
        self._paced = 0

    @property
    def counters(self) -> Mapping[str, int]:
        """Probes left out: rounds `missed` or `throttled` (bursts), probes `paced` (max_pps)."""
        return {
            "missed": self._rounds.missed,
            "throttled": self._rounds.throttled,
            "paced": self._paced,
        }

    def configure(self, links: Mapping[LinkId, Watched], now: float) -> None:
        """Probe these links; one whose interval stays keeps its slot, its targets their waits."""
        self._held = [
            (at, (link, target))
            for at, (link, target) in self._held
            if link in links
            and link in self._links
            and links[link].targets == self._links[link].targets
        ]
        heapq.heapify(self._held)
        self._waiting = {ask for _, ask in self._held}
        self._links = links
        self._rounds.configure(
            {link: watched.probing.interval for link, watched in links.items()}, now
        )
        self._pacer.keep_only({w.targets[i].address for w in links.values() for i in w.asked})

    def probe_now(self, link: LinkId, count: int, spacing: float, now: float) -> None:
        """Ask for extra rounds of this link."""
        self._rounds.probe_now(link, count, spacing, now)

    def due(self, now: float) -> list[Ask]:
        """What to ask now."""
        asks = []
        while self._held and self._held[0][0] <= now:
            _, ask = heapq.heappop(self._held)
            self._waiting.discard(ask)
            asks.append(ask)
        asked = set(asks)
        for link in self._rounds.due(now, _ROUNDS_AT_ONCE):
            for target in self._links[link].asked:
                ask = (link, target)
                if ask in self._waiting or ask in asked:
                    self._paced += 1
                elif self._is_free(ask, now):
                    asks.append(ask)
        return asks

    def _is_free(self, ask: Ask, now: float) -> bool:
        link, target = ask
        watched = self._links[link]
        at = self._pacer.reserve(watched.targets[target].address, now, watched.probing.max_pps)
        if at <= now:
            return True
        heapq.heappush(self._held, (at, ask))
        self._waiting.add(ask)
        return False
