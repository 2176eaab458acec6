"""Slow schedules on APScheduler, which is no more than an alarm clock here."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from types import TracebackType
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)


class SlowSchedule:
    """ports.Agenda: an async context; jobs may be named before it is entered.

    What is late runs late, once (the library's default would skip it). A job never overlaps
    itself. An error in a job is logged and the job runs again at its next time.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._names: set[str] = set()

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the clock, then cancel what still runs and wait for its end."""
        self._scheduler.pause()
        running = set(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def every(self, name: str, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` at this pace, the first time after one interval; replaces its namesake."""
        self.cancel(name)

        async def run() -> None:
            await self._run(name, job)

        self._scheduler.add_job(run, "interval", seconds=seconds, id=name)
        self._names.add(name)

    def cancel(self, name: str) -> None:
        """Forget the job, if there is one; a run under way goes on to its end."""
        if name in self._names:
            self._names.remove(name)
            self._scheduler.remove_job(name)

    async def _run(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a job runs inside the event loop only")
        self._running.add(task)
        try:
            await job()
        except asyncio.CancelledError:
            # The library takes a cancelled job for a failed one; it swallows this all the same.
            log.info("a scheduled job was stopped", job=name)
        except Exception:
            log.exception("a scheduled job failed", job=name)
        finally:
            self._running.discard(task)
