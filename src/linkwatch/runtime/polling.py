"""When routers are polled: each at its own phase, none waiting for another."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Mapping, Set

from linkwatch.config.settings import Config, SnmpSettings
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Router
from linkwatch.ports import Clock, Poller
from linkwatch.timing.phase import next_slot, phase_of

MAX_IN_FLIGHT = 1024
"""Polls at once, each with a socket: enough that no router waits for silent ones, not even where
a tenth of a country's are."""

_FIRST_ROUND = 5.0
"""s over which the first polls are spread, where the interval is longer."""

PollSink = Callable[[PollResult, Moment], None]


class PollLoop:
    """Polls every router that may be asked once an interval; results go to the sink.

    A router is polled by one request at a time, and a beat that falls into a poll is left out.
    """

    def __init__(self, clock: Clock, poller: Poller, sink: PollSink, config: Config) -> None:
        self._clock = clock
        self._poller = poller
        self._sink = sink
        self._settings = config.settings.snmp
        self._hurried: Set[RouterId] = frozenset()
        self._routers = _pollable(config)
        self._free = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._in_flight: set[RouterId] = set()
        self._unpolled = set(self._routers)
        self._beats: dict[RouterId, asyncio.Task[None]] = {}
        self._begun_at: dict[RouterId, float] = {}
        """When (monotonic s) each router's last poll in turn began."""
        self._tasks: asyncio.TaskGroup | None = None
        self.first_round_done = asyncio.Event()
        """Every router has been polled once, whatever came of it."""

    async def run(self) -> None:
        """Poll until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                self._note_polled(None)
                for router in self._routers.values():
                    self._start_beat(self._beat_anew(router, tasks), router.id, tasks)
                await asyncio.Event().wait()
            finally:
                self._tasks = None

    def request(self, router: RouterId) -> None:
        """Poll a router now, out of turn; nothing happens where it may not be asked."""
        if self._tasks is not None and router in self._routers:
            self._start_poll(self._routers[router], self._tasks)

    def hurry(self, hurried: Set[RouterId]) -> None:
        """Poll these routers, and no others, at the conference interval from now on."""
        changed = (hurried ^ self._hurried) & self._beats.keys()
        self._hurried = hurried
        for router in changed:
            if self._tasks is not None:
                self._beats.pop(router).cancel()
                beat = self._beat(self._routers[router], self._tasks)
                self._start_beat(beat, router, self._tasks)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Get ready for another set of routers; those that stay keep their beat."""
        routers = _pollable(new)
        settings = new.settings.snmp

        def commit() -> None:
            unchanged = {
                router.id
                for router in routers.values()
                if self._every(router.id, settings) == self._every(router.id, self._settings)
                and self._routers.get(router.id) == router
            }
            self._settings = settings
            self._routers = routers
            self._begun_at = {r: at for r, at in self._begun_at.items() if r in routers}
            self._unpolled &= routers.keys()
            for router in self._beats.keys() - unchanged:
                self._beats.pop(router).cancel()
            self._note_polled(None)
            if self._tasks is not None:
                for router in routers.keys() - unchanged:
                    anew = self._beat_anew(routers[router], self._tasks)
                    self._start_beat(anew, router, self._tasks)

        return commit

    def _every(self, router: RouterId, settings: SnmpSettings) -> float:
        return settings.every(hurried=router in self._hurried)

    def _start_beat(
        self, beat: Coroutine[None, None, None], router: RouterId, tasks: asyncio.TaskGroup
    ) -> None:
        self._beats[router] = tasks.create_task(beat)

    async def _beat_anew(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        interval = self._every(router.id, self._settings)
        started = self._clock.now().monotonic
        await self._clock.sleep_until(started + phase_of(router.id) * min(interval, _FIRST_ROUND))
        self._begin_poll(router, tasks)
        await self._beat(router, tasks)

    async def _beat(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        interval, phase = self._every(router.id, self._settings), phase_of(router.id)
        # A rate over much less than an interval would be more noise than figure.
        free = self._begun_at.get(router.id, -math.inf) + interval / 2
        due = next_slot(max(free, self._clock.now().monotonic), interval, phase)
        while True:
            await self._clock.sleep_until(due)
            self._begin_poll(router, tasks)
            due = next_slot(max(due, self._clock.now().monotonic), interval, phase)

    def _begin_poll(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        self._begun_at[router.id] = self._clock.now().monotonic
        self._start_poll(router, tasks)

    def _start_poll(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        if router.id not in self._in_flight:
            self._in_flight.add(router.id)
            tasks.create_task(self._poll(router))

    async def _poll(self, router: Router) -> None:
        try:
            async with self._free:
                result = await self._poller.poll(router)
        finally:
            self._in_flight.discard(router.id)
        if router.id in self._routers:
            self._sink(result, self._clock.now())
            self._note_polled(router.id)

    def _note_polled(self, router: RouterId | None) -> None:
        if router is not None:
            self._unpolled.discard(router)
        if not self._unpolled:
            self.first_round_done.set()


def _pollable(config: Config) -> Mapping[RouterId, Router]:
    return {
        router.id: router for router in config.inventory.routers.values() if router.snmp is not None
    }
