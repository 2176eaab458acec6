"""The daemon's whole life: start, run until told to stop, stop within a bound."""

import asyncio
import math
import os
import signal
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import structlog
from anyio.lowlevel import checkpoint

from linkwatch import __version__
from linkwatch.app.control import DaemonControl
from linkwatch.app.parts import Parts, build
from linkwatch.app.reload import Reloader
from linkwatch.app.rosters import RosterWatch
from linkwatch.app.vitals import VitalSigns
from linkwatch.config.settings import Config
from linkwatch.host.files import runtime_directory
from linkwatch.host.memory import set_aside
from linkwatch.host.systemd import watchdog_pace
from linkwatch.ports import Clock, StoreError
from linkwatch.web.app import control_app, public_app
from linkwatch.web.server import WebServer

SOCKET_NAME = "linkwatch.sock"
READY_CHECK = 0.1
STATUS_PACE = 5.0
STALLED_PACE = 1.0
START_EXTENSION = 30.0
"""s that the service manager waits on while the first round makes progress."""
ROSTER_PACE = 60.0
CHANNEL_PACE = 2.0
STORE_PACE = 15.0
LAST_MESSAGES = 2.0
LAST_RECORDS = 1.0
"""s for what is under way at the end; what does not end in time is taken up after a restart."""

log = structlog.get_logger(__name__)


async def live(path: Path, config: Config, clock: Clock) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reloads. Raises one-line errors for a failed start."""
    async with AsyncExitStack() as stack:
        parts = await build(config, clock, os.environ, stack)
        await Daemon(path, parts, clock.now().wall).run()


class Daemon:
    """Runs the parts that `build` has made."""

    def __init__(self, path: Path, parts: Parts, started_at: datetime) -> None:
        self._parts = parts
        self._stop = asyncio.Event()
        self._hangup = asyncio.Event()
        self._reloader = Reloader(path, parts)
        self._control = DaemonControl(parts, self._reloader, started_at)
        self._vitals = VitalSigns(parts, self._control.healthy)
        self._web = self._door()

    async def run(self) -> None:
        """Everything from the first socket to the last record."""
        self._web.open()
        self._listen_to_signals()
        restored = await self._parts.engine.recover()
        for notifier in self._parts.switchboard.standing():
            notifier.resume(self._parts.engine.standing(notifier.id))
        self._parts.channels.resume(restored)
        self._parts.dispatcher.release(restored.outbox)
        self._say_what_starts(len(restored.open_incidents), len(restored.outbox))
        async with asyncio.TaskGroup() as tasks:
            measuring = [
                self._task(tasks, "probes", self._parts.probes.run()),
                self._task(tasks, "traces", self._parts.traces.run()),
                self._task(tasks, "senses", self._parts.senses.run()),
                self._task(tasks, "checks", self._parts.checks.run()),
                self._task(tasks, "beats", self._parts.beats.run()),
                self._task(tasks, "snmp", self._parts.poller.run()),
                self._task(tasks, "polls", self._parts.polls.run()),
                self._task(tasks, "traps", self._parts.traps.run()),
                self._task(tasks, "engine", self._parts.engine.run()),
                self._task(tasks, "reload", self._reload_on_hangup()),
                self._task(tasks, "watch", self._watch()),
                self._task(tasks, "standing", self._parts.standing.run()),
                self._task(tasks, "heartbeat", self._parts.heartbeat.run(self._vitals)),
                self._task(tasks, "agenda", self._keep_agenda()),
                self._task(tasks, "memory", self._set_aside()),
            ]
            sending = [
                self._task(tasks, "dispatcher", self._parts.dispatcher.run()),
                self._task(tasks, "writer", self._parts.writer.run()),
            ]
            web = self._task(tasks, "web", self._web.serve())
            await self._stop.wait()
            await self._wind_down(measuring, sending, web)
        log.info("stopped")

    async def _wind_down(
        self,
        measuring: list[asyncio.Task[None]],
        sending: list[asyncio.Task[None]],
        web: asyncio.Task[None],
    ) -> None:
        """In the data's own order: measure no more, send what is under way, write the last."""
        log.info("stopping")
        self._parts.supervisor.stopping()
        self._web.stop()
        await _cancel(measuring)
        self._parts.recorder.end()
        self._parts.engine.wind_down()
        if not await self._parts.dispatcher.drain(LAST_MESSAGES):
            log.warning("messages under way are sent again after the next start")
        await self._parts.writer.drain(LAST_RECORDS)
        await _cancel(sending)
        try:
            await self._parts.engine.close()
        except StoreError as error:
            log.warning("the store is left as it is", reason=str(error))
        await asyncio.wait([web])

    def _door(self) -> WebServer:
        http = self._parts.in_force.config.settings.http
        about = (
            self._control,
            self._parts.metrics,
            lambda: self._parts.in_force.config.inventory,
        )
        parts = self._parts
        apps = (public_app(*about, parts.beats.beat, parts.addressed), control_app(*about))
        socket_path = runtime_directory(os.environ) / SOCKET_NAME
        return WebServer(*apps, host=http.host, port=http.port, socket_path=socket_path)

    def _task(
        self, tasks: asyncio.TaskGroup, name: str, work: Coroutine[object, object, None]
    ) -> asyncio.Task[None]:
        return tasks.create_task(work, name=name)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hangup.set)

    def _say_what_starts(self, open_incidents: int, outbox: int) -> None:
        config = self._parts.in_force.config
        for line in config.unused:
            log.warning("configuration", detail=line)
        log.info(
            "started",
            version=__version__,
            links=len(config.inventory.links),
            routers=len(config.inventory.routers),
            sockets={
                version.name: mode.value for version, mode in self._parts.prober.modes.items()
            },
            http="{}:{}".format(*self._web.address),
            open_incidents=open_incidents,
            outbox=outbox,
        )
        self._parts.metrics.reloaded(taken=True, at=self._parts.clock.now().wall)

    async def _reload_on_hangup(self) -> None:
        while True:
            await self._hangup.wait()
            self._hangup.clear()
            await self._control.reload()

    async def _watch(self) -> None:
        """Tell the service manager: ready after the first full round, then alive while we are."""
        clock, supervisor = self._parts.clock, self._parts.supervisor
        await self._become_ready()
        set_aside()
        supervisor.ready()
        self._reloader.announces = True
        log.info("ready", detail=self._control.readiness()[1])
        pace = watchdog_pace(os.environ, os.getpid()) or STATUS_PACE
        stalled: tuple[str, ...] = ()
        while True:
            before, stalled = stalled, self._control.stalled()
            if stalled != before:
                log.warning("loops make no progress", loops=stalled)
            if not stalled:
                supervisor.alive()
            supervisor.status(await self._one_line())
            # A moment's standstill must not cost the sign of life that is due after it.
            await clock.sleep_until(clock.now().monotonic + (STALLED_PACE if stalled else pace))

    async def _become_ready(self) -> None:
        clock, supervisor = self._parts.clock, self._parts.supervisor
        told_at = -math.inf
        while True:
            ready, missing = self._control.readiness()
            if ready:
                return
            now = clock.now().monotonic
            if now - told_at >= STATUS_PACE and self._control.healthy():
                told_at = now
                supervisor.starting(START_EXTENSION)
                supervisor.status(missing)
            await clock.sleep_until(now + READY_CHECK)

    async def _set_aside(self) -> None:
        """Let no collection look again at what the first polls have left for good."""
        await self._parts.polls.first_round_done.wait()
        set_aside()

    async def _one_line(self) -> str:
        parts = []
        for part in self._parts.engine.states():
            parts.append(part)
            await checkpoint()
        states = sum(parts, Counter())
        counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        return f"{states.total()} links: {counted}; {len(self._parts.engine.incidents())} incidents"

    async def _keep_agenda(self) -> None:
        agenda = self._parts.agenda
        async with agenda:
            rosters = RosterWatch(
                self._parts.clock,
                lambda: self._parts.engine.book,
                self._parts.metrics.roster_gaps,
                self._parts.engine.rosters_looked_at,
            )
            await rosters.look()
            await self._parts.channels.look()
            agenda.every("channels", CHANNEL_PACE, self._parts.channels.look)
            agenda.every("rosters", ROSTER_PACE, rosters.look)
            agenda.every("store", STORE_PACE, self._parts.writer.check)
            await asyncio.Event().wait()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
