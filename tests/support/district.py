"""A province of two carriers, two districts and six communes, for faults that spread.

The Centre's WAN carries everything; each district's WAN passes it, each commune's its district's.
Chư Sê has four communes, Mang Yang two. WAN is VNPT's everywhere but in Mang Yang, Internet
Viettel's. The VNPT lines of Chư Sê and of two of its communes lie in one duct; all lines of these
two hang on the same poles.
"""

from dataclasses import replace
from typing import Final

from linkwatch.model.conference import Attendance, Conference, Importance
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Level, Link, LinkKind, SiteRole, Target
from support.province import HUB, VIETTEL, VNPT, conference, inventory, link, site

CHU_SE, MANG_YANG = SiteId("chu-se"), SiteId("mang-yang")
COMMUNES: Final = {
    CHU_SE: ("ia-blang", "dun", "ia-glai", "al-ba"),
    MANG_YANG: ("dak-yta", "kon-thup"),
}
DUCT, POLES = "cap-chu-se", "tuyen-cot-dun"


def wan(name: str) -> LinkId:
    """The WAN of a site."""
    return LinkId(f"{name}-wan")


def inet(name: str) -> LinkId:
    """Its Internet access."""
    return LinkId(f"{name}-inet")


def province(*, conferences: tuple[Conference, ...] = ()) -> Inventory:
    """The whole of it; nobody may ask a router."""
    base = inventory(conferences=conferences)
    sites = [site(HUB, Level.PROVINCE, SiteRole.HUB, None)]
    links = list(_links(HUB, VNPT, None, ()))
    for district, communes in COMMUNES.items():
        carrier = VNPT if district == CHU_SE else VIETTEL
        duct = (DUCT,) if district == CHU_SE else ()
        sites.append(site(district, Level.DISTRICT, SiteRole.SITE, HUB))
        links += _links(district, carrier, wan(HUB), duct)
        for number, name in enumerate(communes):
            commune = SiteId(name)
            sites.append(site(commune, Level.COMMUNE, SiteRole.SITE, district))
            risks = (*duct, POLES) if duct and number < 2 else ()
            links += _links(commune, carrier, wan(district), risks)
    return replace(
        base,
        sites={one.id: one for one in sites},
        links={one.id: one for one in links},
        routers={},
    )


def meeting(
    *names: str, importance: Importance = Importance.HIGH, use: tuple[LinkId, ...] = ()
) -> Conference:
    """The sample's conference, at these sites."""
    sites = tuple(Attendance(SiteId(name), 1, "1080p", use, None) for name in names)
    return replace(conference(importance=importance), sites=sites)


def _links(
    at: SiteId, carrier: CarrierId, parent: LinkId | None, risks: tuple[str, ...]
) -> tuple[Link, Link]:
    number = sum(map(ord, at)) % 250
    near = link(wan(at), at, LinkKind.WAN, carrier, (Target(f"127.0.{number}.10"),))
    other = link(inet(at), at, LinkKind.INTERNET, VIETTEL, (Target(f"127.0.{number}.20"),))
    plain = replace(near, parent=parent, shared_risk=risks, interface=None)
    return plain, replace(other, interface=None, shared_risk=risks[1:])
