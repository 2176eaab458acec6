"""What carries a conference to those who take part in it."""

from collections.abc import Iterable, Mapping, Set

from linkwatch.model.conference import Conference
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


def runs_over(inventory: Inventory, conference: Conference) -> frozenset[LinkId]:
    """The links that a conference runs over: those in use at its sites, what these pass, and all
    that carries every conference.
    """
    used = {attendance.site: attendance.use for attendance in conference.sites}
    in_use = {
        link.id
        for link in inventory.links.values()
        if link.site in used and (not used[link.site] or link.id in used[link.site])
    }
    passed = _upwards(inventory.links, in_use)
    return frozenset(passed) | of_all(inventory)


def with_parents(links: Mapping[LinkId, Link], sites: Set[SiteId]) -> Mapping[LinkId, Link]:
    """The links of these sites, and all that these pass on their way."""
    return _upwards(links, (link.id for link in links.values() if link.site in sites))


def _upwards(links: Mapping[LinkId, Link], some: Iterable[LinkId]) -> Mapping[LinkId, Link]:
    needed: dict[LinkId, Link] = {}
    for link in some:
        passed: Link | None = links[link]
        while passed is not None and passed.id not in needed:
            needed[passed.id] = passed
            passed = links.get(passed.parent) if passed.parent is not None else None
    return needed
