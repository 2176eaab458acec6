"""A clock that stands until told, and a way to wait for what a test can see."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from linkwatch.model.moment import Moment

START = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)
"""The wall clock at the monotonic 0."""
PATIENCE = 10.0
"""s that no test waits longer than."""


class Changes:
    """Lets a test wait until something it can see has come true, without sleeping."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        self._changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()


class ManualClock:
    """Stands still until told."""

    def __init__(self, changes: Changes, monotonic: float = 0.0) -> None:
        self._changes = changes
        self._now = monotonic
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self.naps: list[float] = []
        """What was asked for so far, in s."""

    def now(self) -> Moment:
        return Moment(self._now, START + timedelta(seconds=self._now))

    async def sleep_until(self, monotonic: float) -> None:
        if monotonic <= self._now:
            return
        sleeper = (monotonic, asyncio.Event())
        self._sleepers.append(sleeper)
        self.naps.append(round(monotonic - self._now, 6))
        self._changes.tell()
        try:
            await sleeper[1].wait()
        finally:
            self._sleepers.remove(sleeper)

    def sleeping(self) -> list[float]:
        """How long (s) each sleeper still has to sleep."""
        return sorted(round(at - self._now, 6) for at, _ in self._sleepers)

    def wakes_at(self) -> float | None:
        """When (monotonic s) the first sleeper wakes; None where nobody sleeps."""
        return min((at for at, _ in self._sleepers), default=None)

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self.advance_to(self._now + seconds)

    def advance_to(self, monotonic: float) -> None:
        """Let it become that late."""
        self._now = monotonic
        for at, event in self._sleepers:
            if at <= self._now:
                event.set()
