"""What the prober asks of an ICMP socket, and what all of them have in common."""

import socket
import struct
from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from linkwatch.probe import icmp_uapi as uapi
from linkwatch.probe.icmp_departure import Departure
from linkwatch.probe.icmp_destination import Destination
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_queue import QueuedError
from linkwatch.probe.source import leaves_from
from linkwatch.wire.icmp import REPLY_TYPE, EchoWriter, IpVersion
from linkwatch.wire.icmp_filter import identifier_filter, instructions

BATCH = 16
"""Requests in one call to send: it lasts so short that their departures can be interpolated."""
_SEND_BUFFER = 4 << 20
_COSTLIEST_REPLY = 4096
"""Bytes of receive buffer a network driver may charge for one small packet (on loopback 832)."""


class Mode(StrEnum):
    """How a family is probed. Raw sockets need CAP_NET_RAW; absent: the host lacks the family."""

    DATAGRAM = "datagram"
    RAW = "raw"
    ABSENT = "absent"


class EchoSocket(ABC):
    """A non-blocking ICMP socket that receives echo replies, and errors by its error queue.

    What comes in and cannot be read is counted in `rejects`.
    """

    def __init__(
        self,
        version: IpVersion,
        opened: socket.socket,
        mode: Mode,
        *,
        receive_buffer: int,
        identifier: int,
        rejects: Counter[str],
    ) -> None:
        self.version = version
        self.mode = mode
        self.identifier = identifier if mode is Mode.RAW else None
        """The identifier of its requests; None where the kernel chooses, and checks it."""
        self._socket = opened
        self._rejects = rejects
        self._dropped = 0
        self._drops_seen = 0
        self._writer = EchoWriter(
            version, identifier, checksum=mode is Mode.RAW and version is IpVersion.V4
        )
        opened.setblocking(False)
        opened.setsockopt(*uapi.RECVERR[version], 1)
        opened.setsockopt(socket.SOL_SOCKET, uapi.SO_TIMESTAMPNS_NEW, 1)
        _size_buffers(opened, receive_buffer)
        buffer = opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.room = max(1, buffer // _COSTLIEST_REPLY)
        """How many replies may safely come in between two reads."""
        if mode is Mode.RAW:
            _replies_only(version, opened)
            _own_only(version, opened, identifier)

    def stamp_departures(self, wanted: bool) -> None:  # noqa: B027  not every socket can
        """Have the kernel stamp what is sent from now on, or no more, if it can."""

    @abstractmethod
    def send(
        self, destinations: Sequence[Destination], cookies: Sequence[bytes], offset_ns: int
    ) -> Departure:
        """Send requests with these cookies; OSError where the first of them is refused.

        Sends some of them, at least one, from the front. `offset_ns`: REALTIME minus MONOTONIC.
        """

    @abstractmethod
    def receive(self, limit: int) -> Sequence[Arrival]:
        """What has come in, all of it unless that is more than about `limit`."""

    @abstractmethod
    def errors(self, limit: int) -> tuple[int, Sequence[QueuedError]]:
        """Empty the error queue: how many ICMP errors it held, and those that could be read.

        Stops at about `limit`.
        """

    def dropped(self) -> int:
        """Datagrams the receive buffer had no room for, since it was opened.

        Grows with every drop; on a raw socket some kernels count a drop twice.
        """
        raw = self._socket.getsockopt(socket.SOL_SOCKET, uapi.SO_MEMINFO, uapi.MEMINFO.size)
        drops = uapi.MEMINFO.unpack(raw)[uapi.MEMINFO_DROPS]
        self._dropped += (drops - self._drops_seen) & 0xFFFFFFFF
        self._drops_seen = drops
        return self._dropped

    def leaves_from(self, source: str) -> bool:
        """Whether what was opened for this source still leaves from it."""
        return leaves_from(source, self._socket)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def _size_buffers(opened: socket.socket, receive: int) -> None:
    try:
        opened.setsockopt(socket.SOL_SOCKET, uapi.SO_RCVBUFFORCE, receive)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def _replies_only(version: IpVersion, opened: socket.socket) -> None:
    # Both filters are bit masks of the types to hold back. Errors come by the error queue.
    kind = REPLY_TYPE[version]
    if version is IpVersion.V4:
        mask = struct.pack("I", 0xFFFFFFFF & ~(1 << kind))
        opened.setsockopt(uapi.SOL_RAW, uapi.ICMP_FILTER, mask)
        return
    words = [0xFFFFFFFF] * 8
    words[kind // 32] &= ~(1 << kind % 32)
    opened.setsockopt(socket.IPPROTO_ICMPV6, uapi.ICMP6_FILTER, struct.pack("8I", *words))


def _own_only(version: IpVersion, opened: socket.socket, identifier: int) -> None:
    program = identifier_filter(version, identifier)
    # The kernel copies the program, so its memory need not outlive the call.
    held = array("B", program)
    fprog = struct.pack("HP", instructions(program), held.buffer_info()[0])
    opened.setsockopt(socket.SOL_SOCKET, uapi.SO_ATTACH_FILTER, fprog)
