"""The far end of a probe, played by hand: sees requests as they arrive, answers as it likes."""

import itertools
import select
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from linkwatch.ports import Probe, Prober, Reply
from linkwatch.probe.icmp_batch import BatchSocket
from linkwatch.probe.icmp_plain import PlainSocket
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.wire.icmp import internet_checksum
from support.netns import Namespace

_SLICE = 0.01


class Sockets(NamedTuple):
    """What a prober works with: the kernel's interface, and the way of calling it."""

    mode: Mode
    kind: type[EchoSocket]

    @property
    def group_range(self) -> str:
        """The setting of net.ipv4.ping_group_range under which root gets this mode."""
        return "0 2147483647" if self.mode is Mode.DATAGRAM else "1 0"

    def __str__(self) -> str:
        return f"{self.mode}-{self.kind.__name__}"


SOCKETS = [
    Sockets(mode, kind) for mode in (Mode.DATAGRAM, Mode.RAW) for kind in (BatchSocket, PlainSocket)
]
"""One suite runs on all of them."""


@dataclass(frozen=True)
class Request:
    """An IPv4 echo request as it came over the wire."""

    packet: bytes

    @property
    def tos(self) -> int:
        """The whole traffic class byte."""
        return self.packet[1]

    @property
    def icmp(self) -> bytes:
        """From the ICMP header on."""
        return self.packet[20:]


class Peer:
    """A raw ICMP socket in a namespace whose kernel itself does not answer."""

    def __init__(self, namespace: Namespace) -> None:
        namespace.sysctl("net.ipv4.icmp_echo_ignore_all", "1")
        with namespace.entered():
            self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            self._sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self._raw.settimeout(5)

    def request(self) -> Request:
        """The next echo request."""
        while True:
            packet = self._raw.recv(2048)
            if packet[20] == 8:
                return Request(packet)

    def reply(self, source: str, destination: str, body: bytes) -> None:
        """Send an echo reply with this identifier, sequence and payload (as in a request)."""
        self._send(source, destination, _with_checksum(b"\0\0\0\0" + body))

    def error(self, source: str, destination: str, kind: int, code: int, quoted: bytes) -> None:
        """Send an ICMP error quoting the front of a packet."""
        self._send(
            source, destination, _with_checksum(bytes((kind, code, 0, 0, 0, 0, 0, 0)) + quoted)
        )

    def close(self) -> None:
        """Give the sockets back."""
        self._raw.close()
        self._sender.close()

    def _send(self, source: str, destination: str, message: bytes) -> None:
        header = struct.pack(
            "!BBHHHBBH4s4s",
            *(0x45, 0, 20 + len(message), 0, 0, 64, socket.IPPROTO_ICMP, 0),
            socket.inet_aton(source),
            socket.inet_aton(destination),
        )
        self._sender.sendto(header + message, (destination, 0))


def collect(
    prober: Prober, enough: Callable[[Sequence[Reply]], bool], seconds: float = 5.0
) -> list[Reply]:
    """Drain until `enough`, or until the time is up; what came."""
    replies: list[Reply] = []
    for _ in range(int(seconds / _SLICE)):
        replies.extend(prober.drain())
        if enough(replies):
            break
        select.select([], [], [], _SLICE)
    return replies


def until_stamped(prober: Prober) -> None:
    """Probe this host until the kernel stamps packets: it begins to a moment after it is asked."""
    for token in itertools.count(1 << 40):
        assert token < (1 << 40) + 500, "no stamps"
        assert not prober.send([Probe(token, "127.0.0.1", 64, 0)])
        (reply,) = collect(prober, lambda got: len(got) > 0)
        if reply.rtt is not None:
            return


def _with_checksum(message: bytes) -> bytes:
    return message[:2] + internet_checksum(message).to_bytes(2, "big") + message[4:]
