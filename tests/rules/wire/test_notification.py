"""What a notification says, as far as it is acted on."""

import pytest

from linkwatch.model.measurement import TrapKind
from linkwatch.wire.ifmib import IF_INDEX, IF_OPER_STATUS, SYS_UP_TIME
from linkwatch.wire.notification import SNMP_TRAP_OID, Notice, read_notice
from linkwatch.wire.snmpvalue import Oid, Value, ValueType

TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
UPTIME = (SYS_UP_TIME, Value(ValueType.TIME_TICKS, number=1))
Variables = list[tuple[Oid, Value]]


def of(*kind: int) -> Variables:
    return [UPTIME, (SNMP_TRAP_OID, Value(ValueType.OID, oid=(*TRAPS, *kind)))]


def number(oid: Oid, value: int) -> tuple[Oid, Value]:
    return oid, Value(ValueType.INTEGER, number=value)


@pytest.mark.parametrize(
    ("variables", "notice"),
    [
        (of(1), Notice(TrapKind.COLD_START, None)),
        (of(2), Notice(TrapKind.WARM_START, None)),
        (of(5), Notice(TrapKind.AUTHENTICATION_FAILURE, None)),
        ([*of(3), number((*IF_INDEX, 7), 7)], Notice(TrapKind.LINK_DOWN, 7)),
        ([*of(4), number((*IF_INDEX, 7), 7)], Notice(TrapKind.LINK_UP, 7)),
        # Some agents send the states of the row, but not its number.
        ([*of(3), number((*IF_OPER_STATUS, 9), 2)], Notice(TrapKind.LINK_DOWN, 9)),
        # Of two rows it cannot be told which one is meant.
        (
            [*of(3), number((*IF_OPER_STATUS, 9), 2), number((*IF_OPER_STATUS, 8), 2)],
            Notice(TrapKind.LINK_DOWN, None),
        ),
        (of(3), Notice(TrapKind.LINK_DOWN, None)),
        ([*of(1), number((*IF_INDEX, 7), 7)], Notice(TrapKind.COLD_START, None)),
    ],
)
def test_what_is_acted_on(variables: Variables, notice: Notice) -> None:
    assert read_notice(variables) == notice


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param([], id="nothing"),
        pytest.param([UPTIME], id="no kind"),
        pytest.param(of(6), id="egpNeighborLoss"),
        pytest.param(of(3, 1), id="below linkDown"),
        pytest.param([UPTIME, number(SNMP_TRAP_OID, 3)], id="a kind that is a number"),
    ],
)
def test_what_is_not(variables: Variables) -> None:
    assert read_notice(variables) is None
