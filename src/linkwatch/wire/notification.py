"""SNMP notifications: what one says, as far as it is acted on (RFC 3416, 4.2.6; RFC 2863)."""

from collections.abc import Sequence
from typing import NamedTuple

from linkwatch.model.measurement import TrapKind
from linkwatch.wire.ifmib import IF_INDEX
from linkwatch.wire.snmpvalue import Oid, Value, ValueType

SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)

_KINDS = {
    (*_SNMP_TRAPS, 1): TrapKind.COLD_START,
    (*_SNMP_TRAPS, 2): TrapKind.WARM_START,
    (*_SNMP_TRAPS, 3): TrapKind.LINK_DOWN,
    (*_SNMP_TRAPS, 4): TrapKind.LINK_UP,
    (*_SNMP_TRAPS, 5): TrapKind.AUTHENTICATION_FAILURE,
}
_OF_A_LINK = (TrapKind.LINK_DOWN, TrapKind.LINK_UP)


class Notice(NamedTuple):
    """`row`: the row of the interface table it is about; None: the whole router."""

    kind: TrapKind
    row: int | None


def read_notice(variables: Sequence[tuple[Oid, Value]]) -> Notice | None:
    """What the variables of a notification say; None where it is none that is acted on."""
    names = [value.oid for oid, value in variables if oid == SNMP_TRAP_OID]
    kind = _KINDS.get(names[0]) if names else None
    if kind is None:
        return None
    return Notice(kind, _row(variables) if kind in _OF_A_LINK else None)


def _row(variables: Sequence[tuple[Oid, Value]]) -> int | None:
    """ifIndex, which agents give as a variable of its own; some only as the others' last part."""
    for oid, value in variables:
        if oid[:-1] == IF_INDEX and value.type is ValueType.INTEGER:
            return value.number
    rows = {oid[-1] for oid, _ in variables if oid[: len(IF_INDEX) - 1] == IF_INDEX[:-1]}
    return rows.pop() if len(rows) == 1 else None
