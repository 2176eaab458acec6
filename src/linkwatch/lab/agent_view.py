"""Everything a router tells at one moment, in the order of a walk."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

from linkwatch.lab.agent_objects import IF_DESCR
from linkwatch.wire.ifmib import IF_ALIAS, IF_NAME
from linkwatch.wire.snmpvalue import ABSENT, Oid, Value

Cells = Mapping[Oid, Value]
"""A row by its columns."""

_NAMES = {IF_DESCR, IF_NAME, IF_ALIAS}


class View:
    """Rows are made when they are asked for: most requests are for few of a table's.

    `unreadable`: rows of which only a walk finds something, their names. `absent`: columns that
    are not there.
    """

    def __init__(
        self,
        scalars: Mapping[Oid, Value],
        rows: Mapping[int, Callable[[], Cells]],
        unreadable: Collection[int] = (),
        absent: Collection[Oid] = (),
    ) -> None:
        self._scalars = scalars
        self._rows = rows
        self._unreadable = unreadable
        self._absent = absent
        self._made: dict[int, Cells] = {}

    def get(self, oid: Oid) -> Value:
        """The value of an object; ABSENT where there is none."""
        column = oid[:-1]
        if column in self._absent:
            return ABSENT
        if oid in self._scalars:
            return self._scalars[oid]
        if not oid or oid[-1] in self._unreadable:
            return ABSENT
        return self._row(oid[-1]).get(column, ABSENT)

    def after(self, oid: Oid) -> tuple[Oid, Value] | None:
        """The next object after `oid` with its value; None at the end."""
        place = bisect_right(self._order, oid)
        if place == len(self._order):
            return None
        found = self._order[place]
        if found in self._scalars:
            return found, self._scalars[found]
        return found, self._row(found[-1])[found[:-1]]

    def _row(self, index: int) -> Cells:
        row = self._made.get(index)
        if row is None:
            make = self._rows.get(index)
            row = self._made[index] = {} if make is None else make()
        return row

    @cached_property
    def _order(self) -> Sequence[Oid]:
        cells = [
            (*column, index)
            for index in self._rows
            for column in self._row(index)
            if index not in self._unreadable or column in _NAMES
        ]
        return sorted(oid for oid in (*self._scalars, *cells) if oid[:-1] not in self._absent)
