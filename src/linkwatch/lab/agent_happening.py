"""What happens to simulated routers: told to whoever watches the lab, some of it by a trap."""

from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING

from linkwatch.lab.agent_objects import IF_ADMIN_STATUS, IF_INDEX
from linkwatch.wire.ifmib import IF_OPER_STATUS
from linkwatch.wire.snmpvalue import Oid

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)


class Trap(Enum):
    """Notifications of RFC 3418 and RFC 2863, section 6, by their OID."""

    COLD_START = (*_SNMP_TRAPS, 1)
    LINK_DOWN = (*_SNMP_TRAPS, 3)
    LINK_UP = (*_SNMP_TRAPS, 4)
    AUTHENTICATION_FAILURE = (*_SNMP_TRAPS, 5)


LINK_COLUMNS = (IF_INDEX, IF_ADMIN_STATUS, IF_OPER_STATUS)
"""What a link's notification says of its row (RFC 2863, section 6)."""


@dataclass(frozen=True, slots=True)
class Happening:
    """At `at` (s since the epoch); `index`: the row it is about."""

    at: float
    words: str
    trap: Trap | None = None
    index: int | None = None


def differences(before: "DataclassInstance", after: "DataclassInstance") -> str:
    """What is different, by the names the script has for it; nothing if all is as before."""
    parts = []
    for field in fields(after):
        value = getattr(after, field.name)
        if value != getattr(before, field.name):
            plain = isinstance(value, str | int | float) and not isinstance(value, bool)
            parts.append(f"{field.name} {value}" if plain else field.name)
    return ", ".join(parts)
