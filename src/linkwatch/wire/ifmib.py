"""IF-MIB (RFC 2863): which objects are asked for, and one row of them as a reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from linkwatch.model.measurement import OperStatus
from linkwatch.wire.snmpvalue import (
    ABSENT,
    BadValue,
    Oid,
    Value,
    ValueType,
    number,
    optional_number,
    text,
)

SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)

_IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IF_X_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)

IF_INDEX: Oid = (*_IF_ENTRY, 1)
IF_SPEED: Oid = (*_IF_ENTRY, 5)
IF_OPER_STATUS: Oid = (*_IF_ENTRY, 8)
IF_IN_OCTETS: Oid = (*_IF_ENTRY, 10)
IF_IN_DISCARDS: Oid = (*_IF_ENTRY, 13)
IF_IN_ERRORS: Oid = (*_IF_ENTRY, 14)
IF_OUT_OCTETS: Oid = (*_IF_ENTRY, 16)
IF_OUT_DISCARDS: Oid = (*_IF_ENTRY, 19)
IF_OUT_ERRORS: Oid = (*_IF_ENTRY, 20)
IF_NAME: Oid = (*_IF_X_ENTRY, 1)
IF_HC_IN_OCTETS: Oid = (*_IF_X_ENTRY, 6)
IF_HC_OUT_OCTETS: Oid = (*_IF_X_ENTRY, 10)
IF_HIGH_SPEED: Oid = (*_IF_X_ENTRY, 15)
IF_ALIAS: Oid = (*_IF_X_ENTRY, 18)
IF_COUNTER_DISCONTINUITY_TIME: Oid = (*_IF_X_ENTRY, 19)

_ALWAYS = (
    IF_OPER_STATUS,
    IF_NAME,
    IF_ALIAS,
    IF_HIGH_SPEED,
    IF_SPEED,
    IF_COUNTER_DISCONTINUITY_TIME,
    IF_IN_ERRORS,
    IF_OUT_ERRORS,
    IF_IN_DISCARDS,
    IF_OUT_DISCARDS,
)
_WIDE = (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS)
_NARROW = (IF_IN_OCTETS, IF_OUT_OCTETS)
_GAUGE_FULL = 2**32 - 1


class Width(IntEnum):
    """Bits of an octet counter."""

    COUNTER32 = 32
    COUNTER64 = 64


@dataclass(frozen=True, slots=True)
class InterfaceReading:
    """One row as the agent told it. `uptime` and `discontinuity` in 1/100 s of sysUpTime.

    Totals in bytes and packets; those of errors and discards are 0 where the agent counts none.
    `line_rate` in bit/s, None where unknown.
    """

    index: int
    uptime: int
    name: str | None
    alias: str | None
    oper: OperStatus
    width: Width
    receive_bytes: int
    transmit_bytes: int
    receive_errors: int
    transmit_errors: int
    receive_discards: int
    transmit_discards: int
    line_rate: int | None
    discontinuity: int


def row_oids(index: int, width: Width | None) -> Sequence[Oid]:
    """The objects to GET for a row; both kinds of counter while its width is not known."""
    columns = {
        Width.COUNTER64: _ALWAYS + _WIDE,
        Width.COUNTER32: _ALWAYS + _NARROW,
        None: _ALWAYS + _WIDE + _NARROW,
    }[width]
    return [(*column, index) for column in columns]


def read_uptime(values: Mapping[Oid, Value]) -> int:
    """sysUpTime of an answer in 1/100 s, or BadValue."""
    return number(values.get(SYS_UP_TIME, ABSENT), ValueType.TIME_TICKS, "sysUpTime")


def read_row(values: Mapping[Oid, Value], index: int) -> InterfaceReading | None:
    """The row `index` of an answer; None where there is no such row (any more), or BadValue."""
    row = _Row(values, index)
    status = row.at(IF_OPER_STATUS)
    if status.type is ValueType.ABSENT:
        return None
    octets = _octets(row)
    if octets is None:
        return None
    width, received, transmitted = octets
    return InterfaceReading(
        index=index,
        uptime=read_uptime(values),
        name=text(row.at(IF_NAME)),
        alias=text(row.at(IF_ALIAS)),
        oper=_oper_status(status),
        width=width,
        receive_bytes=received,
        transmit_bytes=transmitted,
        receive_errors=row.counter32(IF_IN_ERRORS, "ifInErrors") or 0,
        transmit_errors=row.counter32(IF_OUT_ERRORS, "ifOutErrors") or 0,
        receive_discards=row.counter32(IF_IN_DISCARDS, "ifInDiscards") or 0,
        transmit_discards=row.counter32(IF_OUT_DISCARDS, "ifOutDiscards") or 0,
        line_rate=_line_rate(row),
        discontinuity=optional_number(
            row.at(IF_COUNTER_DISCONTINUITY_TIME),
            ValueType.TIME_TICKS,
            "ifCounterDiscontinuityTime",
        )
        or 0,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    values: Mapping[Oid, Value]
    index: int

    def at(self, column: Oid) -> Value:
        return self.values.get((*column, self.index), ABSENT)

    def counter32(self, column: Oid, name: str) -> int | None:
        return optional_number(self.at(column), ValueType.COUNTER32, name)

    def counter64(self, column: Oid, name: str) -> int | None:
        return optional_number(self.at(column), ValueType.COUNTER64, name)


def _octets(row: _Row) -> tuple[Width, int, int] | None:
    received = row.counter64(IF_HC_IN_OCTETS, "ifHCInOctets")
    transmitted = row.counter64(IF_HC_OUT_OCTETS, "ifHCOutOctets")
    if received is not None and transmitted is not None:
        return Width.COUNTER64, received, transmitted
    received = row.counter32(IF_IN_OCTETS, "ifInOctets")
    transmitted = row.counter32(IF_OUT_OCTETS, "ifOutOctets")
    if received is not None and transmitted is not None:
        return Width.COUNTER32, received, transmitted
    return None


_OPER_STATUS = dict(enumerate(OperStatus, start=1))


def _oper_status(value: Value) -> OperStatus:
    status = _OPER_STATUS.get(number(value, ValueType.INTEGER, "ifOperStatus"))
    if status is None:
        raise BadValue("ifOperStatus is none of 1 to 7")
    return status


def _line_rate(row: _Row) -> int | None:
    high = optional_number(row.at(IF_HIGH_SPEED), ValueType.GAUGE32, "ifHighSpeed")
    if high:
        return high * 1_000_000
    low = optional_number(row.at(IF_SPEED), ValueType.GAUGE32, "ifSpeed")
    # A full gauge means "faster than I can say" (RFC 2863, section 3.1.7), not 4.29 Gbit/s.
    return low if low and low != _GAUGE_FULL else None
