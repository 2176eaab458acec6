"""What is probed through which of our own uplinks, by the configuration."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address

from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Level, Link, LinkKind
from linkwatch.model.uplink import Member


def references_of(inventory: Inventory, kind: LinkKind) -> Sequence[tuple[CarrierId, str]]:
    """The carriers' references that are probed through the uplink of a kind.

    A public address is asked over the Internet, any other over the WAN; all over the one uplink
    where there is only one.
    """
    every = [(c.id, address) for c in inventory.carriers.values() for address in c.reference]
    if len(inventory.own_uplinks) == 1:
        return every
    return [(c, address) for c, address in every if way_to(address) is kind]


def way_to(address: str) -> LinkKind:
    """The kind of line that an address, or a name, is asked over."""
    try:
        is_public = ip_address(address).is_global
    except ValueError:
        return LinkKind.INTERNET
    return LinkKind.INTERNET if is_public else LinkKind.WAN


def own_links(inventory: Inventory) -> Iterator[tuple[LinkKind, Link]]:
    """Each uplink once, though it may be that of both kinds."""
    seen: set[LinkId] = set()
    for kind, own in inventory.own_uplinks.items():
        if own in inventory.links and own not in seen:
            seen.add(own)
            yield kind, inventory.links[own]


def members_of(inventory: Inventory, own: Link) -> Mapping[LinkId, Member]:
    """The links whose probes leave through it: of its kinds, and by the same way out of this host.

    The uplinks themselves are not among them.
    """
    kinds = {kind for kind, link in inventory.own_uplinks.items() if link == own.id}
    uplinks = frozenset(inventory.own_uplinks.values())
    return {
        link.id: Member(link.carrier, _area(inventory, link.site, own.site))
        for link in inventory.links.values()
        if link.kind in kinds and link.source == own.source and link.id not in uplinks
    }


def _area(inventory: Inventory, site: SiteId, centre: SiteId) -> SiteId:
    """The district that a site hangs on: the uppermost site that is not the province's own."""
    while True:
        parent = inventory.sites[site].parent
        if parent in (None, centre) or inventory.sites[parent].level is Level.PROVINCE:
            return site
        site = parent
