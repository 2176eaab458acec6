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


@contextmanager
def hostile() -> Iterator[None]:
    """Around decoding and reading: the library fails in many ways on bytes made to break it.

    Every one of them becomes Unacceptable.
    """
    try:
        yield
    except (PyAsn1Error, PySnmpError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unacceptable("not an SNMP message") from error


def octets(value: bytes) -> Asn1:
    """The library's octet string."""
    return univ.OctetString(value)
