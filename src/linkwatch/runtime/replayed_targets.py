"""Where a result of a recording belongs now: links and their targets may be others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Overdue, ProbeResult
from linkwatch.model.recording import RecordedLink
from linkwatch.model.topology import Link

T = TypeVar("T", ProbeResult, Overdue)


class TargetsNow:
    """Follows a table of the recording through the configuration of now."""

    def __init__(self, table: Mapping[LinkId, RecordedLink], inventory: Inventory) -> None:
        self._same = {k for k, link in table.items() if link.targets == inventory.links[k].targets}
        self._moved = {
            key: _positions(link, inventory.links[key])
            for key, link in table.items()
            if key not in self._same
        }

    def results(self, results: Iterable[ProbeResult]) -> list[ProbeResult]:
        """Those that are of a target which is there still."""
        same = self._same
        kept = [result for result in results if result.link in same]
        return kept + self._found(results, _result_at) if self._moved else kept

    def overdue(self, overdue: Iterable[Overdue]) -> list[Overdue]:
        """As `results`."""
        kept = [one for one in overdue if one.link in self._same]
        return kept + self._found(overdue, _overdue_at) if self._moved else kept

    def _found(self, measured: Iterable[T], at: Callable[[T, int], T]) -> list[T]:
        places = ((one, self._moved.get(one.link, {}).get(one.target)) for one in measured)
        return [at(one, place) for one, place in places if place is not None]


def _positions(recorded: RecordedLink, link: Link) -> dict[int, int]:
    """The place of each recorded target among the link's own, as far as it is one."""
    now = {(t.address, t.method, t.port): place for place, t in enumerate(link.targets)}
    then = enumerate((t.address, t.method, t.port) for t in recorded.targets)
    return {place: now[key] for place, key in then if key in now}


def _result_at(result: ProbeResult, place: int) -> ProbeResult:
    return result._replace(target=place)


def _overdue_at(overdue: Overdue, place: int) -> Overdue:
    return replace(overdue, target=place)
