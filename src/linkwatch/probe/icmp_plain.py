"""One system call a packet: works wherever Python's socket module does."""

import errno
import socket
from collections.abc import Sequence

from linkwatch.probe import icmp_uapi as uapi
from linkwatch.probe.icmp_clocks import realtime_ns
from linkwatch.probe.icmp_departure import Departure
from linkwatch.probe.icmp_destination import Destination
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_queue import QueuedError, read_entry
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.wire.icmp import IpVersion, Reject, read_reply, without_ipv4_header

_HEAD = 512
"""Bytes read of each datagram: the cookie stands at the front, the filler tells nothing."""
_ANCILLARY = 512
_PENDING_ERRORS = 16


class PlainSocket(EchoSocket):
    """Sends by `sendmsg`, one request a call, and receives by `recvmsg`."""

    def send(
        self, destinations: Sequence[Destination], cookies: Sequence[bytes], offset_ns: int
    ) -> Departure:
        """Send the first."""
        destination = destinations[0]
        shape = destination.shape
        (head,) = self._writer.heads(cookies[:1])
        sent_ns = realtime_ns()
        self._socket.sendmsg((head, shape.filler), shape.ancillary, 0, destination.address)
        return Departure(1, sent_ns, sent_ns, offset_ns)

    def receive(self, limit: int) -> Sequence[Arrival]:
        """What has come in, up to `limit`."""
        arrivals = []
        for _ in range(limit):
            arrival = self._receive()
            if arrival is None:
                break
            if isinstance(arrival, Reject):
                self._rejects[arrival] += 1
            else:
                arrivals.append(arrival)
        return arrivals

    def errors(self, limit: int) -> tuple[int, Sequence[QueuedError]]:
        """Empty the error queue, up to `limit`."""
        errors: list[QueuedError] = []
        told = 0
        for _ in range(limit):
            try:
                quoted, ancillary, _flags, destination = self._socket.recvmsg(
                    _HEAD, _ANCILLARY, socket.MSG_ERRQUEUE
                )
            except BlockingIOError:
                break
            name = uapi.sockaddr_of(destination) if destination else b""
            entry = read_entry(self.version, quoted, ancillary, name)
            told += entry is not None
            if isinstance(entry, Reject):
                self._rejects[entry] += 1
            elif entry is not None:
                errors.append(entry)
        return told, errors

    def _receive(self) -> Arrival | Reject | None:
        received = self._next()
        if received is None:
            return None
        message: bytes | Reject = received[0]
        if self.mode is Mode.RAW and self.version is IpVersion.V4:
            message = without_ipv4_header(received[0])
        if isinstance(message, Reject):
            return message
        cookie = read_reply(self.version, message)
        if isinstance(cookie, Reject):
            return cookie
        return (uapi.sockaddr_of(received[3]), *uapi.stamp_in(received[1]), cookie)

    def _next(self) -> tuple[bytes, uapi.Ancillary, int, uapi.SocketAddress] | None:
        # A queued ICMP error is also reported once by the next call, whatever that call is.
        for _ in range(_PENDING_ERRORS):
            try:
                return self._socket.recvmsg(_HEAD, _ANCILLARY)
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno == errno.EBADF:
                    raise
        return None
