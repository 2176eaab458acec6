"""What simulated routers tell beyond what linkwatch asks, and values as their types want them."""

from linkwatch.wire.snmpvalue import MAX_TEXT, Oid, Value, ValueType

SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
IF_NUMBER: Oid = (1, 3, 6, 1, 2, 1, 2, 1, 0)

_IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_INDEX: Oid = (*_IF_ENTRY, 1)
IF_DESCR: Oid = (*_IF_ENTRY, 2)
IF_TYPE: Oid = (*_IF_ENTRY, 3)
IF_ADMIN_STATUS: Oid = (*_IF_ENTRY, 7)
IF_LAST_CHANGE: Oid = (*_IF_ENTRY, 9)
IF_IN_UCAST_PKTS: Oid = (*_IF_ENTRY, 11)
IF_OUT_UCAST_PKTS: Oid = (*_IF_ENTRY, 17)

ETHERNET = 6
"""ifType ethernetCsmacd."""
TICKS = 100
"""TimeTicks a second."""


def text(text: str) -> Value:
    """An OCTET STRING of at most 255 octets."""
    return Value(ValueType.OCTETS, octets=text.encode()[:MAX_TEXT])


def integer(number: int) -> Value:
    """An INTEGER."""
    return Value(ValueType.INTEGER, number=number)


def gauge(number: int) -> Value:
    """A Gauge32; what is more shows as its highest value (RFC 2578, section 7.1.7)."""
    return Value(ValueType.GAUGE32, number=min(number, 2**32 - 1))


def ticks(seconds: float) -> Value:
    """TimeTicks, which begin anew after 497.1 days."""
    return Value(ValueType.TIME_TICKS, number=int(seconds * TICKS) % 2**32)


def counter32(number: int) -> Value:
    """A Counter32, which wraps."""
    return Value(ValueType.COUNTER32, number=number % 2**32)


def counter64(number: int) -> Value:
    """A Counter64, which wraps."""
    return Value(ValueType.COUNTER64, number=number % 2**64)
