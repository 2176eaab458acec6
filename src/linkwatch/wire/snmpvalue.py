"""SNMP values as plain Python, whatever library has decoded them (RFC 3416, RFC 2578)."""

from enum import StrEnum
from typing import NamedTuple

Oid = tuple[int, ...]

MAX_TEXT = 255
"""Longest DisplayString and SnmpAdminString, in octets."""


class ValueType(StrEnum):
    """The types an answer may carry; everything we never ask for is `other`."""

    INTEGER = "Integer32"
    COUNTER32 = "Counter32"
    COUNTER64 = "Counter64"
    GAUGE32 = "Gauge32"
    TIME_TICKS = "TimeTicks"
    OCTETS = "OCTET STRING"
    OID = "OBJECT IDENTIFIER"
    ABSENT = "no such object"
    OTHER = "another type"


class Value(NamedTuple):
    """One variable's value; `number` counts for numeric types, the others for theirs."""

    type: ValueType
    number: int = 0
    octets: bytes = b""
    oid: Oid = ()


ABSENT = Value(ValueType.ABSENT)


class BadValue(ValueError):
    """An agent sent what its MIB does not allow; the message holds no text of the agent's."""


_RANGE = {
    ValueType.INTEGER: (-(2**31), 2**31 - 1),
    ValueType.COUNTER32: (0, 2**32 - 1),
    ValueType.COUNTER64: (0, 2**64 - 1),
    ValueType.GAUGE32: (0, 2**32 - 1),
    ValueType.TIME_TICKS: (0, 2**32 - 1),
}


def number(value: Value, due: ValueType, name: str) -> int:
    """The number in `value`, which must be of type `due` and in its range, or BadValue."""
    if value.type is not due:
        raise BadValue(f"{name} is {value.type} where {due} is due")
    low, high = _RANGE[due]
    if not low <= value.number <= high:
        raise BadValue(f"{name} is out of the range of {due}")
    return value.number


def optional_number(value: Value, due: ValueType, name: str) -> int | None:
    """As `number`, but None where the agent has no such object."""
    return None if value.type is ValueType.ABSENT else number(value, due, name)


def text(value: Value) -> str | None:
    """A device's text, safe to compare and show; None where there is none or it is too long.

    Trailing NULs and blanks go; other control and undecodable characters become U+FFFD.
    """
    if value.type is not ValueType.OCTETS or len(value.octets) > MAX_TEXT:
        return None
    decoded = value.octets.decode("utf-8", errors="replace").rstrip("\0 ")
    return "".join(char if char.isprintable() else "\ufffd" for char in decoded) or None
