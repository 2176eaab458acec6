"""config/sites.yaml: complete, without error or warning, and at home on any machine."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from itertools import chain
from pathlib import Path

import pytest

from linkwatch.config import load
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Roster
from linkwatch.model.topology import BoostState, Level, LinkKind, SiteRole, SnmpVersion

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"
LOOPBACK = ip_network("127.0.0.0/8")
UNDIALLABLE = re.compile(r"\+840{6}\d{3}")
DURING_THE_CONFERENCE = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
YEARS_LATER = datetime(2030, 2, 3, 4, 5, tzinfo=UTC)
DISTRICTS = [
    "thành phố Pleiku",
    "thị xã An Khê",
    "thị xã Ayun Pa",
    "huyện Chư Păh",
    "huyện Chư Prông",
    "huyện Chư Pưh",
    "huyện Chư Sê",
    "huyện Đak Đoa",
    "huyện Đak Pơ",
    "huyện Đức Cơ",
    "huyện Ia Grai",
    "huyện Ia Pa",
    "huyện K'Bang",
    "huyện Kông Chro",
    "huyện Krông Pa",
    "huyện Mang Yang",
    "huyện Phú Thiện",
]


@pytest.fixture(scope="module")
def province() -> Inventory:
    """The sample as the daemon sees it."""
    config = load(SAMPLE).config
    assert config
    return config.inventory


@pytest.mark.parametrize("at", [DURING_THE_CONFERENCE, YEARS_LATER])
def test_no_error_and_no_warning(at: datetime) -> None:
    assert [str(problem) for problem in load(SAMPLE, at).problems] == []


def test_centre_all_districts_and_a_dozen_communes(province: Inventory) -> None:
    sites = province.sites.values()
    [centre] = [site for site in sites if site.level is Level.PROVINCE]
    assert centre.role is SiteRole.HUB
    assert [s.name for s in sites if s.level is Level.DISTRICT] == [
        f"Điểm cầu UBND {name}" for name in DISTRICTS
    ]
    communes = [site for site in sites if site.level is Level.COMMUNE]
    assert len(communes) >= 12
    for commune in communes:
        assert commune.parent
        district = province.sites[commune.parent].name.removeprefix("Điểm cầu UBND ")
        assert commune.name.endswith(f", {district}")


def test_wan_by_one_carrier_and_internet_by_the_other(province: Inventory) -> None:
    for site in province.sites:
        lines = {link.kind: link.carrier for link in province.links.values() if link.site == site}
        assert set(lines) == set(LinkKind), site
        assert set(lines.values()) == set(province.carriers), site


def addresses(province: Inventory) -> Iterator[str]:
    """Everything the daemon would send to."""
    yield from (router.address for router in province.routers.values())
    for link in province.links.values():
        yield from (target.address for target in link.targets)
    for platform in province.platforms.values():
        yield from (target.address for target in platform.targets)
    for carrier in province.carriers.values():
        yield from carrier.reference


def test_every_address_is_this_machines_own_and_used_once(province: Inventory) -> None:
    used = list(addresses(province))
    assert all(ip_address(address) in LOOPBACK for address in used)
    assert len(set(used)) == len(used)


def test_routers_speak_v3_and_carry_their_sites_links(province: Inventory) -> None:
    for router in province.routers.values():
        assert router.snmp
        assert router.snmp.version is SnmpVersion.V3
        assert (router.snmp.auth_protocol, router.snmp.privacy_protocol) == ("SHA256", "AES128")
    for link in province.links.values():
        assert link.interface
        assert province.routers[link.interface.router].site == link.site


def test_every_link_has_its_boost_of_may_2021(province: Inventory) -> None:
    for link in province.links.values():
        normal, boosted = link.contract(YEARS_LATER), link.contract(DURING_THE_CONFERENCE)
        assert normal.span is None, link.id
        assert normal.receive, link.id
        assert boosted.reference == "675/STTTT-BCVT", link.id
        assert boosted.receive is None or boosted.receive > normal.receive, link.id
        assert boosted.state in (BoostState.PROMISED, BoostState.DELIVERED), link.id


def test_both_carriers_have_rosters_at_all_levels(province: Inventory) -> None:
    manned = {(roster.carrier, roster.level) for roster in province.rosters.values()}
    assert {(carrier, level) for carrier in province.carriers for level in Level} <= manned


def members(roster: Roster) -> Iterator[str]:
    """Everybody a roster may put on duty."""
    if roster.rotation:
        yield from roster.rotation.members
    if roster.standing:
        yield roster.standing
    yield from (turn.contact for turn in roster.overrides)


def test_every_contact_has_a_part_and_nobody_can_be_dialled(province: Inventory) -> None:
    parts = set(chain.from_iterable(map(members, province.rosters.values())))
    parts |= set(chain.from_iterable(site.contacts for site in province.sites.values()))
    parts |= {str(province.department_leader)}
    assert parts == set(province.contacts)
    phones = [phone for contact in province.contacts.values() for phone in contact.phones]
    assert all(UNDIALLABLE.fullmatch(phone) for phone in phones)
    assert len(set(phones)) == len(phones) == len(province.contacts)


def test_the_conference_of_may_15_joins_the_centre_and_all_districts(province: Inventory) -> None:
    [conference] = province.conferences.values()
    assert conference.start == datetime(2021, 5, 15, 0, 30, tzinfo=UTC)
    joined = {province.sites[attendance.site].level for attendance in conference.sites}
    assert joined == {Level.PROVINCE, Level.DISTRICT}
    assert len(conference.sites) == 1 + len(DISTRICTS)
