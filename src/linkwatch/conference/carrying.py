"""What carries a conference to those who take part in it."""

from collections.abc import Mapping, Set

from linkwatch.model.ids import LinkId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Link, Site, SiteRole


def carries_all(site: Site) -> bool:
    """Whether every conference passes the site: the hub, or the main hall."""
    return site.role is not SiteRole.SITE


def of_all(inventory: Inventory) -> frozenset[LinkId]:
    """The links of the hub and the main hall, and those that these pass."""
    sites = {site.id for site in inventory.sites.values() if carries_all(site)}
    return frozenset(with_parents(inventory.links, sites))


def with_parents(links: Mapping[LinkId, Link], sites: Set[SiteId]) -> Mapping[LinkId, Link]:
    """The links of these sites, and all that these pass on their way."""
    needed: dict[LinkId, Link] = {}
    for link in links.values():
        passed: Link | None = link if link.site in sites else None
        while passed is not None and passed.id not in needed:
            needed[passed.id] = passed
            passed = links.get(passed.parent) if passed.parent is not None else None
    return needed
