"""Basic Encoding Rules, as pysnmp's own dependency pyasn1 does them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# The library has no types: these lines are the only door to it.
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.error import PySnmpError

from linkwatch.probe.snmp_outcome import Unacceptable

MAX_DATAGRAM = 16_384
"""Longest message taken, in bytes: decoding costs CPU, and four rows need 2,000."""

Asn1 = Any
"""One of the library's objects."""


def encode(value: Asn1) -> bytes:
    """`value` in bytes."""
    return bytes(encoder.encode(value))


def decode(datagram: bytes, specification: Asn1) -> Asn1:
    """`datagram` as an object of `specification`; fails as `hostile` tells."""
    if len(datagram) > MAX_DATAGRAM:
        raise Unacceptable(f"longer than {MAX_DATAGRAM} bytes")
    decoded, _ = decoder.decode(datagram, asn1Spec=specification)
    return decoded


def version_of(datagram: bytes) -> int | None:
    """The SNMP version a message says it is of (0, 1, 3); None where it is no message."""
    # A sequence, its length in one byte or more, and an integer of one byte.
    start = 2 + (datagram[1] & 0x7F if len(datagram) > 1 and datagram[1] & 0x80 else 0)
    head = datagram[start : start + 3]
    is_message = datagram[:1] == b"\x30" and len(head) == 3 and head[:2] == b"\x02\x01"
    return head[2] if is_message else None


@contextmanager
def hostile() -> Iterator[None]:
    """Around decoding and reading: the library fails in many ways on bytes made to break it.

    Every one of them becomes Unacceptable.
    """
    try:
        yield
    except (
        PyAsn1Error,
        PySnmpError,
        ValueError,
        LookupError,
        TypeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise Unacceptable("not an SNMP message") from error


def oid_of(oid: tuple[int, ...]) -> Asn1:
    """The library's object identifier."""
    return univ.ObjectIdentifier(oid)


def is_oid(value: Asn1) -> bool:
    """Whether `value` is an object identifier of the library's."""
    return isinstance(value, univ.ObjectIdentifier)


def octets(value: bytes) -> Asn1:
    """The library's octet string."""
    return univ.OctetString(value)
