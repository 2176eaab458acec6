"""The true round-trip times: taken off the loopback device, by the kernel's own stamps."""

import select
import socket
import struct
import threading
from array import array
from collections import defaultdict
from types import TracebackType
from typing import Self

_ETH_P_ALL = 3
"""A tap of one protocol would not be shown what this host sends."""
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS_NEW = 64
_OUTGOING = 4
_INCOMING = 0
_HEAD = 64
_SLICE = 0.2


class Capture:
    """Watches the echo requests and replies of the targets that `mask` selects.

    A request counts from when it is handed to the device, a reply until it comes from there.
    """

    def __init__(self, mask: int) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        _attach(self._socket, mask)
        self._socket.bind(("lo", _ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        self._left: dict[tuple[str, bytes], int] = {}
        self._order: dict[str, list[bytes]] = defaultdict(list)
        self._times: dict[tuple[str, bytes], float] = {}
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

    def round_trips(self, target: str) -> list[float | None]:
        """The target's RTTs in s, in the order of its requests; None: never answered."""
        return [self._times.get((target, key)) for key in self._order[target]]

    def _watch(self) -> None:
        while not self._stop.is_set():
            if not select.select([self._socket], [], [], _SLICE)[0]:
                continue
            packet, ancillary, _flags, source = self._socket.recvmsg(_HEAD, 256)
            seconds, nanoseconds = struct.unpack_from("qq", ancillary[0][2])
            self._take(packet, source[2], seconds * 1_000_000_000 + nanoseconds)

    def _take(self, packet: bytes, direction: int, stamp: int) -> None:
        # Identifier, sequence and the front of the payload: some pingers repeat the first two.
        kind, key = packet[20], packet[24:44]
        if kind == 8 and direction == _OUTGOING:
            target = socket.inet_ntoa(packet[16:20])
            self._left[target, key] = stamp
            self._order[target].append(key)
        elif kind == 0 and direction == _INCOMING:
            target = socket.inet_ntoa(packet[12:16])
            left = self._left.pop((target, key), None)
            if left is not None:
                self._times[target, key] = (stamp - left) / 1e9


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
