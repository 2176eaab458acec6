"""Addresses whose place is known from the configuration: they tell the segments of a way apart."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Link, Place, SiteRole

if TYPE_CHECKING:
    from linkwatch.model.ids import SiteId


@dataclass(frozen=True, slots=True)
class Marks:
    """For one link: our own side's addresses, those of the carrier's end of it, the site's.

    `ends_at_site`: whether the target that is traced stands there, else at the carrier's end.
    """

    province: frozenset[str]
    carrier_end: frozenset[str]
    site: frozenset[str]
    ends_at_site: bool


class Landmarks:
    """Of one configuration. Our own side is the hub's, and that of the lines we probe through."""

    def __init__(self, inventory: Inventory) -> None:
        found: defaultdict[SiteId, set[str]] = defaultdict(set)
        for router in inventory.routers.values():
            found[router.site].add(router.address)
        for link in inventory.links.values():
            found[link.site].update(t.address for t in link.targets if t.place is Place.SITE)
        uplinks = (inventory.links.get(link) for link in inventory.own_uplinks.values())
        self._ours = {site.id for site in inventory.sites.values() if site.role is SiteRole.HUB}
        self._ours |= {link.site for link in uplinks if link is not None}
        self._by_site = {site: frozenset(addresses) for site, addresses in found.items()}
        self._province = frozenset(a for site in self._ours for a in found[site])

    def of(self, link: Link, target: int) -> Marks:
        """For a trace to the target at this position. A line of our own ends at its carrier."""
        is_ours = link.site in self._ours
        return Marks(
            province=self._province,
            carrier_end=frozenset(t.address for t in link.targets if t.place is Place.CARRIER),
            site=frozenset() if is_ours else self._by_site.get(link.site, frozenset()),
            ends_at_site=not is_ours and link.targets[target].place is Place.SITE,
        )
