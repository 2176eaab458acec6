"""What is asked more often while a conference's window is open."""

from dataclasses import dataclass
from datetime import datetime

from linkwatch.conference import windows
from linkwatch.conference.carrying import carries_all, with_parents
from linkwatch.model.ids import LinkId, RouterId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Method


@dataclass(frozen=True, slots=True)
class Hurried:
    """Links to be probed, and routers to be polled, at their conference interval."""

    links: frozenset[LinkId] = frozenset()
    routers: frozenset[RouterId] = frozenset()


def hurried(inventory: Inventory, at: datetime) -> Hurried:
    """What a conference needs at `at`: all links, in use or spare, of its sites and of the hub and
    the main hall, the links these pass, and the routers that carry any of them.
    """
    sites = _sites(inventory, at)
    if not sites:
        return Hurried()
    needed = with_parents(inventory.links, sites).values()
    routers = {router.id for router in inventory.routers.values() if router.site in sites}
    routers.update(link.interface.router for link in needed if link.interface is not None)
    return Hurried(
        # A site that calls us sets its own pace.
        frozenset(x.id for x in needed if any(t.method is not Method.PUSH for t in x.targets)),
        frozenset(r for r in routers if _may_be_asked(inventory, r)),
    )


def _sites(inventory: Inventory, at: datetime) -> frozenset[SiteId]:
    on = windows.open_at(inventory.conferences.values(), at)
    if not on:
        return frozenset()
    seats = (a.site for conference in on for a in inventory.conferences[conference].sites)
    return frozenset((*seats, *(s.id for s in inventory.sites.values() if carries_all(s))))


def _may_be_asked(inventory: Inventory, router: RouterId) -> bool:
    known = inventory.routers.get(router)
    return known is not None and known.snmp is not None
