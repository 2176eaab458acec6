"""ICMP echo requests with a keyed cookie, and their replies (RFC 792, RFC 4443).

The payload, not the 16-bit identifier and sequence, says whose probe it is: token (8 bytes, big
endian), then a keyed MAC (8 bytes) over the token and the destination, then zeros up to the size.
"""

import hashlib
import hmac
from enum import IntEnum, StrEnum
from struct import Struct
from typing import NamedTuple

_HEADER = Struct("!BBHHH")
_COOKIE = Struct("!Q8s")
_MAC_BYTES = 8
_MIN_IPV4_HEADER = 20

MIN_SIZE = _COOKIE.size
"""The least payload that holds the cookie, in bytes."""


class IpVersion(IntEnum):
    """IP version."""

    V4 = 4
    V6 = 6


_REQUEST_TYPE = {IpVersion.V4: 8, IpVersion.V6: 128}
_REPLY_TYPE = {IpVersion.V4: 0, IpVersion.V6: 129}


class Reject(StrEnum):
    """Why a datagram is no answer to a probe."""

    TOO_SHORT = "too_short"
    MALFORMED = "malformed"
    OTHER_TYPE = "other_type"
    FOREIGN = "foreign"
    FORGED = "forged"
    WRONG_SOURCE = "wrong_source"
    DUPLICATE = "duplicate"
    STALE = "stale"


class Echo(NamedTuple):
    """The cookie of an echo message, not yet verified."""

    token: int
    mac: bytes


class Quote(NamedTuple):
    """An echo request as an ICMP error quotes it; `echo` None where the quote was cut short.

    RFC 792 asks routers for no more than the 8 bytes of the ICMP header.
    """

    identifier: int
    sequence: int
    echo: Echo | None


class Cookie:
    """Seals tokens with a secret key of 16 to 64 bytes, so that no outsider can forge a reply."""

    def __init__(self, key: bytes) -> None:
        if not 16 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("the key of the probe cookie must have 16 to 64 bytes")
        self._keyed = hashlib.blake2b(key=key, digest_size=_MAC_BYTES)

    def mac(self, token: int, destination: bytes) -> bytes:
        """The MAC for a token sent to this packed address."""
        keyed = self._keyed.copy()
        keyed.update(token.to_bytes(8, "big") + destination)
        return keyed.digest()

    def sealed(self, echo: Echo, destination: bytes) -> bool:
        """Whether the echo's MAC is ours for a probe to this packed address."""
        return hmac.compare_digest(echo.mac, self.mac(echo.token, destination))


def identifier_of(token: int) -> int:
    """The identifier a raw socket sends with: rotates every 65,536 tokens."""
    return token >> 16 & 0xFFFF


def sequence_of(token: int) -> int:
    """The sequence number sent with a token."""
    return token & 0xFFFF


def echo_request(
    version: IpVersion, token: int, destination: bytes, size: int, cookie: Cookie
) -> bytes:
    """One whole ICMP message with `size` payload bytes (at least MIN_SIZE).

    The ICMPv6 checksum covers addresses only the kernel knows: it fills it in.
    """
    if size < MIN_SIZE:
        raise ValueError(f"an echo payload needs at least {MIN_SIZE} bytes")
    kind, identifier, sequence = _REQUEST_TYPE[version], identifier_of(token), sequence_of(token)
    payload = _COOKIE.pack(token, cookie.mac(token, destination)) + bytes(size - MIN_SIZE)
    checksum = 0
    if version is IpVersion.V4:
        checksum = internet_checksum(_HEADER.pack(kind, 0, 0, identifier, sequence) + payload)
    return _HEADER.pack(kind, 0, checksum, identifier, sequence) + payload


def internet_checksum(data: bytes) -> int:
    """RFC 1071: the complement of the one's complement sum of 16-bit words."""
    if len(data) % 2:
        data += b"\0"
    # 2^16 is 1 modulo 2^16 - 1, so the remainder of the whole number is the sum of its words.
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF


def read_reply(version: IpVersion, message: bytes) -> Echo | Reject:
    """The cookie of an echo reply; `message` starts at the ICMP header."""
    if len(message) < _HEADER.size:
        return Reject.TOO_SHORT
    if message[0] != _REPLY_TYPE[version] or message[1] != 0:
        return Reject.OTHER_TYPE
    return _echo(message) or Reject.TOO_SHORT


def read_quote(version: IpVersion, message: bytes) -> Quote | Reject:
    """The request an ICMP error quotes; `message` starts at the quoted ICMP header."""
    if len(message) < _HEADER.size:
        return Reject.TOO_SHORT
    kind, _code, _checksum, identifier, sequence = _HEADER.unpack_from(message)
    if kind != _REQUEST_TYPE[version]:
        return Reject.OTHER_TYPE
    return Quote(identifier, sequence, _echo(message))


def without_ipv4_header(packet: bytes) -> bytes | Reject:
    """What a raw IPv4 socket receives, from the ICMP header on."""
    if len(packet) < _MIN_IPV4_HEADER:
        return Reject.TOO_SHORT
    length = (packet[0] & 0x0F) * 4
    if packet[0] >> 4 != IpVersion.V4 or length < _MIN_IPV4_HEADER:
        return Reject.MALFORMED
    return packet[length:]


def _echo(message: bytes) -> Echo | None:
    if len(message) < _HEADER.size + _COOKIE.size:
        return None
    return Echo(*_COOKIE.unpack_from(message, _HEADER.size))
