"""Somebody who answers some of our probes before the network does, or once more after it."""

import select
import socket
import threading
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from linkwatch.lab.network_packet import Request, read_request, reply_to
from linkwatch.wire.icmp import Reject
from support.netns import Namespace

_ETH_P_ALL = 3
_INCOMING, _OUTGOING = 0, 4
_LONGEST = 2048
_SLICE = 0.05
_EVERY = 11
"""One request in eleven is answered with a wrong cookie, the next from elsewhere, and one reply in
eleven is repeated: no divisor of the targets in a round, so that all get their share."""
_MAC_BYTE = 8 + 8 + 3
"""Behind the ICMP header and the token."""
_ELSEWHERE = {
    4: socket.inet_pton(socket.AF_INET, "10.99.0.250"),
    6: socket.inet_pton(socket.AF_INET6, "fd00:99::250"),
}
_DESTINATION = {4: (socket.AF_INET, 16, 4), 6: (socket.AF_INET6, 24, 16)}
"""Where an IP packet says where it goes."""
_REPLY = {4: (20, 0), 6: (40, 129)}
"""Where the ICMP type of a packet stands, and which an echo reply has."""


class Impostor:
    """At work in a namespace for the span of the block; its packets come in over `lo`."""

    def __init__(self, namespace: Namespace) -> None:
        with namespace.entered():
            self._tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
            self._senders = {
                4: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
                6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW),
            }
        self._seen: Counter[int] = Counter()
        self._told: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="impostor")

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
        for opened in (self._tap, *self._senders.values()):
            opened.close()

    @property
    def told(self) -> Mapping[str, int]:
        """What it has sent, by the name it is to be rejected under if it comes in time."""
        return self._told

    def _watch(self) -> None:
        while not self._stop.is_set():
            if not select.select([self._tap], [], [], _SLICE)[0]:
                continue
            packet, (device, _, direction, *_) = self._tap.recvfrom(_LONGEST)
            if device == "lo":
                continue  # its own
            if direction == _OUTGOING:
                request = read_request(packet)
                if isinstance(request, Request):
                    self._answer(request)
            elif direction == _INCOMING:
                self._repeat(packet)

    def _answer(self, request: Request) -> None:
        turn = self._turn(_OUTGOING)
        if turn == 0:
            message = bytearray(request.message)
            message[_MAC_BYTE] ^= 1
            self._send(Reject.FORGED, request._replace(message=bytes(message)))
        elif turn == 1:
            elsewhere = _ELSEWHERE[request.version]
            self._send(Reject.WRONG_SOURCE, request._replace(destination=elsewhere))

    def _repeat(self, packet: bytes) -> None:
        version = packet[0] >> 4
        kind_at, kind = _REPLY[version]
        if packet[kind_at] == kind and self._turn(_INCOMING) == 0:
            self._put(Reject.DUPLICATE, version, packet)

    def _turn(self, direction: int) -> int:
        self._seen[direction] += 1
        return self._seen[direction] % _EVERY

    def _send(self, name: str, request: Request) -> None:
        self._put(name, request.version, reply_to(request))

    def _put(self, name: str, version: int, packet: bytes) -> None:
        family, at, length = _DESTINATION[version]
        target = socket.inet_ntop(family, packet[at : at + length])
        self._senders[version].sendto(packet, (target, 0))
        self._told[name] += 1
