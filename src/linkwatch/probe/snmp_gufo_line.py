"""One socket of gufo-snmp's, awaited on the event loop.

By its compiled part alone: the asyncio session around it costs more than the request itself.
"""

import asyncio
import errno
import re
from collections.abc import Callable, Mapping
from typing import Any

from gufo.snmp import SnmpError
from gufo.snmp._fast import SnmpV2cClientSocket, SnmpV3ClientSocket

from linkwatch.probe.snmp_outcome import no_way

_OS_ERROR = re.compile(r"os error (\d+)")

Socket = SnmpV2cClientSocket | SnmpV3ClientSocket


class Puzzling(Exception):  # noqa: N818 the careful engine is asked
    """An answer that is neither values nor silence."""


class Line:
    """One request at a time; whatever is no answer to it is passed over by the library.

    PollFailure where there is no socket to be had.
    """

    def __init__(self, make: Callable[[], Socket]) -> None:
        try:
            self._sock = make()
        except BaseException as error:
            raise _outcome(error) from None
        self._descriptor = self._sock.get_fd()

    async def get(self, names: list[str], patience: float) -> Mapping[str, object] | None:
        """The values that there are, by dotted name; None for silence of `patience` s.

        PollFailure where nothing could be sent, or Puzzling.
        """
        sock = self._sock
        answer = await self._exchange(
            lambda: sock.send_get_many(names), sock.recv_get_many, patience
        )
        told: Mapping[str, object] | None = answer
        return told

    async def synchronise(self, patience: float) -> None:
        """Learn the clock of the router's engine; nothing, if it does not say."""
        sock = self._sock
        if isinstance(sock, SnmpV3ClientSocket):
            await self._exchange(sock.send_refresh, sock.recv_refresh, patience)

    async def _exchange(
        self, send: Callable[[], None], receive: Callable[[], object], patience: float
    ) -> Any:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        failure = _attempt(send)
        if failure is not None:
            raise failure
        loop.add_reader(self._descriptor, _read, receive, answer)
        timer = loop.call_later(patience, _settle, answer)
        try:
            return await answer
        finally:
            loop.remove_reader(self._descriptor)
            timer.cancel()


def _settle(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_result(None)


def _read(receive: Callable[[], object], answer: asyncio.Future[Any]) -> None:
    if answer.done():
        return
    try:
        answer.set_result(receive())
    except BlockingIOError:
        return  # it was meant for somebody else
    except BaseException as error:
        answer.set_exception(_outcome(error))


def _attempt(send: Callable[[], None]) -> Exception | None:
    try:
        send()
    except BaseException as error:
        return _outcome(error)
    return None


def _outcome(error: BaseException) -> Exception:
    """What an exception of the library's means; others pass."""
    # A panic of Rust's is told by an exception that is no Exception.
    if isinstance(error, SnmpError) or type(error).__name__ == "PanicException":
        return Puzzling()
    if isinstance(error, TimeoutError):
        return no_way(error, errno.ECONNREFUSED)
    if isinstance(error, OSError):
        # The library puts the kernel's error into words; its number is at their end.
        found = _OS_ERROR.search(str(error))
        return no_way(error, int(found[1]) if found else None)
    raise error
