"""One row of IF-MIB: what is taken, what is made up for, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.measurement import OperStatus
from linkwatch.wire import ifmib
from linkwatch.wire.ifmib import Width, read_row, row_oids
from linkwatch.wire.snmpvalue import ABSENT, BadValue, Oid, Value, ValueType, text

INDEX = 7


def integer(number: int) -> Value:
    return Value(ValueType.INTEGER, number=number)


def gauge(number: int) -> Value:
    return Value(ValueType.GAUGE32, number=number)


def c32(number: int) -> Value:
    return Value(ValueType.COUNTER32, number=number)


def c64(number: int) -> Value:
    return Value(ValueType.COUNTER64, number=number)


def octets(data: bytes) -> Value:
    return Value(ValueType.OCTETS, octets=data)


def answer(**changes: Value) -> dict[Oid, Value]:
    """A whole row, `changes` by the name of the constant."""
    row = {
        "IF_SPEED": gauge(1_000_000_000),
        "IF_OPER_STATUS": integer(1),
        "IF_IN_OCTETS": c32(111),
        "IF_IN_DISCARDS": c32(1),
        "IF_IN_ERRORS": c32(2),
        "IF_OUT_OCTETS": c32(222),
        "IF_OUT_DISCARDS": c32(3),
        "IF_OUT_ERRORS": c32(4),
        "IF_NAME": octets(b"Gi0/0"),
        "IF_HC_IN_OCTETS": c64(2**40),
        "IF_HC_OUT_OCTETS": c64(2**41),
        "IF_HIGH_SPEED": gauge(1000),
        "IF_ALIAS": octets("GLI-CSE-0001 Chư Sê".encode()),
        "IF_COUNTER_DISCONTINUITY_TIME": Value(ValueType.TIME_TICKS, number=5),
    } | changes
    values = {(*getattr(ifmib, name), INDEX): value for name, value in row.items()}
    values[ifmib.SYS_UP_TIME] = Value(ValueType.TIME_TICKS, number=9_000)
    return values


def test_a_whole_row() -> None:
    row = read_row(answer(), INDEX)
    assert row is not None
    assert (row.uptime, row.discontinuity) == (9_000, 5)
    assert (row.name, row.alias) == ("Gi0/0", "GLI-CSE-0001 Chư Sê")
    assert row.oper is OperStatus.UP
    assert (row.width, row.receive_bytes, row.transmit_bytes) == (Width.COUNTER64, 2**40, 2**41)
    assert (row.receive_errors, row.receive_discards) == (2, 1)
    assert (row.transmit_errors, row.transmit_discards) == (4, 3)
    assert row.line_rate == 1_000_000_000


@pytest.mark.parametrize("number", range(1, 8))
def test_every_status_of_the_standard(number: int) -> None:
    row = read_row(answer(IF_OPER_STATUS=integer(number)), INDEX)
    assert row is not None
    assert row.oper is list(OperStatus)[number - 1]


def test_32_bit_counters_serve_where_there_are_no_others() -> None:
    row = read_row(answer(IF_HC_IN_OCTETS=ABSENT), INDEX)
    assert row is not None
    assert (row.width, row.receive_bytes, row.transmit_bytes) == (Width.COUNTER32, 111, 222)


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (gauge(1000), gauge(5), 1_000_000_000),
        (gauge(0), gauge(256_000), 256_000),
        (ABSENT, gauge(10_000_000), 10_000_000),
        (gauge(0), gauge(2**32 - 1), None),
        (gauge(0), gauge(0), None),
        (ABSENT, ABSENT, None),
    ],
)
def test_the_line_rate(high: Value, low: Value, expected: int | None) -> None:
    row = read_row(answer(IF_HIGH_SPEED=high, IF_SPEED=low), INDEX)
    assert row is not None
    assert row.line_rate == expected


@pytest.mark.parametrize(
    "absent",
    [{"IF_OPER_STATUS": ABSENT}, {"IF_HC_IN_OCTETS": ABSENT, "IF_IN_OCTETS": ABSENT}],
)
def test_a_row_that_is_not_there(absent: dict[str, Value]) -> None:
    assert read_row(answer(**absent), INDEX) is None


def test_errors_and_discards_may_be_missing() -> None:
    row = read_row(answer(IF_IN_ERRORS=ABSENT, IF_OUT_DISCARDS=ABSENT), INDEX)
    assert row is not None
    assert (row.receive_errors, row.transmit_discards) == (0, 0)


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        ({"IF_OPER_STATUS": integer(0)}, "ifOperStatus is none of 1 to 7"),
        ({"IF_OPER_STATUS": octets(b"up")}, "ifOperStatus is OCTET STRING where Integer32 is due"),
        ({"IF_HC_IN_OCTETS": c32(5)}, "ifHCInOctets is Counter32 where Counter64 is due"),
        ({"IF_HC_IN_OCTETS": c64(-1)}, "ifHCInOctets is out of the range of Counter64"),
        ({"IF_HC_OUT_OCTETS": c64(2**64)}, "ifHCOutOctets is out of the range of Counter64"),
        ({"IF_HIGH_SPEED": octets(b"9")}, "ifHighSpeed is OCTET STRING where Gauge32 is due"),
    ],
)
def test_a_lie_is_refused_without_the_liars_text(lie: dict[str, Value], message: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_row(answer(**lie), INDEX)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        (b"Gi0/0", "Gi0/0"),
        (b"Gi0/0\0\0", "Gi0/0"),
        (b"eth0 ", "eth0"),
        (b"", None),
        (b"\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        (b"a\r\nb", "a\ufffd\ufffdb"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("\u202egnp".encode(), "\ufffdgnp"),
        (b"x" * 255, "x" * 255),
        (b"x" * 256, None),
    ],
)
def test_a_devices_text_is_made_safe(told: bytes, taken: str | None) -> None:
    assert text(octets(told)) == taken


@given(st.binary(max_size=300))
def test_no_control_character_survives(data: bytes) -> None:
    safe = text(octets(data))
    assert safe is None or all(char.isprintable() or char == "\ufffd" for char in safe)


def test_what_is_asked_for_fits_the_counters_known() -> None:
    wide, narrow, both = (row_oids(INDEX, width) for width in (*reversed(Width), None))
    assert (*ifmib.IF_HC_IN_OCTETS, INDEX) in wide
    assert (*ifmib.IF_IN_OCTETS, INDEX) not in wide
    assert (*ifmib.IF_IN_OCTETS, INDEX) in narrow
    assert set(wide) | set(narrow) == set(both)
