"""Looks at the ways to the links, hop by hop; first at those on which something has gone wrong.

A hop that is known to be there is asked at the same time as all others, so many times as fit; a way
whose length is not known is felt for, one hop more at each free time of its target. Either way the
target itself, whose carrier may police pings, gets no more of them than `max_pps` allows.
"""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome
from linkwatch.model.moment import Moment
from linkwatch.model.path import Trace, TraceNow
from linkwatch.path.tally import Tally
from linkwatch.ports import Clock, Look, Prober, Reply
from linkwatch.runtime.aside import Aside
from linkwatch.wire.icmp_errors import IcmpReason

LONGEST = 1.5
"""s that a trace for an incident takes at most."""
ROUNDS, SURVEY_ROUNDS = 4, 3
"""Pings to each hop: for an incident, and to know the way."""
MOST_HOPS = 30
MOST_SILENT = 10
"""A way with so many hops in a row that say nothing is not felt for any farther."""
LONGEST_FEEL = 10.0
_LAST_ROUND = 0.5
"""s that are left at least for the answers to the last round."""
_LAGGARDS = 0.3
"""s after the target's last answer in which a hop nearer by may still be heard."""
_LOOK_EVERY = 0.05
URGENT, SLOW = 6, 2
"""Traces at once: for incidents alone; and of either kind."""

Sink = Callable[[Trace, Moment], None]


class Lender(Protocol):
    """What the probe loop lends: its prober, its addresses and their pace."""

    @property
    def aside(self) -> Aside:
        """Sends what is none of its rounds."""
        ...

    def way(self, link: LinkId, target: int) -> tuple[str, Look] | None:
        """Where a target is, and what its probes look like; None: not known."""
        ...

    def slot(self, link: LinkId, target: int) -> float | None:
        """The next free time (monotonic s) of its address, which is taken; None: not asked."""
        ...


class TraceLoop:
    """Takes requests, one of each kind for a link at a time, and hands what it saw to `sink`."""

    def __init__(self, clock: Clock, prober: Prober, lender: Lender, sink: Sink) -> None:
        self._clock = clock
        self._prober = prober
        self._lender = lender
        self._sink = sink
        self._urgent: deque[TraceNow] = deque()
        self._slow: deque[TraceNow] = deque()
        self._asked: set[tuple[LinkId, bool]] = set()
        self._wake = asyncio.Event()
        self._counts: Counter[str] = Counter()

    @property
    def counters(self) -> Mapping[str, int]:
        """Traces by what they were for, and those that could not be begun: `unresolved`."""
        return {kind: self._counts[kind] for kind in ("incident", "survey", "unresolved")}

    async def run(self) -> None:
        """Trace until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(URGENT + SLOW):
                tasks.create_task(self._work(surveys=number < SLOW), name="traces")

    def request(self, wanted: TraceNow) -> None:
        """Trace as soon as may be."""
        kind = (wanted.link, wanted.incident is not None)
        if kind not in self._asked:
            self._asked.add(kind)
            (self._slow if wanted.incident is None else self._urgent).append(wanted)
            self._wake.set()

    async def _work(self, *, surveys: bool) -> None:
        while True:
            if self._urgent:
                await self._trace(self._urgent.popleft())
            elif surveys and self._slow:
                await self._trace(self._slow.popleft())
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _trace(self, wanted: TraceNow) -> None:
        try:
            seen = await self._look(wanted)
        finally:
            self._asked.discard((wanted.link, wanted.incident is not None))
        if seen is None:
            self._counts["unresolved"] += 1
            return
        self._counts["survey" if wanted.incident is None else "incident"] += 1
        self._sink(seen, self._clock.now())

    async def _look(self, wanted: TraceNow) -> Trace | None:
        way = self._lender.way(wanted.link, wanted.target)
        if way is None:
            return None
        look = _Look(self._clock, self._prober, self._lender, wanted=wanted, way=way)
        drops = self._prober.dropped()
        await (look.feel() if wanted.distance is None else look.sweep(wanted.distance))
        if self._prober.dropped() != drops:
            look.tally.dropped()
        return look.tally.trace(self._clock.now().monotonic)


class _Look:
    """One trace under way."""

    def __init__(
        self,
        clock: Clock,
        prober: Prober,
        lender: Lender,
        *,
        wanted: TraceNow,
        way: tuple[str, Look],
    ) -> None:
        self._clock = clock
        self._prober = prober
        self._lender = lender
        self._wanted = wanted
        self._address, self._look = way
        self._began = clock.now().monotonic
        self._ttls: dict[int, int] = {}
        self.tally = Tally(wanted, self._address, self._began)

    async def sweep(self, distance: int) -> None:
        """Ask all hops at once, several times."""
        rounds = SURVEY_ROUNDS if self._wanted.incident is None else ROUNDS
        end = self._began + LONGEST
        hops = range(1, min(distance, self._farthest) + 1)
        for _ in range(rounds):
            at = self._lender.slot(self._wanted.link, self._wanted.target)
            if at is None or at > end - _LAST_ROUND:
                break
            await self._clock.sleep_until(at)
            self._send(hops)
        await self._wait(hops, end)

    async def feel(self) -> None:
        """Ask for one hop more at a time, until the target is reached."""
        end = self._began + LONGEST_FEEL
        asked = 0
        for hop in range(1, self._farthest + 1):
            at = self._lender.slot(self._wanted.link, self._wanted.target)
            if at is None or at > end:
                break
            await self._clock.sleep_until(at)
            if self.tally.distance is not None or self._is_lost(hop):
                break
            self._send((hop,))
            asked = hop
        await self._wait(range(1, asked + 1), self._clock.now().monotonic + LONGEST)

    @property
    def _farthest(self) -> int:
        return min(MOST_HOPS, self._look.ttl or MOST_HOPS)

    def _is_lost(self, hop: int) -> bool:
        last = range(hop - MOST_SILENT, hop)
        return last.start >= 1 and all(self.tally.silent(ttl) for ttl in last)

    def _send(self, hops: Sequence[int]) -> None:
        tokens = self._lender.aside.tokens(len(hops))
        self._ttls.update(zip(tokens, hops, strict=True))
        self.tally.asked(hops)
        prepared = [
            self._prober.prepare(self._address, self._look._replace(ttl=hop)) for hop in hops
        ]
        self._lender.aside.launch(tokens, prepared, self._take, self._clock.now().monotonic)

    async def _wait(self, hops: Sequence[int], end: float) -> None:
        """Until all have answered, or nothing more is to be waited for."""
        reached_at = math.inf
        while self.tally.outstanding(self._awaited(hops)):
            now = self._clock.now().monotonic
            distance = self.tally.distance
            if distance is not None and not self.tally.outstanding((distance,)):
                reached_at = min(reached_at, now)
            if now >= min(end, reached_at + _LAGGARDS):
                return
            await self._clock.sleep_until(min(end, now + _LOOK_EVERY))

    def _awaited(self, hops: Sequence[int]) -> Sequence[int]:
        distance = self.tally.distance
        return hops if distance is None else [hop for hop in hops if hop <= distance]

    def _take(self, reply: Reply) -> None:
        hop = self._ttls.pop(reply.token, None)
        if hop is None:
            return
        if reply.outcome is Outcome.ANSWERED:
            self.tally.arrived(hop, reply.rtt)
        elif reply.outcome is not Outcome.UNREACHABLE or reply.reason == IcmpReason.TOO_BIG:
            self.tally.failed(hop)
        elif reply.reason == IcmpReason.TTL_EXCEEDED:
            self.tally.expired(hop, reply.reported_by, reply.after)
        else:
            self.tally.refused(hop, reply.reported_by, reply.after)
