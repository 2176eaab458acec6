"""Requests and answers as pysnmp's protocol objects, without any MIB look-up (RFC 3416)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c

from linkwatch.probe.snmp_ber import Asn1
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.wire.snmpvalue import ABSENT, Oid, Value, ValueType

Pdu = Asn1
"""A protocol data unit of pysnmp's."""

_NULL = v2c.null

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
class Answer:
    """A response or report. `variables` in the order they came; hostile until validated."""

    request_id: int
    error_status: int
    is_report: bool
    variables: tuple[tuple[Oid, Value], ...]


def get_request(request_id: int, oids: Iterable[Oid]) -> Pdu:
    """A GetRequest."""
    pdu = rfc1905.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    return _fill(pdu, request_id, oids)


def bulk_request(request_id: int, oids: Iterable[Oid], repetitions: int) -> Pdu:
    """A GetBulkRequest without non-repeaters."""
    pdu = rfc1905.GetBulkRequestPDU()
    v2c.apiBulkPDU.set_defaults(pdu)
    v2c.apiBulkPDU.set_max_repetitions(pdu, repetitions)
    return _fill(pdu, request_id, oids)


def _fill(pdu: Pdu, request_id: int, oids: Iterable[Oid]) -> Pdu:
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_varbinds(pdu, [(oid, _NULL) for oid in oids])
    return pdu


def read_answer(pdu: Pdu) -> Answer:
    """The plain values of a response or report; any other PDU is Unacceptable."""
    is_report = isinstance(pdu, rfc1905.ReportPDU)
    if not (is_report or isinstance(pdu, rfc1905.ResponsePDU)):
        raise Unacceptable("neither a response nor a report")
    return Answer(
        request_id=int(pdu[0]),
        error_status=int(pdu[1]),
        is_report=is_report,
        variables=tuple((tuple(name), _value(value)) for name, value in _variables(pdu)),
    )


def _variables(pdu: Pdu) -> Iterable[tuple[Asn1, Asn1]]:
    return v2c.apiPDU.get_varbinds(pdu)  # type: ignore[no-any-return]  # the library has no types


def _value(value: Asn1) -> Value:
    numeric = _NUMERIC.get(type(value))
    if numeric is not None:
        return Value(numeric, number=int(value))
    if type(value) is rfc1902.OctetString:
        return Value(ValueType.OCTETS, octets=bytes(value))
    if isinstance(value, _NOT_THERE):
        return ABSENT
    return Value(ValueType.OTHER)
