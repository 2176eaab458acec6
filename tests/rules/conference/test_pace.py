"""What is asked more often, and when."""

from dataclasses import replace
from datetime import datetime

import pytest

from linkwatch.conference.pace import Hurried, hurried
from linkwatch.model.ids import LinkId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Level, LinkKind, Method, SiteRole, Target
from support.province import (
    HUB,
    INET,
    MORNING,
    ROUTER,
    VNPT,
    WAN,
    ZONE,
    conference,
    inventory,
    link,
    site,
)

HUB_WAN, ELSEWHERE = LinkId("ttcntt-wan"), LinkId("ia-pa-wan")
IA_PA = SiteId("ia-pa")


def province(**of_wan: object) -> Inventory:
    """A conference at Chư Sê alone; a hub, and a third site that has no part in it."""
    whole = inventory(conferences=(conference(),))
    wan = replace(whole.links[WAN], parent=HUB_WAN, **of_wan)  # type: ignore[arg-type]
    hub = link(HUB_WAN, HUB, LinkKind.WAN, VNPT, (Target("127.0.1.10"),))
    third = link(ELSEWHERE, IA_PA, LinkKind.WAN, VNPT, (Target("127.0.18.10"),))
    apart = {x.id: replace(x, interface=None) for x in (hub, third)}
    sites = {**whole.sites, IA_PA: site(IA_PA, Level.DISTRICT, SiteRole.SITE, HUB)}
    return replace(whole, sites=sites, links={**whole.links, WAN: wan, **apart})


@pytest.mark.parametrize(
    ("day", "hour", "minute", "fast"),
    [
        (14, 7, 30, False),
        (15, 6, 29, False),
        (15, 6, 30, True),
        (15, 11, 30, True),
        (15, 12, 29, True),
        (15, 12, 30, False),
    ],
)
def test_from_an_hour_before_until_it_is_closed(
    day: int, hour: int, minute: int, fast: bool
) -> None:
    at = datetime(2021, 5, day, hour, minute, tzinfo=ZONE)
    assert bool(hurried(province(), at).links) is fast


def test_all_links_of_its_sites_and_of_the_hub_and_nobody_elses() -> None:
    assert hurried(province(), MORNING) == Hurried(
        frozenset({WAN, INET, HUB_WAN}), frozenset({ROUTER})
    )


def test_a_link_of_another_site_that_one_in_use_passes_is_asked_as_often() -> None:
    whole = province()
    sites = {**whole.sites, HUB: replace(whole.sites[HUB], role=SiteRole.SITE)}
    assert hurried(replace(whole, sites=sites), MORNING).links == {WAN, INET, HUB_WAN}


def test_parents_in_a_circle_do_no_harm() -> None:
    whole = province()
    hub = replace(whole.links[HUB_WAN], parent=WAN)
    circle = replace(whole, links={**whole.links, HUB_WAN: hub})
    assert hurried(circle, MORNING).links == {WAN, INET, HUB_WAN}


def test_a_site_that_calls_us_sets_its_own_pace() -> None:
    calls = (Target("", method=Method.PUSH),)
    assert hurried(province(targets=calls), MORNING).links == {INET, HUB_WAN}


def test_a_router_that_gives_no_snmp_is_not_to_be_polled() -> None:
    whole = province()
    routers = {ROUTER: replace(whole.routers[ROUTER], snmp=None)}
    assert hurried(replace(whole, routers=routers), MORNING).routers == frozenset()


def test_a_conference_does_not_slow_down_what_is_asked_often_anyway() -> None:
    probing = replace(province().links[WAN].probing, interval=0.5, conference_interval=1.0)
    assert probing.every(hurried=True) == 0.5
    assert probing.every(hurried=False) == 0.5
