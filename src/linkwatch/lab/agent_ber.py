"""SNMP messages as an agent reads and writes them, in Basic Encoding Rules by pyasn1 and pysnmp.

What an agent need not look into stays encoded: variable bindings, which are nine tenths of a
message and the same at every poll, and in an answer all that came before.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

# The library has no types: these lines are the lab's only door to it.
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]
from pyasn1.type import namedtype, tag, univ  # type: ignore[import-untyped]
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.mpmod.rfc3412 import HeaderData

from linkwatch.wire.snmpvalue import Oid, Value, ValueType

Asn1 = Any
"""One of the library's objects."""


class Malformed(Exception):  # noqa: N818  what an agent forgets, not what it fails at
    """No message that an agent has an answer to."""


class PduKind(Enum):
    """Protocol data units by their tag (RFC 3416, section 3)."""

    GET = 0
    GET_NEXT = 1
    RESPONSE = 2
    SET = 3
    GET_BULK = 5
    TRAP = 7
    REPORT = 8


class ErrorStatus(Enum):
    """Of those of RFC 3416, section 3, the ones an agent here has a use for."""

    NONE = 0
    TOO_BIG = 1
    GEN_ERR = 5
    AUTHORIZATION_ERROR = 16
    NOT_WRITABLE = 17


Told = Value | Oid | None
"""What stands beside a name: a value, an OBJECT IDENTIFIER, or None for endOfMibView."""
Binding = tuple[Oid, Told]


class Pdu(NamedTuple):
    """A request; of GETBULK, `first` and `second` are non-repeaters and max-repetitions."""

    kind: PduKind
    request_id: int
    first: int
    second: int
    oids: tuple[Oid, ...]


class _LeanPdu(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815  the library's name
        namedtype.NamedType("request-id", univ.Integer()),
        namedtype.NamedType("error-status", univ.Integer()),
        namedtype.NamedType("error-index", univ.Integer()),
        namedtype.NamedType("variable-bindings", univ.Any()),
    )


def _tagged(kind: PduKind) -> Asn1:
    mark = tag.Tag(tag.tagClassContext, tag.tagFormatConstructed, kind.value)
    return _LeanPdu().subtype(implicitTag=mark)


_PDU = {kind: _tagged(kind) for kind in PduKind}


class _LeanPdus(univ.Choice):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815
        *(namedtype.NamedType(kind.name, pdu) for kind, pdu in _PDU.items())
    )


class CommunityMessage(univ.Sequence):  # type: ignore[misc]
    """RFC 1901, section 3."""

    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("version", univ.Integer()),
        namedtype.NamedType("community", univ.OctetString()),
        namedtype.NamedType("data", _LeanPdus()),
    )


class ScopedPdu(univ.Sequence):  # type: ignore[misc]
    """RFC 3412, section 6."""

    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("contextEngineID", univ.OctetString()),
        namedtype.NamedType("contextName", univ.OctetString()),
        namedtype.NamedType("data", _LeanPdus()),
    )


class _ScopedPduData(univ.Choice):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("plaintext", ScopedPdu()),
        namedtype.NamedType("encryptedPDU", univ.OctetString()),
    )


class UserMessage(univ.Sequence):  # type: ignore[misc]
    """RFC 3412, section 6."""

    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("msgVersion", univ.Integer()),
        namedtype.NamedType("msgGlobalData", HeaderData()),
        namedtype.NamedType("msgSecurityParameters", univ.OctetString()),
        namedtype.NamedType("msgData", _ScopedPduData()),
    )


_BINDINGS = rfc1905.VarBindList()
_SEQUENCE = univ.OctetString(
    tagSet=tag.initTagSet(tag.Tag(tag.tagClassUniversal, tag.tagFormatConstructed, 0x10))
)
"""A SEQUENCE whose contents are encoded already."""
_SYNTAX = {
    ValueType.INTEGER: rfc1902.Integer32,
    ValueType.COUNTER32: rfc1902.Counter32,
    ValueType.COUNTER64: rfc1902.Counter64,
    ValueType.GAUGE32: rfc1902.Gauge32,
    ValueType.TIME_TICKS: rfc1902.TimeTicks,
}


_BROKEN = (
    *(PyAsn1Error, PySnmpError, RecursionError),
    *(ValueError, LookupError, TypeError, ArithmeticError),
)


@contextmanager
def reading() -> Iterator[None]:
    """Around decoding: whatever the library fails with on a stranger's bytes is Malformed."""
    try:
        yield
    except _BROKEN as error:
        raise Malformed("not an SNMP message") from error


def decode(octets: bytes, specification: Asn1) -> Asn1:
    """`octets` as an object of `specification`; fails as `reading` tells."""
    decoded, _ = decoder.decode(octets, asn1Spec=specification)
    return decoded


def encode(value: Asn1) -> bytes:
    """`value` in bytes."""
    return bytes(encoder.encode(value))


def octet_string(octets: bytes) -> Asn1:
    """The library's octet string, as its services want it."""
    return univ.OctetString(octets)


def read_pdu(data: Asn1) -> Pdu:
    """The PDU in a message's `data`; fails as `reading` tells."""
    pdu = data.getComponent()
    first, second = int(pdu[1]), int(pdu[2])
    return Pdu(PduKind[data.getName()], int(pdu[0]), first, second, _names(bytes(pdu[3])))


@lru_cache(maxsize=4096)
def _names(bindings: bytes) -> tuple[Oid, ...]:
    return tuple(tuple(binding[0]) for binding in decode(bindings, _BINDINGS))


def write_pdu(
    data: Asn1,
    kind: PduKind,
    request_id: int,
    bindings: Iterable[Binding] = (),
    error: tuple[ErrorStatus, int] = (ErrorStatus.NONE, 0),
) -> None:
    """Put a PDU into a message's `data`; `error`: its status, and which binding it is about."""
    pdu = _PDU[kind].clone()
    whole = b"".join([_binding(oid, told) for oid, told in bindings])
    for place, value in enumerate((request_id, error[0].value, error[1])):
        pdu[place] = value
    pdu[3] = encode(_SEQUENCE.clone(whole))
    data.setComponentByName(kind.name, pdu)


@lru_cache(maxsize=8192)
def _binding(oid: Oid, told: Told) -> bytes:
    """Most of what a router tells is what it told last time."""
    return encode(_SEQUENCE.clone(_name(oid) + _told(told)))


@lru_cache(maxsize=4096)
def _name(oid: Oid) -> bytes:
    return encode(rfc1902.ObjectName(oid))


def _told(told: Told) -> bytes:
    if told is None:
        return encode(rfc1905.endOfMibView)
    if not isinstance(told, Value):
        return _name(told)
    if told.type is ValueType.OCTETS:
        return encode(rfc1902.OctetString(told.octets))
    if told.type is ValueType.ABSENT:
        return encode(rfc1905.noSuchInstance)
    return encode(_SYNTAX[told.type](told.number))
