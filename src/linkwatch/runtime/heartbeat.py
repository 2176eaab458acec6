"""Tells an external checker that we are well, as long as we are: its alarm is for our silence."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from math import inf
from typing import Protocol

import structlog

from linkwatch.config.settings import Config, Heartbeat
from linkwatch.judge.health import Health, Vitals, health
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.ports import Checker, Clock

SOON = 1.0
"""s between two looks until the first beat."""

_log = structlog.get_logger(__name__)


class Beat(StrEnum):
    """What became of a beat that was due."""

    SENT = "sent"
    FAILED = "failed"
    """The checker did not take it."""
    WITHHELD = "withheld"
    """We are not well."""


class BeatObserver(Protocol):
    """The part of `ports.Observer` that concerns the heartbeat."""

    def heartbeat(self, beat: str, at: datetime) -> None:
        """A beat was due: `sent`, `failed` or `withheld`."""
        ...


class HeartbeatLoop:
    """One beat an interval at the most; what fails is not repeated before the next is due."""

    def __init__(
        self,
        clock: Clock,
        connect: Callable[[Heartbeat], Checker],
        observer: BeatObserver,
        config: Config,
    ) -> None:
        self._clock = clock
        self._connect = connect
        self._observer = observer
        self._settings = config.settings.heartbeat
        self._checker = connect(self._settings) if self._settings else None
        self._retired: list[Checker] = []
        self._wake = asyncio.Event()
        self._said: str | None = None

    async def run(self, vitals: Callable[[], Vitals]) -> None:
        """Beat until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                while self._retired:
                    await self._retired.pop().close()
                due = await self._beat(vitals)
                alarm = tasks.create_task(self._ring(due), name="heartbeat-alarm")
                await self._wake.wait()
                alarm.cancel()

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Get ready for another checker; with the commit it is told at once."""
        settings = new.settings.heartbeat
        if settings == self._settings:
            return lambda: None
        checker = self._connect(settings) if settings else None

        def commit() -> None:
            if self._checker is not None:
                self._retired.append(self._checker)
            self._settings, self._checker, self._said = settings, checker, None
            self._wake.set()

        return commit

    async def close(self) -> None:
        """Give the connections back; the last call."""
        for checker in (*self._retired, *((self._checker,) if self._checker else ())):
            await checker.close()

    async def _beat(self, vitals: Callable[[], Vitals]) -> float:
        """One beat, if it may be; when (monotonic s) the next is due."""
        now, settings, checker = self._clock.now().monotonic, self._settings, self._checker
        if checker is None or settings is None:
            return inf
        found = _found(vitals)
        if found is Health.STARTING:
            return now + min(SOON, settings.interval)
        if found is not Health.WELL:
            self._say(Beat.WITHHELD, found.value)
            return now + settings.interval
        delivery = await checker.beat()
        if checker is self._checker:
            accepted = delivery.outcome is DeliveryOutcome.ACCEPTED
            self._say(Beat.SENT if accepted else Beat.FAILED, delivery.detail)
        return now + settings.interval

    async def _ring(self, at: float) -> None:
        await self._clock.sleep_until(at)
        self._wake.set()

    def _say(self, beat: Beat, detail: str) -> None:
        """Count it; log what is new: a reason to be silent, a failure, and the end of either."""
        self._observer.heartbeat(beat, self._clock.now().wall)
        said = beat.value if beat is Beat.SENT else f"{beat}: {detail}"
        if said == self._said:
            return
        before, self._said = self._said, said
        match beat:
            case Beat.WITHHELD:
                _log.error("heartbeat withheld", reason=detail)
            case Beat.FAILED:
                _log.error("heartbeat not taken", detail=detail)
            case Beat.SENT if before is not None:
                _log.warning("heartbeat sent again", before=before)
            case Beat.SENT:
                _log.info("heartbeat sent", detail=detail)


def _found(vitals: Callable[[], Vitals]) -> Health:
    """How we are; a fault in finding out is no reason to end, and none to say that we are well."""
    try:
        return health(vitals())
    except Exception:
        _log.exception("health not found out")
        return Health.UNKNOWN
