"""Requests as bytes, answers as plain values; no MIB is looked up (RFC 3416)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c

from linkwatch.probe.snmp_ber import Asn1, encode, is_oid, oid_of
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_write import integer, sequence, tagged
from linkwatch.wire.snmpvalue import ABSENT, Oid, Value, ValueType

Pdu = Asn1
"""A protocol data unit of pysnmp's."""

_GET, _RESPONSE, _GET_BULK = 0xA0, 0xA2, 0xA5
_NULL = b"\x05\x00"
_KEPT_REQUESTS = 1024

_NUMERIC = {
    rfc1902.Integer: ValueType.INTEGER,
    rfc1902.Integer32: ValueType.INTEGER,
    rfc1902.Counter32: ValueType.COUNTER32,
    rfc1902.Counter64: ValueType.COUNTER64,
    rfc1902.Gauge32: ValueType.GAUGE32,
    rfc1902.TimeTicks: ValueType.TIME_TICKS,
}
_NOT_THERE = (rfc1905.NoSuchObject, rfc1905.NoSuchInstance, rfc1905.EndOfMibView)


@dataclass(frozen=True, slots=True)
class Request:
    """A request in bytes, but for its id: routers of one make are asked the same at every poll."""

    tag: int
    rest: bytes
    """What follows the id."""

    def numbered(self, request_id: int) -> bytes:
        """The PDU with this id."""
        return tagged(self.tag, integer(request_id), self.rest)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response or report. `variables` in the order they came; hostile until validated."""

    request_id: int
    error_status: int
    is_report: bool
    variables: tuple[tuple[Oid, Value], ...]


@lru_cache(_KEPT_REQUESTS)
def get_request(oids: tuple[Oid, ...]) -> Request:
    """A GetRequest."""
    return Request(_GET, _body(0, 0, oids))


@lru_cache(_KEPT_REQUESTS)
def bulk_request(oids: tuple[Oid, ...], repetitions: int) -> Request:
    """A GetBulkRequest without non-repeaters."""
    return Request(_GET_BULK, _body(0, repetitions, oids))


def _body(first: int, second: int, oids: Iterable[Oid]) -> bytes:
    variables = (sequence(encode(oid_of(oid)), _NULL) for oid in oids)
    return integer(first) + integer(second) + sequence(*variables)


DISCOVERY = get_request(())
"""Asks for nothing: the answer tells who is there (RFC 3414, section 4)."""


def read_answer(pdu: Pdu) -> Answer:
    """The plain values of a response or report; any other PDU is Unacceptable."""
    is_report = isinstance(pdu, rfc1905.ReportPDU)
    if not (is_report or isinstance(pdu, rfc1905.ResponsePDU)):
        raise Unacceptable("neither a response nor a report")
    return Answer(
        request_id=int(pdu[0]),
        error_status=int(pdu[1]),
        is_report=is_report,
        variables=_variables(pdu),
    )


@dataclass(frozen=True, slots=True)
class Notification:
    """A trap or an inform. `response`: the PDU that acknowledges an inform, None for a trap."""

    variables: tuple[tuple[Oid, Value], ...]
    response: bytes | None


def read_notification(pdu: Pdu) -> Notification:
    """What a router sent unasked; any other PDU is Unacceptable."""
    if isinstance(pdu, rfc1905.SNMPv2TrapPDU):
        return Notification(_variables(pdu), None)
    if isinstance(pdu, rfc1905.InformRequestPDU):
        # The same content under another tag (RFC 3416, section 4.2.7).
        return Notification(_variables(pdu), bytes((_RESPONSE,)) + encode(pdu)[1:])
    raise Unacceptable("no notification")


def _variables(pdu: Pdu) -> tuple[tuple[Oid, Value], ...]:
    return tuple((tuple(name), _value(value)) for name, value in v2c.apiPDU.get_varbinds(pdu))


def _value(value: Asn1) -> Value:
    numeric = _NUMERIC.get(type(value))
    if numeric is not None:
        return Value(numeric, number=int(value))
    if type(value) is rfc1902.OctetString:
        return Value(ValueType.OCTETS, octets=bytes(value))
    if is_oid(value):
        return Value(ValueType.OID, oid=tuple(value))
    if isinstance(value, _NOT_THERE):
        return ABSENT
    return Value(ValueType.OTHER)
