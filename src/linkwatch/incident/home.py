"""Where a fault lies, and who answers for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkwatch.model.finding import Family
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.topology import Link, Router, Site, SiteRole

ON_ROUTER = frozenset({Family.INTERFACE})
"""Families of a link's faults that lie in the router that carries it."""


@dataclass(frozen=True, slots=True)
class Home:
    """What an incident takes from the configuration.

    `carrier` answers for it, None: the agency itself; `links` are what it touches.
    """

    site: SiteId
    carrier: CarrierId | None
    circuit: str | None
    links: tuple[LinkId, ...]


def of_link(family: Family, link: Link, router: Router | None) -> Home:
    """Of a link's fault; `router` carries the link."""
    is_routers = family in ON_ROUTER and router is not None
    carrier = router.owner if is_routers and router is not None else link.carrier
    return Home(link.site, carrier, link.circuit, (link.id,))


def of_duty(sites: Iterable[Site]) -> Home | None:
    """Of a carrier's duty: whose rosters they are is for the centre to ask; None without a site."""
    known = list(sites)
    hub = next((site for site in known if site.role is SiteRole.HUB), None)
    centre = hub or next(iter(known), None)
    return Home(centre.id, None, None, ()) if centre is not None else None


def of_work(links: Sequence[Link], sites: Iterable[Site]) -> Home | None:
    """Of work at the time of a conference: at the one site of these links, else at the centre."""
    at = {link.site for link in links}
    if len(at) != 1:
        return of_duty(sites)
    return Home(links[0].site, None, None, tuple(link.id for link in links))


def of_router(router: Router, links: Iterable[Link]) -> Home:
    """Of a router's fault; of `links`, those that it carries are touched."""
    carried = (x.id for x in links if x.interface and x.interface.router == router.id)
    return Home(router.site, router.owner, None, tuple(carried))
