"""A connected UDP socket for the span of one poll."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from linkwatch.probe.snmp_outcome import no_way

_BACKLOG = 32


class _Inbox(asyncio.DatagramProtocol):
    """What the event loop received and the session has not taken yet."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | OSError] = asyncio.Queue(_BACKLOG)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._put(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self._put(exc)

    def _put(self, item: bytes | OSError) -> None:
        # More than the backlog for one outstanding request is a flood.
        if not self.queue.full():
            self.queue.put_nowait(item)


class Channel:
    """Datagrams to and from one address only, as the kernel filters them.

    A connected socket is told of a closed port, and a source port of its own for each poll
    leaves late answers and guesses without a receiver.
    """

    def __init__(self, transport: asyncio.DatagramTransport, inbox: _Inbox) -> None:
        self._transport = transport
        self._inbox = inbox

    def send(self, datagram: bytes) -> None:
        """Send; a failure comes out of the next `receive`."""
        self._transport.sendto(datagram)

    async def receive(self) -> bytes:
        """The next datagram, or PollFailure."""
        received = await self._inbox.queue.get()
        if isinstance(received, OSError):
            raise no_way(received)
        return received


@asynccontextmanager
async def connect(address: str, port: int) -> AsyncIterator[Channel]:
    """A channel to a router, closed at the end; PollFailure where there is no way to it."""
    loop = asyncio.get_running_loop()
    try:
        transport, inbox = await loop.create_datagram_endpoint(_Inbox, remote_addr=(address, port))
    except OSError as error:
        raise no_way(error) from error
    try:
        yield Channel(transport, inbox)
    finally:
        transport.close()
