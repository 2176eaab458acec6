"""The Poller and TrapSource of the daemon: SNMP in a process of its own.

To build and read SNMP messages takes milliseconds in which no probe could be sent or heard; and
whatever a hostile answer does to the library that reads it, it does to that process. Secrets go
there through its standard input: neither its arguments nor its environment show them.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from linkwatch.config.settings import Config
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult, Trap, TrapOutcome
from linkwatch.model.topology import Router
from linkwatch.ports import Clock
from linkwatch.probe.snmp_listen import bound
from linkwatch.probe.snmp_patience import longest_poll
from linkwatch.probe.snmp_pipe import (
    Ask,
    Asked,
    Counted,
    Message,
    Ready,
    Said,
    Take,
    Trapped,
    packed,
    receive,
)
from linkwatch.probe.snmp_plan import Plan
from linkwatch.probe.snmp_planning import Secrets, plan_for

_START = 15.0
"""s a poll waits for the process to be up; one that is not by then hangs."""
_GRACE = 5.0
"""s that an answer may be late before the process counts as hung."""
_END = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY = 60.0
"""s of life after which an end is a misfortune and not a habit."""
_MOST_TRAPS = 256

_log = structlog.get_logger(__name__)


class SnmpObserver(Protocol):
    """The part of `ports.Observer` this poller feeds."""

    def snmp_restarted(self) -> None:
        """The process for SNMP ended by itself and is started anew."""
        ...

    def trapped(self, outcomes: Mapping[TrapOutcome, int]) -> None:
        """So many datagrams came to the trap listener."""
        ...


class AsidePoller:
    """Starts `command` with `environment`, and again when it ends; `run` is its life.

    Nothing can be polled before the first `prepare` is committed.
    """

    def __init__(
        self,
        clock: Clock,
        secrets: Secrets,
        command: Sequence[str],
        environment: Mapping[str, str],
        observer: SnmpObserver,
    ) -> None:
        self._clock = clock
        self._secrets = secrets
        self._command = command
        self._environment = environment
        self._observer = observer
        self._listening: tuple[str, int] | None = None
        self._plan = b""
        self._limit = 0.0
        self._child: asyncio.subprocess.Process | None = None
        self._up = asyncio.Event()
        self._number = 0
        self._waiting: dict[int, asyncio.Future[PollResult]] = {}
        self._traps: asyncio.Queue[Trap] = asyncio.Queue(_MOST_TRAPS)

    async def prepare(self, config: Config) -> Callable[[], None]:
        """Resolve all secrets, and see that traps can be listened for.

        SnmpSetupError says what cannot be had; what `secrets` raises passes through.
        """
        plan, message = await asyncio.to_thread(self._planned, config)

        def commit() -> None:
            self._plan = message
            self._listening = plan.trap_listen
            self._limit = longest_poll(plan.timeout, plan.retries) + _GRACE
            self._write(message)

        return commit

    def _planned(self, config: Config) -> tuple[Plan, bytes]:
        plan = plan_for(config, self._secrets)
        if plan.trap_listen is not None and plan.trap_listen != self._listening:
            bound(*plan.trap_listen).close()
        return plan, packed(Take(plan))

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            began = self._clock.now().monotonic
            code = await self._live()
            now = self._clock.now().monotonic
            _log.error("snmp_process_ended", code=code, restart_in=pause)
            self._observer.snmp_restarted()
            if now - began >= _STEADY:
                pause = _FIRST_PAUSE
            await self._clock.sleep_until(now + pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def poll(self, router: Router) -> PollResult:
        """One poll by the process; see the port."""
        try:
            async with asyncio.timeout(_START):
                await self._up.wait()
        except TimeoutError:
            return self._failed(router.id, "the process for SNMP does not run")
        self._number += 1
        number = self._number
        answer: asyncio.Future[PollResult] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._write(packed(Ask(number, router.id)))
        try:
            async with asyncio.timeout(self._limit):
                return await answer
        except TimeoutError:
            self._kill(self._limit)
            return self._failed(router.id, "the process for SNMP did not answer")
        except ConnectionError:
            return self._failed(router.id, "the process for SNMP ended")
        finally:
            del self._waiting[number]

    async def trap(self) -> Trap:
        """The next notification of a router."""
        return await self._traps.get()

    async def _live(self) -> int | None:
        """One life of the process, to its end."""
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=dict(self._environment),
            )
        except OSError as error:
            _log.error("snmp_process_missing", reason=error.strerror)
            return None
        self._child = child
        try:
            self._write(self._plan)
            assert child.stdout is not None  # noqa: S101 it was asked for
            async with asyncio.timeout(_START):
                message = await receive(child.stdout)
            while message is not None:
                self._take(message)
                message = await receive(child.stdout)
        except TimeoutError:
            self._kill(_START)
        finally:
            self._up.clear()
            self._child = None
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError())
            await _ended(child)
        return child.returncode

    def _take(self, message: Message) -> None:
        match message:
            case Ready():
                self._up.set()
            case Asked(number, result):
                answer = self._waiting.get(number)
                if answer is not None and not answer.done():
                    answer.set_result(result)
            case Trapped(trap):
                if self._traps.full():
                    self._observer.trapped({TrapOutcome.LIMITED: 1})
                else:
                    self._traps.put_nowait(trap)
            case Counted(outcomes):
                self._observer.trapped(outcomes)
            case Said(level, logger, text):
                structlog.get_logger(logger).log(level, text)

    def _write(self, message: bytes) -> None:
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.write(message)

    def _kill(self, after: float) -> None:
        if self._child is not None:
            _log.error("snmp_process_hangs", after=after)
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()

    def _failed(self, router: RouterId, detail: str) -> PollResult:
        at = self._clock.now().wall
        return PollResult(router, at, PollOutcome.LOCAL_FAILURE, detail=detail)


async def _ended(child: asyncio.subprocess.Process) -> None:
    """See to its end: by itself once nobody asks any more, else by force."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(_END):
            await child.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
