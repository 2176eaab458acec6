"""When routers are polled: each at its own phase, none waiting for another."""

import asyncio
from collections.abc import Callable, Mapping

from linkwatch.config.settings import Config
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
        self._interval = config.settings.snmp.interval
        self._routers = _pollable(config)
        self._free = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._in_flight: set[RouterId] = set()
        self._unpolled = set(self._routers)
        self._beats: dict[RouterId, asyncio.Task[None]] = {}
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
                    self._start_beat(router, tasks)
                await asyncio.Event().wait()
            finally:
                self._tasks = None

    def request(self, router: RouterId) -> None:
        """Poll a router now, out of turn; nothing happens where it may not be asked."""
        if self._tasks is not None and router in self._routers:
            self._start_poll(self._routers[router], self._tasks)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Get ready for another set of routers; those that stay keep their beat."""
        routers = _pollable(new)
        interval = new.settings.snmp.interval

        def commit() -> None:
            unchanged = {
                router.id
                for router in routers.values()
                if interval == self._interval and self._routers.get(router.id) == router
            }
            self._interval = interval
            self._routers = routers
            self._unpolled &= routers.keys()
            for router in self._beats.keys() - unchanged:
                self._beats.pop(router).cancel()
            self._note_polled(None)
            if self._tasks is not None:
                for router in routers.keys() - unchanged:
                    self._start_beat(routers[router], self._tasks)

        return commit

    def _start_beat(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        self._beats[router.id] = tasks.create_task(self._beat(router, tasks))

    async def _beat(self, router: Router, tasks: asyncio.TaskGroup) -> None:
        interval, phase = self._interval, phase_of(router.id)
        started = self._clock.now().monotonic
        await self._clock.sleep_until(started + phase * min(interval, _FIRST_ROUND))
        self._start_poll(router, tasks)
        # A rate over much less than an interval would be more noise than figure.
        due = next_slot(self._clock.now().monotonic + interval / 2, interval, phase)
        while True:
            await self._clock.sleep_until(due)
            self._start_poll(router, tasks)
            due = next_slot(max(due, self._clock.now().monotonic), interval, phase)

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
