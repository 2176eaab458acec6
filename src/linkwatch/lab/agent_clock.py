"""The one time of a simulated province: what its routers show, and when things happen there.

Everything that depends on time asks here, so that a test can hold it still, and so that other
simulations that were given the same beginning keep in step.
"""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from linkwatch.model.moment import Moment
from linkwatch.ports import Clock


class LabClock:
    """s since the epoch, as steady as the monotonic clock: a corrected wall clock moves nothing."""

    def __init__(self, clock: Clock, began: Moment | None = None) -> None:
        self._clock = clock
        self._zero = clock.now() if began is None else began
        self.began = self._zero.wall.timestamp()
        """When the script's 0 s is."""

    def now(self) -> float:
        """The time."""
        return self.began + self._clock.now().monotonic - self._zero.monotonic

    async def sleep_until(self, at: float) -> None:
        """Return when it is that late."""
        await self._clock.sleep_until(self._zero.monotonic + at - self.began)


class Timekeeper:
    """Does things at their times, one after the other, while `run` runs."""

    def __init__(self, clock: LabClock) -> None:
        self.clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._sooner = asyncio.Event()
        self._has_ended = False

    def at(self, due: float, act: Callable[[], None]) -> None:
        """Have `act` called at `due`; what is due at the same time keeps its order."""
        heapq.heappush(self._due, (due, next(self._order), act))
        self._sooner.set()

    def end(self) -> None:
        """Let `run` end."""
        self._has_ended = True
        self._sooner.set()

    async def run(self) -> None:
        """Until `end`; what an act raises ends it too."""
        while not self._has_ended:
            if self._due and self._due[0][0] <= self.clock.now():
                _, _, act = heapq.heappop(self._due)
                act()
            else:
                await self._wait()

    async def _wait(self) -> None:
        """Until the first thing is due, or another one has become the first."""
        self._sooner.clear()
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._sooner.wait())]
        if self._due:
            waiting.append(asyncio.ensure_future(self.clock.sleep_until(self._due[0][0])))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
