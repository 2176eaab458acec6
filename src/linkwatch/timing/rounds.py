"""Which links are due for a round of probes."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.model.ids import LinkId
from linkwatch.timing.pace import TokenBucket
from linkwatch.timing.phase import phase_of
from linkwatch.timing.wheel import Wheel


@dataclass(slots=True)
class _Burst:
    left: int
    spacing: float
    at: float
    urgent: bool


class Rounds:
    """Regular rounds at each link's own phase, and confirming bursts on top.

    A round that was missed (the process was stopped, the loop late) is skipped and counted, never
    made up for: a backlog sent at once would itself cause loss.
    """

    def __init__(self, bursts: TokenBucket) -> None:
        self._bucket = bursts
        self._phases: dict[LinkId, float] = {}
        self._intervals: dict[LinkId, float] = {}
        self._wheels: dict[float, Wheel] = {}
        self._changed: dict[LinkId, float] = {}
        """Links whose interval has changed, and when they had their last round before."""
        self._bursts: dict[LinkId, _Burst] = {}
        self._burst_heap: list[tuple[float, LinkId]] = []
        """Of each burst its time, and perhaps times it no longer has."""
        self._per_second = 0.0
        self.missed = 0
        """Regular rounds skipped because their time had passed."""
        self.throttled = 0
        """Rounds of bursts the bucket refused."""

    @property
    def per_second(self) -> float:
        """Regular rounds a second."""
        return self._per_second

    @property
    def bursting(self) -> int:
        """Links with a burst under way."""
        return len(self._bursts)

    def configure(self, intervals: Mapping[LinkId, float], now: float) -> None:
        """Probe these links at these intervals (s); a link whose interval stays keeps its slot.

        One whose interval changes begins at least half the new one after its last round.
        """
        self._change_over(intervals)
        self._bursts = {link: burst for link, burst in self._bursts.items() if link in intervals}
        known = self._phases
        self._phases = {
            link: known[link] if link in known else phase_of(link) for link in intervals
        }
        members: dict[float, dict[LinkId, float]] = {}
        for link, interval in intervals.items():
            members.setdefault(interval, {})[link] = self._phases[link]
        former, self._wheels = self._wheels, {}
        for interval, phases in members.items():
            self._wheels[interval] = Wheel(interval, phases, now)
            if interval in former:
                self._wheels[interval].take_over(former[interval])
        self._per_second = sum(len(phases) / interval for interval, phases in members.items())

    def start(self, now: float) -> None:
        """What was due before is not missed: nobody was there to ask."""
        self._changed.clear()
        for wheel in self._wheels.values():
            wheel.start(now)

    def probe_now(
        self, link: LinkId, count: int, spacing: float, now: float, *, urgent: bool = False
    ) -> None:
        """Ask for `count` extra rounds from `now` on, `spacing` s apart; merges with a burst.

        Urgent ones are not refused, however many others ask.
        """
        if link not in self._phases:
            return
        running = self._bursts.get(link)
        if running is None:
            running = self._bursts[link] = _Burst(count, spacing, now, urgent)
        else:
            running.left = max(running.left, count)
            running.spacing = min(running.spacing, spacing)
            running.urgent = running.urgent or urgent
            running.at = min(running.at, now if urgent else now + running.spacing)
        heapq.heappush(self._burst_heap, (running.at, link))

    def due(self, now: float, limit: int) -> list[LinkId]:
        """The links to probe now, each once, earliest first.

        At most `limit` regular ones: those left over are still due at the next call.
        """
        links: list[LinkId] = []
        for wheel in sorted(self._wheels.values(), key=lambda wheel: wheel.next_due):
            self.missed += wheel.skip_missed(now)
            links += wheel.due(now, limit - len(links))
        if self._changed:
            links = [link for link in links if self._is_rested(link, now)]
        if self._burst_heap and self._burst_heap[0][0] <= now:
            links += self._due_bursts(now, frozenset(links))
        return links

    def _change_over(self, intervals: Mapping[LinkId, float]) -> None:
        for link, interval in intervals.items():
            before = self._intervals.get(link, interval)
            if before != interval and link not in self._changed:
                self._changed[link] = self._wheels[before].last_told(self._phases[link])
        self._changed = {link: last for link, last in self._changed.items() if link in intervals}
        self._intervals = dict(intervals)

    def _is_rested(self, link: LinkId, now: float) -> bool:
        last = self._changed.get(link)
        if last is None:
            return True
        if now < last + self._intervals[link] / 2:
            return False
        del self._changed[link]
        return True

    def _due_bursts(self, now: float, regular: frozenset[LinkId]) -> list[LinkId]:
        links = []
        while self._burst_heap and self._burst_heap[0][0] <= now:
            at, link = heapq.heappop(self._burst_heap)
            burst = self._bursts.get(link)
            if burst is None or burst.at != at:
                continue
            self._advance(link, burst, now)
            if link in regular:
                continue
            if burst.urgent or self._bucket.take(now):
                links.append(link)
            else:
                self.throttled += 1
        return links

    def _advance(self, link: LinkId, burst: _Burst, now: float) -> None:
        burst.left -= 1
        burst.at += burst.spacing
        if burst.at <= now:
            burst.at = now + burst.spacing
        if burst.left <= 0:
            del self._bursts[link]
        else:
            heapq.heappush(self._burst_heap, (burst.at, link))
