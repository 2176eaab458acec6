"""Where a fault lies, and who answers for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkwatch.model.finding import Family
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.model.path import Confidence
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Level, Link, Router, Site, SiteRole
from linkwatch.model.uplink import Ground

ON_ROUTER = frozenset({Family.INTERFACE})
"""Families of a link's faults that lie in the router that carries it."""
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class Home:
    """What an incident takes from the configuration.

    `carrier` answers for it, None: the agency itself, or all `carriers` together; `links` are what
    it touches, at the sites that it `affects`.
    """

    site: SiteId
    carrier: CarrierId | None
    circuit: str | None
    links: tuple[LinkId, ...]
    affects: tuple[SiteId, ...] = ()
    carriers: tuple[CarrierId, ...] = ()
    confidence: Confidence | None = None


def of_link(
    family: Family, link: Link, router: Router | None, touched: Iterable[Link] = ()
) -> Home:
    """Of a link's fault, and of others that it has `touched`; `router` carries the link."""
    is_routers = family in ON_ROUTER and router is not None
    carrier = router.owner if is_routers and router is not None else link.carrier
    links = (link, *touched)
    return Home(link.site, carrier, link.circuit, _ids(links), _sites(links))


def of_group(
    subject: Subject, links: Sequence[Link], site: SiteId, confidence: Confidence | None
) -> Home:
    """Of a fault that many links show at once; the duty is that of `site`."""
    carriers = tuple(dict.fromkeys(link.carrier for link in links))
    named = subject.carrier
    carrier = named[0] if named is not None else None
    if subject.kind is SubjectKind.RISK and len(carriers) == 1:
        carrier = carriers[0]
    together = () if carrier is not None else carriers
    return Home(site, carrier, None, _ids(links), _sites(links), together, confidence)


def _ids(links: Iterable[Link]) -> tuple[LinkId, ...]:
    return tuple(dict.fromkeys(link.id for link in links))


def _sites(links: Iterable[Link]) -> tuple[SiteId, ...]:
    return tuple(dict.fromkeys(link.site for link in links))


def of_centre(sites: Iterable[Site]) -> Home | None:
    """Of a carrier's duty, or a channel: they are for the centre to ask; None without a site."""
    known = list(sites)
    return Home(at.id, None, None, (), (at.id,)) if known and (at := centre(known)) else None


def centre(sites: Iterable[Site]) -> Site:
    """The hub, else the first; there is at least one."""
    known = list(sites)
    return next((site for site in known if site.role is SiteRole.HUB), known[0])


def highest(sites: Iterable[Site]) -> Site:
    """The first of the highest level; there is at least one."""
    return min(sites, key=lambda site: _LEVELS.index(site.level))


def last_known(incident: Incident) -> Home:
    """Where an incident was while the configuration had it, or while it went on."""
    return Home(
        incident.site,
        incident.carrier,
        incident.circuit,
        incident.links,
        incident.affects,
        incident.carriers,
        incident.confidence,
    )


def of_uplink(link: Link, ground: str | None) -> Home:
    """Of a link that our own probes leave through: its carrier's only if that was shown."""
    whose = link.carrier if ground == Ground.ACCESS else None
    return Home(link.site, whose, link.circuit, (link.id,), (link.site,))


def of_work(links: Sequence[Link], sites: Iterable[Site]) -> Home | None:
    """Of work at the time of a conference: at the one site of these links, else at the centre."""
    if len(_sites(links)) != 1:
        return of_centre(sites)
    return Home(links[0].site, None, None, _ids(links), _sites(links))


def of_router(router: Router, links: Iterable[Link]) -> Home:
    """Of a router's fault; of `links`, those that it carries are touched."""
    carried = (x.id for x in links if x.interface and x.interface.router == router.id)
    return Home(router.site, router.owner, None, tuple(carried), (router.site,))
