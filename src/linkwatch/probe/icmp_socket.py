"""One ICMP socket of the Linux kernel: opening, options, ancillary data, error queue."""

import errno
import socket
import struct
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from icmplib import ICMPSocketError, ICMPv4Socket, ICMPv6Socket, SocketPermissionError

from linkwatch.wire.icmp import IpVersion, Reject, without_ipv4_header

# Linux values (include/uapi, asm-generic) that Python's socket module does not name.
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_SO_TIMESTAMPNS_NEW = 64
_SOL_RAW = 255
_ICMP_FILTER = 1
_ICMP6_FILTER = 1

_MEMINFO = struct.Struct("9I")
_MEMINFO_DROPS = 8
_TIMESPEC64 = struct.Struct("qq")
_EXTENDED_ERR = struct.Struct("IBBBBII")
_SOCKADDR_IN = struct.Struct("HH4s")
_SOCKADDR_IN6 = struct.Struct("HHI16sI")
_INT = struct.Struct("i")

_ORIGIN_ICMP = (2, 3)  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
_HEAD = 512
"""Bytes read of each datagram: the cookie stands at the front, the filler tells nothing."""
_ANCILLARY = 512
_SEND_BUFFER = 4 << 20
_PENDING_ERRORS = 16

_RECVERR = {
    IpVersion.V4: (socket.IPPROTO_IP, _IP_RECVERR),
    IpVersion.V6: (socket.IPPROTO_IPV6, _IPV6_RECVERR),
}
_TRAFFIC_CLASS = {
    IpVersion.V4: (socket.IPPROTO_IP, socket.IP_TOS),
    IpVersion.V6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
}

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


class Mode(StrEnum):
    """How a family is probed. Raw sockets need CAP_NET_RAW; absent: the host lacks the family."""

    DATAGRAM = "datagram"
    RAW = "raw"
    ABSENT = "absent"


class ProbePermissionError(Exception):
    """Neither a datagram nor a raw ICMP socket may be opened; the message says what mends it."""

    def __init__(self) -> None:
        super().__init__(
            "may not open an ICMP socket; allow it with: "
            'sysctl -w net.ipv4.ping_group_range="0 2147483647" '
            "(or AmbientCapabilities=CAP_NET_RAW in the systemd unit)"
        )


class Datagram(NamedTuple):
    """An ICMP message from its header on, cut to its front; `stamp_ns` is CLOCK_REALTIME."""

    message: bytes
    source: str
    stamp_ns: int | None


class QueuedError(NamedTuple):
    """An ICMP error from the error queue with the front of the request it quotes."""

    quoted: bytes
    destination: str
    kind: int
    code: int
    errno: int
    reported_by: str | None


class EchoSocket:
    """A non-blocking ICMP socket that receives echo replies, and errors by its error queue."""

    def __init__(
        self, version: IpVersion, opened: socket.socket, mode: Mode, receive_buffer: int
    ) -> None:
        self.version = version
        self.mode = mode
        self._socket = opened
        self._dropped = 0
        self._drops_seen = 0
        self._ancillary: dict[int, list[tuple[int, int, bytes]]] = {}
        opened.setblocking(False)
        opened.setsockopt(*_RECVERR[version], 1)
        opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        _size_buffers(opened, receive_buffer)
        if mode is Mode.RAW:
            _replies_only(version, opened)

    def send(self, packet: bytes, address: SocketAddress, dscp: int) -> None:
        """Send one request; OSError where the kernel refuses it."""
        ancillary = self._ancillary.get(dscp)
        if ancillary is None:
            ancillary = [(*_TRAFFIC_CLASS[self.version], _INT.pack(dscp << 2))]
            self._ancillary[dscp] = ancillary
        self._socket.sendmsg((packet,), ancillary, 0, address)

    def receive(self) -> Datagram | Reject | None:
        """The next datagram; None where the buffer is empty."""
        received = self._next()
        if received is None:
            return None
        packet, ancillary, _flags, source = received
        message: bytes | Reject = packet
        if self.mode is Mode.RAW and self.version is IpVersion.V4:
            message = without_ipv4_header(packet)
        if isinstance(message, Reject):
            return message
        return Datagram(message, source[0], _stamp(ancillary))

    def error(self) -> QueuedError | Reject | None:
        """The next ICMP error; None where the queue is empty."""
        try:
            quoted, ancillary, _flags, destination = self._socket.recvmsg(
                _HEAD, _ANCILLARY, socket.MSG_ERRQUEUE
            )
        except BlockingIOError:
            return None
        for level, kind, data in ancillary:
            if (level, kind) == _RECVERR[self.version]:
                return _queued(data, quoted, destination[0] if destination else "")
        return Reject.MALFORMED

    def dropped(self) -> int:
        """Datagrams the receive buffer had no room for, since it was opened.

        Grows with every drop; on a raw socket some kernels count a drop twice.
        """
        raw = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        drops = _MEMINFO.unpack(raw)[_MEMINFO_DROPS]
        self._dropped += (drops - self._drops_seen) & 0xFFFFFFFF
        self._drops_seen = drops
        return self._dropped

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def _next(self) -> tuple[bytes, list[tuple[int, int, bytes]], int, SocketAddress] | None:
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


def open_echo_socket(version: IpVersion, receive_buffer: int) -> EchoSocket | None:
    """Datagram if allowed, else raw, else ProbePermissionError; None: the host lacks the family."""
    opener = ICMPv4Socket if version is IpVersion.V4 else ICMPv6Socket
    for mode in (Mode.DATAGRAM, Mode.RAW):
        try:
            # icmplib closes its socket when its object goes: keep a duplicate of our own.
            with opener(privileged=mode is Mode.RAW) as opened:
                return EchoSocket(version, opened.sock.dup(), mode, receive_buffer)
        except SocketPermissionError:
            continue
        except ICMPSocketError:
            return None
    raise ProbePermissionError


def is_own_address(address: str) -> bool:
    """Whether this host holds the address: the kernel reaches its own addresses from themselves."""
    if address == "::1" or address.startswith("127."):
        return True
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect(socket.getaddrinfo(address, 9, family, socket.SOCK_DGRAM)[0][4])
            return bool(asking.getsockname()[0] == address)
    except OSError:
        return False


def _size_buffers(opened: socket.socket, receive: int) -> None:
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, receive)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def _replies_only(version: IpVersion, opened: socket.socket) -> None:
    # Both filters are bit masks of the types to hold back. Errors come by the error queue.
    if version is IpVersion.V4:
        opened.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("I", 0xFFFFFFFF & ~(1 << 0)))
        return
    words = [0xFFFFFFFF] * 8
    words[129 // 32] &= ~(1 << 129 % 32)
    opened.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("8I", *words))


def _stamp(ancillary: Sequence[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS_NEW:
            seconds, nanoseconds = _TIMESPEC64.unpack_from(data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def _queued(extended: bytes, quoted: bytes, destination: str) -> QueuedError | Reject:
    """Take `struct sock_extended_err` and the offender behind it apart (linux/errqueue.h)."""
    if len(extended) < _EXTENDED_ERR.size:
        return Reject.MALFORMED
    number, origin, kind, code, *_rest = _EXTENDED_ERR.unpack_from(extended)
    if origin not in _ORIGIN_ICMP:
        # The kernel's own complaint (a packet too big): the send call has already reported it.
        return Reject.OTHER_TYPE
    offender = _offender(extended[_EXTENDED_ERR.size :])
    return QueuedError(quoted, destination, kind, code, number, offender)


def _offender(sockaddr: bytes) -> str | None:
    family = int.from_bytes(sockaddr[:2], sys.byteorder)
    if family == socket.AF_INET and len(sockaddr) >= _SOCKADDR_IN.size:
        return socket.inet_ntop(socket.AF_INET, _SOCKADDR_IN.unpack_from(sockaddr)[2])
    if family == socket.AF_INET6 and len(sockaddr) >= _SOCKADDR_IN6.size:
        _family, _port, _flow, packed, scope = _SOCKADDR_IN6.unpack_from(sockaddr)
        text = socket.inet_ntop(socket.AF_INET6, packed)
        return f"{text}%{scope}" if scope else text
    return None
