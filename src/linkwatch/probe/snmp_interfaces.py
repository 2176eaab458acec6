"""Which row of the interface table carries a link: by name or alias, once, and checked since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import InterfaceFault
from linkwatch.model.topology import InterfaceKey, InterfaceRef
from linkwatch.probe.snmp_peer import Session
from linkwatch.wire.ifmib import IF_ALIAS, IF_NAME, InterfaceReading
from linkwatch.wire.snmpvalue import Oid, text

LIFETIME = 3600.0
"""s after which all names are read again: a second row may have got the same alias since."""
RETRY = 60.0
"""s between two walks in search of an interface that is missing or ambiguous."""

_COLUMN: Mapping[InterfaceKey, Oid] = {InterfaceKey.NAME: IF_NAME, InterfaceKey.ALIAS: IF_ALIAS}

Found = int | InterfaceFault


@dataclass(frozen=True, slots=True)
class Resolution:
    """The rows found by a walk at `at` (monotonic s)."""

    at: float
    rows: Mapping[LinkId, Found] = field(default_factory=dict)

    def is_due(self, now: float) -> bool:
        """Whether to walk again."""
        has_fault = any(isinstance(row, InterfaceFault) for row in self.rows.values())
        return now - self.at >= (RETRY if has_fault else LIFETIME)


def is_walked(watched: Mapping[LinkId, InterfaceRef]) -> bool:
    """Whether any interface has to be looked for at all."""
    return any(ref.key in _COLUMN for ref in watched.values())


async def resolve(
    session: Session, watched: Mapping[LinkId, InterfaceRef], now: float
) -> Resolution:
    """Find each link's row; PollFailure as for any request."""
    tables: dict[InterfaceKey, dict[str, list[int]]] = {}
    for key in sorted({ref.key for ref in watched.values()} & _COLUMN.keys()):
        tables[key] = _by_text(await _texts(session, _COLUMN[key]))
    rows = {link: _find(ref, tables) for link, ref in watched.items()}
    return Resolution(now, rows)


def matches(ref: InterfaceRef, reading: InterfaceReading) -> bool:
    """Whether the row still bears the name it was found by."""
    if ref.key is InterfaceKey.NAME:
        return reading.name == ref.value
    if ref.key is InterfaceKey.ALIAS:
        return reading.alias == ref.value
    return str(reading.index) == ref.value


async def _texts(session: Session, column: Oid) -> Iterable[tuple[int, str]]:
    rows = await session.walk(column)
    return [(index, known) for index, value in rows.items() if (known := text(value)) is not None]


def _by_text(rows: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    table: dict[str, list[int]] = {}
    for index, name in rows:
        table.setdefault(name, []).append(index)
    return table


def _find(ref: InterfaceRef, tables: Mapping[InterfaceKey, Mapping[str, list[int]]]) -> Found:
    if ref.key is InterfaceKey.INDEX:
        return int(ref.value)
    indexes = tables[ref.key].get(ref.value, [])
    if len(indexes) > 1:
        return InterfaceFault.AMBIGUOUS
    return indexes[0] if indexes else InterfaceFault.MISSING
