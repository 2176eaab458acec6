"""The far end of a probe, played by hand: sees requests as they arrive, answers as it likes."""

import select
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from linkwatch.ports import Prober, Reply
from linkwatch.wire.icmp import internet_checksum
from support.netns import Namespace

_SLICE = 0.01


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


def _with_checksum(message: bytes) -> bytes:
    return message[:2] + internet_checksum(message).to_bytes(2, "big") + message[4:]
