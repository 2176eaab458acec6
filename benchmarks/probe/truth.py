"""The true round-trip times: taken off the loopback device, by the kernel's own stamps."""

import select
import socket
import struct
import threading
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from benchmarks.probe.matching import Passage

_ETH_P_ALL = 3
"""A tap of one protocol would not be shown what this host sends."""
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS_NEW = 64
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
_OUTGOING = 4
_INCOMING = 0
_ECHO_REQUEST, _ECHO_REPLY = 8, 0
_HEAD = 64
_BUFFER = 8 << 20
_SLICE = 0.2
_NS = 1_000_000_000


class Capture:
    """Watches the echo requests and replies of the targets that `mask` selects.

    A request counts from when it is handed to the device, a reply until it comes from there.
    """

    def __init__(self, mask: int) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        _attach(self._socket, mask)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        self._socket.bind(("lo", _ETH_P_ALL))
        self._seen = Exchanges()
        self._missed = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="truth")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    @property
    def is_flooded(self) -> bool:
        """Whether it has missed packets for want of room, so that nothing can be told by it."""
        raw = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        self._missed += struct.unpack("II", raw)[1]  # reading them sets them back
        return self._missed > 0

    def passages(self) -> Mapping[str, Sequence[Passage]]:
        """Each target's requests, in order."""
        return self._seen.passages()

    def _watch(self) -> None:
        while not self._stop.is_set():
            if not select.select([self._socket], [], [], _SLICE)[0]:
                continue
            packet, ancillary, _flags, source = self._socket.recvmsg(_HEAD, 256)
            seconds, nanoseconds = struct.unpack_from("qq", ancillary[0][2])
            self._seen.take(packet, source[2], seconds * _NS + nanoseconds)


class Exchanges:
    """Requests and their answers, put together from packets."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, bytes], int] = {}
        """Those that are not answered yet, with their places in `_order`."""
        self._order: dict[str, list[tuple[int, int | None]]] = defaultdict(list)

    def take(self, packet: bytes, direction: int, stamp: int) -> None:
        """An IPv4 packet with an ICMP message, and when it was seen (ns)."""
        # Identifier, sequence and the front of the payload: some pingers repeat the first two.
        kind, key = packet[20], packet[24:44]
        if kind == _ECHO_REQUEST and direction == _OUTGOING:
            target = socket.inet_ntoa(packet[16:20])
            self._left[target, key] = len(self._order[target])
            self._order[target].append((stamp, None))
        elif kind == _ECHO_REPLY and direction == _INCOMING:
            target = socket.inet_ntoa(packet[12:16])
            place = self._left.pop((target, key), None)
            if place is not None:
                left, _ = self._order[target][place]
                self._order[target][place] = (left, stamp)

    def passages(self) -> Mapping[str, Sequence[Passage]]:
        """Each target's requests, in order."""
        return {
            target: [
                Passage(left / _NS, None if back is None else (back - left) / _NS)
                for left, back in stamps
            ]
            for target, stamps in self._order.items()
        }


def _attach(watching: socket.socket, mask: int) -> None:
    """Pass ICMP echo requests to, and replies from, the selected targets, cut to their front."""
    program = (
        (0x28, 0, 0, 0xFFFFF000),  # A = EtherType
        (0x15, 0, 10, 0x0800),
        (0x30, 0, 0, 9),  # A = protocol
        (0x15, 0, 8, socket.IPPROTO_ICMP),
        (0x30, 0, 0, 20),  # A = ICMP type, for no pinger sends IP options
        (0x15, 0, 2, 8),
        (0x20, 0, 0, 16),  # A = destination
        (0x05, 0, 0, 2),  # on to the mask
        (0x15, 0, 3, 0),
        (0x20, 0, 0, 12),  # A = source
        (0x54, 0, 0, mask),
        (0x15, 1, 0, 0),
        (0x06, 0, 0, 0),
        (0x06, 0, 0, _HEAD),
    )
    held = array("B", b"".join(struct.pack("=HBBI", *instruction) for instruction in program))
    fprog = struct.pack("HP", len(program), held.buffer_info()[0])
    watching.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
