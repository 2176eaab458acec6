"""Which links are due for a round of probes."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.model.ids import LinkId
from linkwatch.timing.pace import TokenBucket
from linkwatch.timing.phase import next_slot, phase_of


@dataclass(slots=True)
class _Burst:
    left: int
    spacing: float
    at: float


class Rounds:
    """Regular rounds at each link's own phase, and confirming bursts on top.

    A round that was missed (the process was stopped, the loop late) is skipped and counted, never
    made up for: a backlog sent at once would itself cause loss.
    """

    def __init__(self, bursts: TokenBucket) -> None:
        self._bucket = bursts
        self._interval: dict[LinkId, float] = {}
        self._due: dict[LinkId, float] = {}
        self._heap: list[tuple[float, LinkId]] = []
        self._bursts: dict[LinkId, _Burst] = {}
        self.missed = 0
        """Regular rounds skipped because their time had passed."""
        self.throttled = 0
        """Rounds of bursts the bucket refused."""

    def configure(self, intervals: Mapping[LinkId, float], now: float) -> None:
        """Probe these links at these intervals (s); a link whose interval stays keeps its slot."""
        self._bursts = {link: burst for link, burst in self._bursts.items() if link in intervals}
        self._due = {
            link: self._due[link]
            if self._interval.get(link) == interval
            else next_slot(now, interval, phase_of(link))
            for link, interval in intervals.items()
        }
        self._interval = dict(intervals)
        self._heap = [(at, link) for link, at in self._due.items()]
        heapq.heapify(self._heap)

    def probe_now(self, link: LinkId, count: int, spacing: float, now: float) -> None:
        """Ask for `count` extra rounds from `now` on, `spacing` s apart; merges with a burst."""
        if link not in self._interval:
            return
        running = self._bursts.get(link)
        if running is None:
            self._bursts[link] = _Burst(count, spacing, now)
            return
        running.left = max(running.left, count)
        running.spacing = min(running.spacing, spacing)
        running.at = min(running.at, now + running.spacing)

    def due(self, now: float, limit: int) -> list[LinkId]:
        """The links to probe now, each once, earliest first.

        At most `limit` regular ones: those left over are still due at the next call.
        """
        links: dict[LinkId, None] = {}
        while self._heap and self._heap[0][0] <= now and len(links) < limit:
            at, link = heapq.heappop(self._heap)
            links[link] = None
            self._plan(link, at, now)
        for link in [link for link, burst in self._bursts.items() if burst.at <= now]:
            self._advance(link, self._bursts[link], now)
            if link in links:
                continue
            if self._bucket.take(now):
                links[link] = None
            else:
                self.throttled += 1
        return list(links)

    def _plan(self, link: LinkId, at: float, now: float) -> None:
        interval = self._interval[link]
        following = at + interval
        if following <= now:
            following = next_slot(now, interval, phase_of(link))
            self.missed += round((following - at) / interval) - 1
        self._due[link] = following
        heapq.heappush(self._heap, (following, link))

    def _advance(self, link: LinkId, burst: _Burst, now: float) -> None:
        burst.left -= 1
        burst.at += burst.spacing
        if burst.at <= now:
            burst.at = now + burst.spacing
        if burst.left <= 0:
            del self._bursts[link]
