"""One scrape of what has many children: asked of its owner as it is now, written in small steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from linkwatch.conference.windows import open_at
from linkwatch.model.finding import LinkState, SiteState
from linkwatch.model.ids import ConferenceId, LinkId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.ports import Clock, LinkFigures
from linkwatch.web.conferencefamilies import (
    CONFERENCE_FAMILIES,
    PART_FAMILIES,
    ConferenceBatch,
    PartBatch,
)
from linkwatch.web.exposition import Format, in_parts
from linkwatch.web.incidentfamilies import INCIDENT_FAMILIES, WAITING_FAMILIES, waiting
from linkwatch.web.linkbatch import LinkBatch
from linkwatch.web.linkfamilies import LINK_FAMILIES, ROUTER_FAMILIES
from linkwatch.web.linkrow import LinkRow
from linkwatch.web.loadfamilies import LOAD_FAMILIES
from linkwatch.web.rows import Rows
from linkwatch.web.sitefamilies import SITE_FAMILIES, SiteBatch

ROWS_JUDGED, ROWS_WRITTEN = 100, 500
"""So many are looked at, or written of, in one go, for 1 to 3 ms; then others may run."""

Shown = tuple[SiteId, Sequence[LinkState]]
"""A site, and its links' states."""
Part = tuple[ConferenceId, SiteId]
"""The part that a site has in a conference."""


def _not_judged(links: Sequence[LinkId]) -> Sequence[LinkFigures]:
    return [LinkFigures(link, LinkState.UNKNOWN) for link in links]


def _sites_not_judged(shown: Sequence[Shown]) -> Sequence[SiteState]:
    return [SiteState.UNKNOWN] * len(shown)


def _nothing_lost(parts: Sequence[Part]) -> Sequence[float]:
    return [0.0] * len(parts)


@dataclass(slots=True)
class Sources:
    """Who is asked what is not counted here, each for so many at a time."""

    judged: Callable[[Sequence[LinkId]], Sequence[LinkFigures]] = _not_judged
    """The figures of links."""
    sites_judged: Callable[[Sequence[Shown]], Sequence[SiteState]] = _sites_not_judged
    """The states of sites whose links are shown so."""
    lost: Callable[[Sequence[Part]], Sequence[float]] = _nothing_lost
    """For how long (s) each of these sites was cut off while the conference ran."""
    open_incidents: Callable[[], Sequence[Incident]] = tuple
    """The incidents that are not closed."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """Rows as they are at its beginning: a reload meanwhile makes others."""

    rows: Rows
    sources: Sources
    clock: Clock
    written_in: Format

    def chunks(self) -> Iterator[bytes]:
        """The families as text, in chunks, some empty; others may run between two of them."""
        yield from self._incidents()
        yield from self._conferences()
        yield from self._links()
        # After the links: their states are those that were just shown.
        yield from self._sites()
        for family in ROUTER_FAMILIES:
            routers = tuple(self.rows.routers.values())
            yield from family.render(in_parts(routers, ROWS_WRITTEN), self.written_in)

    def _incidents(self) -> Iterator[bytes]:
        incidents = self.sources.open_incidents()
        queue = tuple(waiting(incidents, self.clock.now().wall))
        for of_all in WAITING_FAMILIES:
            yield from of_all.render([queue], self.written_in)
        for family in INCIDENT_FAMILIES:
            yield from family.render(in_parts(incidents, ROWS_WRITTEN), self.written_in)

    def _conferences(self) -> Iterator[bytes]:
        on = open_at(self.rows.conferences, self.clock.now().wall)
        for of_all in CONFERENCE_FAMILIES:
            yield from of_all.render([ConferenceBatch(self.rows.conferences, on)], self.written_in)
        batches = []
        for rows in in_parts(self.rows.parts, ROWS_WRITTEN):
            lost = self.sources.lost([(row.conference, row.site) for row in rows])
            batches.append(PartBatch(rows, on, lost))
            yield b""
        for family in PART_FAMILIES:
            yield from family.render(batches, self.written_in)

    def _links(self) -> Iterator[bytes]:
        batches = []
        for rows in in_parts(tuple(self.rows.links.values()), ROWS_WRITTEN):
            figures: list[LinkFigures] = []
            for some in in_parts(rows, ROWS_JUDGED):
                figures += self._judged(some)
                yield b""
            batches.append(LinkBatch(rows, figures))
        for family in (*LINK_FAMILIES, *LOAD_FAMILIES):
            yield from family.render(batches, self.written_in)

    def _judged(self, rows: Sequence[LinkRow]) -> Sequence[LinkFigures]:
        figures = self.sources.judged([row.id for row in rows])
        now = self.clock.now().wall
        for row, one in zip(rows, figures, strict=True):
            row.seen(one.state, now)
        return figures

    def _sites(self) -> Iterator[bytes]:
        batches = []
        for rows in in_parts(self.rows.sites, ROWS_WRITTEN):
            states: list[SiteState] = []
            for some in in_parts(rows, ROWS_JUDGED):
                states += self.sources.sites_judged([row.shown for row in some])
                yield b""
            batches.append(SiteBatch(rows, states))
        for family in SITE_FAMILIES:
            yield from family.render(batches, self.written_in)
