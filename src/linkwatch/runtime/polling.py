"""When routers are polled: each at its own phase, none waiting for another."""

import asyncio
from collections.abc import Callable, Mapping, Set

from linkwatch.config.settings import Config
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Router
from linkwatch.ports import Clock, Poller
from linkwatch.timing.due import DueTimes
from linkwatch.timing.phase import next_slot, phase_of

MAX_IN_FLIGHT = 1024
"""Polls at once, each with a socket: enough that no router waits for silent ones, not even where
a tenth of a country's are."""

_LONGEST_SLEEP = 0.25
"""s after which a router that a reload has brought is seen."""
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
        self._beats: DueTimes[RouterId] = DueTimes()
        self._last_beat: dict[RouterId, float] = {}
        """When it was (monotonic s), of those whose first has passed."""
        self._tasks: asyncio.TaskGroup | None = None
        self.first_round_done = asyncio.Event()
        """Every router has been polled once, whatever came of it."""

    async def run(self) -> None:
        """Poll until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                self._note_polled(None)
                for router in self._routers:
                    self._begin(router)
                while True:
                    now = self._clock.now().monotonic
                    for router in self._beats.pass_by(now):
                        self._start_poll(self._routers[router], tasks)
                        self._beats.set(router, self._after(router, now))
                    await self._clock.sleep_until(min(self._beats.next_due(), now + _LONGEST_SLEEP))
            finally:
                self._tasks = None

    def request(self, router: RouterId) -> None:
        """Poll a router now, out of turn; nothing happens where it may not be asked."""
        if self._tasks is not None and router in self._routers:
            self._start_poll(self._routers[router], self._tasks)

    def hurry(self, hurried: Set[RouterId]) -> None:
        """Poll these routers, and no others, at the conference interval from now on."""
        changed = hurried ^ self._hurried
        self._hurried = hurried
        now = self._clock.now().monotonic
        for router in changed & self._last_beat.keys():
            self._beats.set(router, self._next(router, self._last_beat[router], now))

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Get ready for another set of routers; those that stay keep their beat."""
        routers = _pollable(new)
        settings = new.settings.snmp

        def commit() -> None:
            former = {router: self._every(router) for router in routers}
            self._settings = settings
            unchanged = {
                router.id
                for router in routers.values()
                if former[router.id] == self._every(router.id)
                and self._routers.get(router.id) == router
            }
            old, self._routers = self._routers, routers
            self._unpolled &= routers.keys()
            for router in old.keys() - routers.keys():
                self._beats.drop(router)
                self._last_beat.pop(router, None)
            self._note_polled(None)
            if self._tasks is not None:
                for router in routers.keys() - unchanged:
                    self._begin(router)

        return commit

    def _begin(self, router: RouterId) -> None:
        """Its first poll comes soon, at its phase of a short round."""
        self._last_beat.pop(router, None)
        wait = phase_of(router) * min(self._every(router), _FIRST_ROUND)
        self._beats.set(router, self._clock.now().monotonic + wait)

    def _after(self, router: RouterId, now: float) -> float:
        """When it is due after a beat at `now`."""
        is_first = router not in self._last_beat
        self._last_beat[router] = now
        if is_first:
            return self._next(router, now, now)
        return next_slot(now, self._every(router), phase_of(router))

    def _next(self, router: RouterId, last: float, now: float) -> float:
        """When it is due next after a beat out of its phase, or at another interval."""
        interval = self._every(router)
        # A rate over much less than an interval would be more noise than figure.
        return next_slot(max(last + interval / 2, now), interval, phase_of(router))

    def _every(self, router: RouterId) -> float:
        return self._settings.every(hurried=router in self._hurried)

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
