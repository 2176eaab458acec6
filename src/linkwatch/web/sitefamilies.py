"""The metric families whose children are sites."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkwatch.model.finding import LinkState, SiteState
from linkwatch.model.ids import SiteId
from linkwatch.model.topology import Site
from linkwatch.web.exposition import Family, label, number, same_for_all
from linkwatch.web.linkrow import LinkRow


class SiteRow:
    """What one site's samples have in their braces, and the rows of its links."""

    __slots__ = ("id", "info", "links", "name")

    def __init__(self, site: Site, links: Sequence[LinkRow]) -> None:
        self.id = site.id
        self.links = tuple(links)
        self.name = f'site="{label(site.id)}"'
        self.info = (
            f'level="{site.level}",parent="{label(site.parent or "")}",role="{site.role}"'
            f',{self.name},site_name="{label(site.name)}"'
        )

    @property
    def shown(self) -> tuple[SiteId, Sequence[LinkState]]:
        """The site and its links' states as they were seen last."""
        return self.id, [row.state or LinkState.UNKNOWN for row in self.links]


@dataclass(frozen=True, slots=True)
class SiteBatch:
    """Some sites, and beside them the states they are in."""

    rows: Sequence[SiteRow]
    states: Sequence[SiteState]


def _info(batch: SiteBatch) -> Iterable[str]:
    return [f"linkwatch_site_info{{{row.info}}} 1.0\n" for row in batch.rows]


def _state(batch: SiteBatch) -> Iterable[str]:
    return [_STATES[now](row.name) for row, now in zip(batch.rows, batch.states, strict=True)]


_STATES = {
    now: same_for_all(
        f'linkwatch_site_state{{%s,state="{state}"}} {number(state is now)}\n'
        for state in SiteState
    )
    for now in SiteState
}

SITE_FAMILIES: tuple[Family[SiteBatch], ...] = (
    Family("linkwatch_site_info", "gauge", "What a site is.", _info),
    Family("linkwatch_site_state", "gauge", "State of a site: the one that is 1.", _state),
)
