"""Echo requests as a simulated network reads them, and what it answers: whole IP packets.

RFC 791 and 792, RFC 8200 and 4443. Only what stands in one packet without extension headers is
read; a packet that is anything else is told apart by a word and harms nobody.
"""

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from struct import Struct
from typing import NamedTuple

from linkwatch.lab.network_model import Address, ErrorKind
from linkwatch.wire.icmp import internet_checksum

_V4 = Struct("!BBHHHBBH4s4s")
_V6 = Struct("!IHBB16s16s")
_ICMP = Struct("!BBHHH")
_ICMPV4, _ICMPV6 = 1, 58
_FRAGMENT_HEADER = 44
_MORE_OR_OFFSET = 0x3FFF
_HOPS = 64
_V4_REQUEST, _V4_REPLY = 8, 0
_V6_REQUEST, _V6_REPLY = 128, 129
_RIGHT = 0xFFFF
"""What `internet_checksum` gives over data that holds its own right checksum."""

_QUOTED = {4: 576 - _V4.size - _ICMP.size, 6: 1280 - _V6.size - _ICMP.size}
"""How much of a packet an error quotes (RFC 1812 section 4.3.2.3, RFC 4443 section 2.4)."""

_ERRORS: Mapping[ErrorKind, Mapping[int, tuple[int, int]]] = {
    ErrorKind.NET_UNREACHABLE: {4: (3, 0), 6: (1, 0)},
    ErrorKind.HOST_UNREACHABLE: {4: (3, 1), 6: (1, 3)},
    ErrorKind.PORT_UNREACHABLE: {4: (3, 3), 6: (1, 4)},
    ErrorKind.ADMIN_PROHIBITED: {4: (3, 13), 6: (1, 1)},
    ErrorKind.TTL_EXCEEDED: {4: (11, 0), 6: (3, 0)},
}
"""ICMP type and code by IP version."""


class Ignored(StrEnum):
    """Why a packet is nothing to answer."""

    TOO_SHORT = "too short"
    MALFORMED = "malformed"
    FRAGMENT = "fragment"
    NOT_ECHO = "not an echo request"
    BAD_CHECKSUM = "bad checksum"


class Request(NamedTuple):
    """An echo request; `message` from the ICMP header on, `packet` from the IP header on.

    `ttl`: how many hops it may still go.
    """

    version: int
    source: bytes
    destination: bytes
    traffic_class: int
    message: bytes
    packet: bytes
    ttl: int

    @property
    def identifier(self) -> int:
        """The ICMP identifier."""
        return int.from_bytes(self.message[4:6], "big")

    @property
    def sequence(self) -> int:
        """The ICMP sequence number."""
        return int.from_bytes(self.message[6:8], "big")

    @property
    def payload(self) -> bytes:
        """What stands behind the ICMP header."""
        return self.message[_ICMP.size :]


def read_request(packet: bytes) -> Request | Ignored:
    """The echo request in an IP packet; never raises."""
    version = packet[0] >> 4 if packet else 0
    if version == 4:
        return _read_v4(packet)
    if version == 6:
        return _read_v6(packet)
    return Ignored.MALFORMED if packet else Ignored.TOO_SHORT


def reply_to(request: Request) -> bytes:
    """The echo reply, as the host asked would send it."""
    kind = _V4_REPLY if request.version == 4 else _V6_REPLY
    message = bytes((kind, 0, 0, 0)) + request.message[4:]
    return _packet(request, request.destination, message)


def refusal_of(request: Request, kind: ErrorKind, reporter: Address) -> bytes:
    """The ICMP error that says the request went no further than `reporter`."""
    number, code = _ERRORS[kind][request.version]
    message = _ICMP.pack(number, code, 0, 0, 0) + request.packet[: _QUOTED[request.version]]
    return _packet(request, reporter.packed, message)


def _read_v4(packet: bytes) -> Request | Ignored:
    if len(packet) < _V4.size:
        return Ignored.TOO_SHORT
    first, tos, total, _, fragment, ttl, protocol, _, source, destination = _V4.unpack_from(packet)
    header = (first & 0x0F) * 4
    if header < _V4.size or not header <= total <= len(packet):
        return Ignored.MALFORMED
    if fragment & _MORE_OR_OFFSET:
        return Ignored.FRAGMENT
    if protocol != _ICMPV4:
        return Ignored.NOT_ECHO
    message = packet[header:total]
    return _checked(
        Request(4, source, destination, tos, message, packet[:total], ttl), _V4_REQUEST, message
    )


def _read_v6(packet: bytes) -> Request | Ignored:
    if len(packet) < _V6.size:
        return Ignored.TOO_SHORT
    first, length, protocol, hops, source, destination = _V6.unpack_from(packet)
    end = _V6.size + length
    if end > len(packet):
        return Ignored.MALFORMED
    if protocol == _FRAGMENT_HEADER:
        return Ignored.FRAGMENT
    if protocol != _ICMPV6:
        return Ignored.NOT_ECHO
    message = packet[_V6.size : end]
    request = Request(6, source, destination, first >> 20 & 0xFF, message, packet[:end], hops)
    return _checked(request, _V6_REQUEST, _pseudo(source, destination, message))


def _checked(request: Request, kind: int, summed: bytes) -> Request | Ignored:
    message = request.message
    if len(message) < _ICMP.size:
        return Ignored.TOO_SHORT
    if message[0] != kind or message[1] != 0:
        return Ignored.NOT_ECHO
    return request if internet_checksum(summed) == _RIGHT else Ignored.BAD_CHECKSUM


def _packet(request: Request, source: bytes, message: bytes) -> bytes:
    """An IP packet back to the asker; the message's checksum is filled in."""
    target = request.source
    if request.version == 4:
        checksum = internet_checksum(message)
        total = _V4.size + len(message)
        fields = (0x45, request.traffic_class, total, 0, 0, _HOPS, _ICMPV4)
        sum_of_header = internet_checksum(_V4.pack(*fields, 0, source, target))
        header = _V4.pack(*fields, sum_of_header, source, target)
    else:
        checksum = internet_checksum(_pseudo(source, target, message))
        first = 6 << 28 | request.traffic_class << 20
        header = _V6.pack(first, len(message), _ICMPV6, _HOPS, source, target)
    return header + message[:2] + checksum.to_bytes(2, "big") + message[4:]


def _pseudo(source: bytes, destination: bytes, message: bytes) -> bytes:
    """What an ICMPv6 checksum covers (RFC 8200 section 8.1)."""
    return source + destination + len(message).to_bytes(4, "big") + b"\0\0\0\x3a" + message


def text_of(packed: bytes) -> str:
    """A packed address as it is written."""
    return str(ipaddress.ip_address(packed))
