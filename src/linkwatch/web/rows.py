"""What is shown of a configuration: the rows of its links, routers, sites and conferences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linkwatch.model.conference import Conference
from linkwatch.model.ids import LinkId, RouterId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.timing.phase import by_phase
from linkwatch.web.conferencefamilies import PartRow, part_rows
from linkwatch.web.linkrow import LinkRow, RouterRow
from linkwatch.web.sitefamilies import SiteRow


@dataclass(frozen=True, slots=True)
class Rows:
    """Of one configuration; links in the order in which they are probed."""

    links: Mapping[LinkId, LinkRow] = field(default_factory=dict)
    routers: Mapping[RouterId, RouterRow] = field(default_factory=dict)
    sites: Sequence[SiteRow] = ()
    parts: Sequence[PartRow] = ()
    conferences: Sequence[Conference] = ()


def rows_of(inventory: Inventory, before: Rows) -> Rows:
    """Those of a (new) configuration; what stays in it keeps its counts."""
    links = _links(inventory, before)
    return Rows(
        links=links,
        routers=_routers(inventory, before, links),
        sites=_sites(inventory, links),
        parts=tuple(part_rows(inventory)),
        conferences=tuple(inventory.conferences.values()),
    )


def _links(inventory: Inventory, before: Rows) -> Mapping[LinkId, LinkRow]:
    rows = {}
    for link in map(inventory.links.__getitem__, by_phase(inventory.links)):
        site, row = inventory.sites[link.site], before.links.get(link.id)
        if row is None:
            row = LinkRow(link, site)
        else:
            row.describe(link, site)
        rows[link.id] = row
    return rows


def _routers(
    inventory: Inventory, before: Rows, links: Mapping[LinkId, LinkRow]
) -> Mapping[RouterId, RouterRow]:
    rows = {
        router.id: before.routers.get(router.id) or RouterRow(router)
        for router in inventory.routers.values()
        if router.snmp is not None
    }
    for row in rows.values():
        row.links = []
    for link in inventory.links.values():
        if link.interface is not None and link.interface.router in rows:
            rows[link.interface.router].links.append(links[link.id])
    return rows


def _sites(inventory: Inventory, links: Mapping[LinkId, LinkRow]) -> tuple[SiteRow, ...]:
    at: dict[SiteId, list[LinkRow]] = {site: [] for site in inventory.sites}
    for link in inventory.links.values():
        at[link.site].append(links[link.id])
    return tuple(SiteRow(site, at[site.id]) for site in inventory.sites.values())
