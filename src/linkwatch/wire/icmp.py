"""ICMP echo requests with a keyed cookie, and their replies (RFC 792, RFC 4443).

The payload, not the 16-bit identifier and sequence, says whose probe it is: a cookie of 16 bytes
(the token, big endian, and a keyed MAC of it, 8 bytes each), then zeros up to the size.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from enum import IntEnum, StrEnum
from struct import Struct
from typing import NamedTuple

_HEADER = Struct("!BBHHH")
_TOKEN_BYTES = 8
_MAC_BYTES = 8
_MACS = Struct(f"{_MAC_BYTES}s")
_MIN_IPV4_HEADER = 20

COOKIE_BYTES = _TOKEN_BYTES + _MAC_BYTES
MIN_SIZE = COOKIE_BYTES
"""The least payload that holds the cookie, in bytes."""
HEADER_BYTES = _HEADER.size
HEAD_BYTES = HEADER_BYTES + COOKIE_BYTES
"""Header and cookie: all of a request that is not zeros."""


class IpVersion(IntEnum):
    """IP version."""

    V4 = 4
    V6 = 6


REPLY_TYPE = {IpVersion.V4: 0, IpVersion.V6: 129}
_REQUEST_TYPE = {IpVersion.V4: 8, IpVersion.V6: 128}


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


class Quote(NamedTuple):
    """An echo request as an ICMP error quotes it; `cookie` None where the quote was cut short.

    RFC 792 asks routers for no more than the 8 bytes of the ICMP header.
    """

    identifier: int
    sequence: int
    cookie: bytes | None


class Cookies:
    """Makes cookies with a secret key of 16 to 64 bytes, so that no outsider can forge a reply."""

    def __init__(self, key: bytes) -> None:
        if not 16 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("the key of the probe cookie must have 16 to 64 bytes")
        self._keyed = hashlib.blake2b(key=key, digest_size=8 * _MAC_BYTES)

    def of(self, tokens: Sequence[int]) -> list[bytes]:
        """The cookies for these tokens (64 bits each); cheapest for consecutive ones."""
        first, last = tokens[0], tokens[-1]
        if last - first != len(tokens) - 1:
            return [cookie for token in tokens for cookie in self.of((token,))]
        # One digest is cut into the MACs of eight neighbouring tokens: each is as secret as all.
        digests = b"".join([self._digest(number) for number in range(first >> 3, (last >> 3) + 1)])
        begin = (first & 7) * _MAC_BYTES
        macs = digests[begin : begin + len(tokens) * _MAC_BYTES]
        return [
            token.to_bytes(_TOKEN_BYTES, "big") + mac
            for token, (mac,) in zip(tokens, _MACS.iter_unpack(macs), strict=True)
        ]

    def made(self, cookie: bytes) -> bool:
        """Whether the cookie is one of ours."""
        token = token_of(cookie)
        return hmac.compare_digest(cookie, self.of((token,))[0])

    def _digest(self, number: int) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(number.to_bytes(_TOKEN_BYTES, "big"))
        return keyed.digest()


def token_of(cookie: bytes) -> int:
    """The token a cookie claims to be for."""
    return int.from_bytes(cookie[:_TOKEN_BYTES], "big")


def sequence_of(token: int) -> int:
    """The sequence number sent with a token."""
    return token & 0xFFFF


class EchoWriter:
    """Writes the front of requests, from the ICMP header to the cookie; zeros are to follow."""

    def __init__(self, version: IpVersion, identifier: int, *, checksum: bool) -> None:
        """`checksum`: fill it in; not for sockets whose kernel does (ICMPv6, and datagram)."""
        self._front = _HEADER.pack(_REQUEST_TYPE[version], 0, 0, identifier, 0)[:-2]
        self._checksum = checksum

    def heads(self, cookies: Iterable[bytes]) -> list[bytes]:
        """For each cookie the first HEAD_BYTES of the request that carries it."""
        front, at, end = self._front, _TOKEN_BYTES - 2, _TOKEN_BYTES
        heads = [front + cookie[at:end] + cookie for cookie in cookies]
        if self._checksum:
            heads = [h[:2] + internet_checksum(h).to_bytes(2, "big") + h[4:] for h in heads]
        return heads


def internet_checksum(data: bytes) -> int:
    """RFC 1071: the complement of the one's complement sum of 16-bit words."""
    if len(data) % 2:
        data += b"\0"
    # 2^16 is 1 modulo 2^16 - 1, so the remainder of the whole number is the sum of its words.
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF


def read_reply(version: IpVersion, message: bytes) -> bytes | Reject:
    """The cookie of an echo reply, not yet verified; `message` starts at the ICMP header."""
    if len(message) < HEADER_BYTES:
        return Reject.TOO_SHORT
    if message[0] != REPLY_TYPE[version] or message[1] != 0:
        return Reject.OTHER_TYPE
    return _cookie(message) or Reject.TOO_SHORT


def read_quote(version: IpVersion, message: bytes) -> Quote | Reject:
    """The request an ICMP error quotes; `message` starts at the quoted ICMP header."""
    if len(message) < HEADER_BYTES:
        return Reject.TOO_SHORT
    kind, _code, _checksum, identifier, sequence = _HEADER.unpack_from(message)
    if kind != _REQUEST_TYPE[version]:
        return Reject.OTHER_TYPE
    return Quote(identifier, sequence, _cookie(message))


def without_ipv4_header(packet: bytes) -> bytes | Reject:
    """What a raw IPv4 socket receives, from the ICMP header on."""
    if len(packet) < _MIN_IPV4_HEADER:
        return Reject.TOO_SHORT
    length = (packet[0] & 0x0F) * 4
    if packet[0] >> 4 != IpVersion.V4 or length < _MIN_IPV4_HEADER:
        return Reject.MALFORMED
    return packet[length:]


def _cookie(message: bytes) -> bytes | None:
    return message[HEADER_BYTES:HEAD_BYTES] if len(message) >= HEAD_BYTES else None
