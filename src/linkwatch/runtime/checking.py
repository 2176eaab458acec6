"""When endpoints are checked: each link at its own phase, no target waiting for another."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence, Set

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Method
from linkwatch.ports import Clock, EndpointCheck, Resolver
from linkwatch.runtime.address_book import AddressBook
from linkwatch.runtime.probe_targets import Watched, names_in, watched_links
from linkwatch.timing.pace import TokenBucket
from linkwatch.timing.phase import next_slot, phase_of

MAX_IN_FLIGHT = 256
"""Checks at once, each with a socket: well below the 1,024 files a process may usually open."""

_EXTRA_PER_SECOND, _EXTRA_AT_ONCE = 100.0, 200.0
"""Extra rounds of all links together: a province going dark is no storm of ours."""

Sink = Callable[[Sequence[ProbeResult], Moment], None]


class CheckLoop:
    """Checks every TCP target of every link at the link's pace; each result goes to the sink.

    Of one target at most one check waits for its turn; another that falls due is left out.
    """

    def __init__(
        self,
        clock: Clock,
        check: EndpointCheck,
        *,
        sink: Sink,
        config: Config,
        resolver: Resolver,
    ) -> None:
        self._clock = clock
        self._check = check
        self._sink = sink
        self._links = watched_links(config.inventory, Method.TCP)
        self._book = AddressBook(clock, resolver, names_in(self._links.values()))
        self._unseen: dict[LinkId, None] = dict.fromkeys(self._links)
        self._free = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._waiting: set[tuple[LinkId, int]] = set()
        self._over_by: dict[object, float] = {}
        """When (monotonic s) each check under way has to be over."""
        self._extra = TokenBucket(_EXTRA_PER_SECOND, _EXTRA_AT_ONCE)
        self._bursts: dict[LinkId, asyncio.Task[None]] = {}
        self._beats: dict[LinkId, asyncio.Task[None]] = {}
        self._begun_at: dict[LinkId, float] = {}
        """When (monotonic s) each link's last regular round began."""
        self._hurried: Set[LinkId] = frozenset()
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def first_round_missing(self) -> tuple[LinkId, ...]:
        """Links of the first configuration, still in force, that have had no result yet."""
        return tuple(self._unseen)

    @property
    def progress(self) -> float:
        """Monotonic s: now, or when the check that is most overdue should have been over."""
        return min((self._clock.now().monotonic, *self._over_by.values()))

    async def run(self) -> None:
        """Check until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                for link in self._links:
                    self._start_beat(link, tasks)
                await self._book.run()
            finally:
                self._tasks = None

    def request(self, link: LinkId, count: int, spacing: float) -> None:
        """ProbeNow: `count` extra rounds of this link, `spacing` s apart; one burst at a time."""
        if self._tasks is None or link not in self._links or link in self._bursts:
            return
        burst = self._tasks.create_task(self._burst(link, count, spacing, self._tasks))
        self._bursts[link] = burst
        burst.add_done_callback(lambda done: self._end_burst(link, done))

    def hurry(self, hurried: Set[LinkId]) -> None:
        """Check these links, and no others, at their conference interval from now on."""
        changed = (hurried ^ self._hurried) & self._links.keys()
        self._hurried = hurried
        for link in changed:
            if self._tasks is not None:
                self._beats.pop(link).cancel()
                self._start_beat(link, self._tasks)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Look new names up; the commit keeps the beat of unchanged links."""
        links = watched_links(new.inventory, Method.TCP)
        keep_names = await self._book.prepare(names_in(links.values()))

        def commit() -> None:
            keep_names()
            self._install(links)

        return commit

    def _install(self, links: Mapping[LinkId, Watched]) -> None:
        before, self._links = self._links, links
        changed = {link for link in before.keys() | links if before.get(link) != links.get(link)}
        self._unseen = {link: None for link in self._unseen if link in links}
        self._begun_at = {link: at for link, at in self._begun_at.items() if link in links}
        for link in changed:
            for running in (self._beats, self._bursts):
                if link in running:
                    running.pop(link).cancel()
            if self._tasks is not None and link in links:
                self._start_beat(link, self._tasks)

    def _start_beat(self, link: LinkId, tasks: asyncio.TaskGroup) -> None:
        self._beats[link] = tasks.create_task(self._beat(link, tasks))

    async def _beat(self, link: LinkId, tasks: asyncio.TaskGroup) -> None:
        watched = self._links[link]
        interval = watched.probing.every(hurried=link in self._hurried)
        phase = phase_of(link)
        # After a change of interval no sooner than half the new one from the last round.
        free = self._begun_at.get(link, -math.inf) + interval / 2
        due = next_slot(max(free, self._clock.now().monotonic), interval, phase)
        while True:
            await self._clock.sleep_until(due)
            self._begun_at[link] = self._clock.now().monotonic
            self._start_round(link, watched, tasks)
            due = next_slot(max(due, self._clock.now().monotonic), interval, phase)

    async def _burst(
        self, link: LinkId, count: int, spacing: float, tasks: asyncio.TaskGroup
    ) -> None:
        watched = self._links[link]
        pause = max(spacing, 1 / watched.probing.max_pps)
        due = self._clock.now().monotonic
        for _ in range(count):
            await self._clock.sleep_until(due)
            due = max(due, self._clock.now().monotonic) + pause
            if self._extra.take(self._clock.now().monotonic):
                self._start_round(link, watched, tasks)

    def _end_burst(self, link: LinkId, done: asyncio.Task[None]) -> None:
        if self._bursts.get(link) is done:
            del self._bursts[link]

    def _start_round(self, link: LinkId, watched: Watched, tasks: asyncio.TaskGroup) -> None:
        for position in watched.asked:
            if (link, position) not in self._waiting:
                self._waiting.add((link, position))
                tasks.create_task(self._ask(link, watched, position))

    async def _ask(self, link: LinkId, watched: Watched, position: int) -> None:
        try:
            await self._free.acquire()
        finally:
            self._waiting.discard((link, position))
        try:
            result = await self._result(link, watched, position)
        finally:
            self._free.release()
        if result is not None:
            self._tell(result, watched)

    async def _result(self, link: LinkId, watched: Watched, position: int) -> ProbeResult | None:
        target, within = watched.targets[position], watched.probing.timeout
        try:
            address = self._book.address(target.address, watched.look.version)
        except KeyError:
            return None  # its first look-up is under way: nothing to report yet
        at = self._clock.now().monotonic
        if address is None or target.port is None:
            return ProbeResult(link, position, at, Outcome.LOCAL_FAILURE, reason="unresolved")
        check = object()
        self._over_by[check] = at + within
        try:
            found = await self._check.check(address, target.port, within=within, look=watched.look)
        finally:
            del self._over_by[check]
        return ProbeResult(
            link, position, at, found.outcome, found.rtt, found.reason, found.reported_by
        )

    def _tell(self, result: ProbeResult, watched: Watched) -> None:
        in_force = self._links.get(result.link)
        if in_force is not None and in_force.targets == watched.targets:
            self._unseen.pop(result.link, None)
            self._sink([result], self._clock.now())
