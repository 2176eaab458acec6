"""Keeps what conferences lose in step with the links."""

from collections.abc import Iterable, Iterator

from linkwatch.model.conference import Attendance
from linkwatch.model.ids import SiteId
from linkwatch.model.journal import SaveIncident
from linkwatch.model.moment import Moment
from linkwatch.runtime.state import Effects, State


def follow(state: State, effects: Effects, now: Moment, also: Iterable[SiteId] = ()) -> None:
    """The sites of links that changed, or of which an incident did, may be cut off, or no more."""
    if not state.lost.matter(now):
        return

    def cut_off(part: Attendance) -> bool:
        return state.is_cut_off(part.site, part.uses)

    state.lost.look({*_moved(state, effects), *also}, cut_off, now)


def _moved(state: State, effects: Effects) -> Iterator[SiteId]:
    links = state.inventory.links
    yield from (links[link].site for link in effects.touched if link in links)
    for record in effects.records:
        if isinstance(record, SaveIncident):
            yield record.incident.site
            yield from record.incident.affects
