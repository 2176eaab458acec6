"""The process for SNMP, from the inside: does what it is asked until nobody asks any more.

Hostile bytes are read here and nowhere else: what they cost, probes do not wait for.
"""

import asyncio
import contextlib
import logging
import os
import resource
import signal
from collections import Counter

from linkwatch.model.measurement import Trap, TrapOutcome
from linkwatch.ports import Clock
from linkwatch.probe.snmp import SnmpPoller
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
from linkwatch.probe.snmp_traps import TrapListener

_COUNTED_EVERY = 1.0


async def serve(clock: Clock) -> None:
    """Answer on standard output what is asked on standard input, until that ends."""
    # The end comes by the end of the daemon's: a terminal's Ctrl-C reaches us as well.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _allow_many_files()
    requests, answers = await _streams()
    async with asyncio.TaskGroup() as tasks:
        logging.basicConfig(handlers=[_ToDaemon(answers)], level=logging.WARNING)
        answers.write(packed(Ready()))
        worker = Worker(clock, answers, tasks)
        counting = tasks.create_task(worker.count())
        while (message := await receive(requests)) is not None:
            worker.take(message)
        worker.close()
        counting.cancel()


class Worker:
    """Polls and listens; says what comes of it."""

    def __init__(
        self, clock: Clock, answers: asyncio.WriteTransport, tasks: asyncio.TaskGroup
    ) -> None:
        self._clock = clock
        self._answers = answers
        self._tasks = tasks
        self._poller = SnmpPoller(clock)
        self._traps = TrapListener(clock, self._poller.watched, self._trapped)
        self._polls: set[asyncio.Task[None]] = set()

    def take(self, message: Message) -> None:
        """Do what a message asks for."""
        match message:
            case Take(plan):
                self._poller.take(plan)
                self._traps.take(plan)
            case Ask():
                poll = self._tasks.create_task(self._poll(message))
                self._polls.add(poll)
                poll.add_done_callback(self._polls.discard)

    def close(self) -> None:
        """Nobody listens any more."""
        for poll in self._polls:
            poll.cancel()
        self._traps.close()

    async def count(self) -> None:
        """Tell from time to time what became of the datagrams that were no good."""
        counted: Counter[TrapOutcome] = Counter()
        while True:
            await self._clock.sleep_until(self._clock.now().monotonic + _COUNTED_EVERY)
            await self._traps.keep_open()
            new = self._traps.outcomes - counted
            if new:
                counted = Counter(self._traps.outcomes)
                self._say(Counted(dict(new)))

    async def _poll(self, ask: Ask) -> None:
        self._say(Asked(ask.number, await self._poller.poll(ask.router)))

    def _trapped(self, trap: Trap) -> None:
        self._say(Trapped(trap))

    def _say(self, message: Message) -> None:
        self._answers.write(packed(message))


class _ToDaemon(logging.Handler):
    """The daemon writes the log, in one form and place. Texts of exceptions stay here: they may
    quote what was worked on.
    """

    def __init__(self, answers: asyncio.WriteTransport) -> None:
        super().__init__()
        self._answers = answers

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a line on."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            text = f"{text} ({record.exc_info[0].__name__})"
        self._answers.write(packed(Said(record.levelno, record.name, text)))


async def _streams() -> tuple[asyncio.StreamReader, asyncio.WriteTransport]:
    """Standard input and output as streams; whoever else prints does so to standard error."""
    loop = asyncio.get_running_loop()
    said = os.dup(1)
    os.dup2(2, 1)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb"))
    writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(said, "wb"))
    return reader, writer


def _allow_many_files() -> None:
    """As many sockets as the system lets us have: one engine keeps one a router."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
