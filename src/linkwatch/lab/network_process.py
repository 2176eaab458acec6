"""A simulated network in a process of its own, where nothing else makes it late."""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TextIO

from linkwatch.lab.network_answers import Answers
from linkwatch.lab.network_checks import OWN
from linkwatch.lab.network_device import Device
from linkwatch.lab.network_log import Log, Summary
from linkwatch.lab.network_model import Script
from linkwatch.lab.network_namespace import (
    LabNetworkError,
    allow_datagram_icmp,
    enter_namespace,
    own_namespace,
)

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_START_TIMEOUT = 60.0
_END_TIMEOUT = 30.0
_PR_SET_TIMERSLACK = 29


class _Order(NamedTuple):
    """What the process is to simulate, and where."""

    script: Script
    log: Path | None
    namespace: str | None


class RunningNetwork:
    """A network that answers; at the end of the block it is gone, and its log is whole.

    With `namespace` it answers in that one; else it makes one of its own, takes it away at its
    end, and does so too if this process is killed. Needs root. Raises LabNetworkError.
    """

    def __init__(
        self, script: Script, log: Path | None = None, namespace: str | None = None
    ) -> None:
        # Not forked: the caller may have threads, and sockets that are not the network's matter.
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_live,
            args=(theirs, _Order(script, log, namespace)),
            name="lab network",
            daemon=True,
        )
        with theirs:
            self._process.start()
        try:
            self.namespace = str(self._hear(_START_TIMEOUT))
        except BaseException:
            self._close()
            raise
        self._summary: Summary | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.end()
        except LabNetworkError:
            if kind is None:
                raise

    @property
    def pid(self) -> int:
        """The process that answers."""
        return self._process.pid or 0

    def fileno(self) -> int:
        """Readable when the network has ended by itself: its script has, or something is wrong."""
        return self._process.sentinel

    def end(self) -> Summary:
        """End it, if it has not ended yet; what it did."""
        if self._summary is None:
            try:
                with contextlib.suppress(OSError):  # it ended first
                    self._ours.send(None)
                heard = self._hear(_END_TIMEOUT)
            finally:
                self._close()
            if not isinstance(heard, Summary):
                raise LabNetworkError("the network's process said something else than its end")
            self._summary = heard
        return self._summary

    def _hear(self, timeout: float) -> object:
        try:
            if not self._ours.poll(timeout):
                raise LabNetworkError(f"the network's process said nothing for {timeout:g} s")
            heard = self._ours.recv()
        except (EOFError, OSError) as error:
            raise LabNetworkError("the network's process has died") from error
        if isinstance(heard, LabNetworkError):
            raise heard
        return heard

    def _close(self) -> None:
        self._ours.close()
        self._process.join(_END_TIMEOUT)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _live(peer: Connection, order: _Order) -> None:
    """The process: tells the namespace's name, answers until told to end, tells what it did."""
    try:
        with contextlib.ExitStack() as stack:
            heard: object = _answer(peer, order, stack)
    except LabNetworkError as error:
        heard = error
    except OSError as error:
        heard = LabNetworkError(f"the network broke down: {error}")
    with contextlib.suppress(OSError):  # whoever asked is gone
        peer.send(heard)


def _answer(peer: Connection, order: _Order, stack: contextlib.ExitStack) -> Summary:
    script = order.script
    stop = stack.enter_context(_end_signal())
    log = Log(None if order.log is None else stack.enter_context(_created(order.log)))
    name = order.namespace or stack.enter_context(own_namespace())
    enter_namespace(name)
    if order.namespace is None:
        allow_datagram_icmp()
    device = stack.enter_context(Device())
    versions = {network.version for network in script.courses}
    device.set_up([OWN[version] for version in sorted(versions)], script.courses)
    answers = Answers(script, device, log)
    _be_punctual()
    peer.send(name)
    # The parent says when to end; if it is gone, the pipe is at its end: readable too.
    return answers.run([peer.fileno(), stop.fileno()])


def _created(log: Path) -> TextIO:
    try:
        return log.open("w", encoding="ascii")
    except OSError as error:
        raise LabNetworkError(f"cannot write {log}: {error.strerror}") from error


@contextlib.contextmanager
def _end_signal() -> Iterator[socket.socket]:
    """A socket that SIGTERM makes readable. What a terminal says is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        signal.set_wakeup_fd(theirs.fileno())
        signal.signal(signal.SIGTERM, lambda *_: None)
        yield ours


def _be_punctual() -> None:
    """Keep what could make an answer late away: timer slack, the collector, other processes."""
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
    gc.collect()
    gc.freeze()
    gc.disable()
    # On one processor alone it would keep those from running whom it is to answer.
    if len(os.sched_getaffinity(0)) > 1:
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
