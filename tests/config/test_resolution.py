"""From the file to the inventory: every key read, defaults filled in, inheritance resolved."""

import pickle
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from linkwatch.config import Config, Loaded, load
from linkwatch.config.settings import LogChannel, UnservedChannel, WebhookChannel
from linkwatch.model.conference import Importance
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    ContactId,
    LinkId,
    PlatformId,
    RosterId,
    RouterId,
    SiteId,
)
from linkwatch.model.people import Answer, DailyHours, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.model.thresholds import Limits
from linkwatch.model.topology import (
    Hours,
    InterfaceKey,
    InterfaceRef,
    Method,
    Place,
    Probing,
    SnmpVersion,
    Target,
)

HERE = Path(__file__).parent
EVERY_KEY = HERE / "every-key.yaml"


@pytest.fixture(scope="module")
def config() -> Config:
    loaded = load(EVERY_KEY)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.config is not None
    return loaded.config


@pytest.fixture(scope="module")
def smallest() -> Config:
    loaded = load(HERE / "mistakes/base/base.yaml")
    assert loaded.config is not None
    return loaded.config


def resolve(folder: Path, more: str) -> Config:
    """The smallest configuration with some more text."""
    path = folder / "x.yaml"
    path.write_text(f"include: [{HERE}/mistakes/base/base.yaml]\n{more}", encoding="utf-8")
    loaded = load(path)
    assert loaded.config is not None, loaded.problems
    return loaded.config


def test_what_was_loaded_can_be_handed_from_process_to_process(config: Config) -> None:
    loaded = Loaded(config, ())
    assert pickle.loads(pickle.dumps(loaded)) == loaded  # noqa: S301 bytes of our own


def test_phones_keep_their_plus_quoted_or_not(config: Config) -> None:
    contacts = config.inventory.contacts
    assert contacts[ContactId("vnpt-tinh-a")].phones == ("+84000000001",)
    assert contacts[ContactId("vnpt-tinh-b")].phones == ("+84000000002",)
    assert contacts[ContactId("viettel-truc")].answers_by == frozenset(Answer)


def test_a_link_overrides_its_kind_level_by_level(config: Config) -> None:
    link = config.inventory.links[LinkId("chu-se-wan")]
    assert link.probing == Probing(2.0, 1.0, 0.5, 128, 46, 2.0, dont_fragment=True, ttl=5)
    assert link.thresholds.latency == Limits(0.02, 0.1)
    assert link.thresholds.loss == Limits(0.01, 0.03)
    assert link.thresholds.utilisation == Limits(0.8, 0.9)


def test_a_link_inherits_from_its_kind_and_that_from_all(config: Config) -> None:
    link = config.inventory.links[LinkId("chu-se-inet")]
    assert link.probing == Probing(10.0, 1.0, 1.0, 64, 34, 5.0, dont_fragment=False, ttl=64)
    assert link.source == "127.0.0.1"
    assert link.thresholds.latency == Limits(0.1, 0.3)
    assert link.interface == InterfaceRef(RouterId("chu-se-r1"), InterfaceKey.ALIAS, "Viettel FTTH")


def test_targets_of_all_methods(config: Config) -> None:
    assert config.inventory.links[LinkId("chu-se-wan")].targets == (
        Target("127.0.17.10", Place.CARRIER, Method.ICMP, None),
        Target("127.0.17.20", Place.SITE, Method.ICMP, None),
        Target("127.0.17.20", Place.SITE, Method.TCP, 443),
        Target("", Place.SITE, Method.PUSH, None),
    )
    methods = [t.method for t in config.inventory.platforms[PlatformId("hn-viettel")].targets]
    assert methods == [Method.ICMP, Method.TCP, Method.TLS, Method.HTTPS]


def test_the_rate_in_force(config: Config) -> None:
    link = config.inventory.links[LinkId("chu-se-wan")]
    before = link.contract(datetime(2021, 5, 8, 16, 59, tzinfo=UTC))
    first = link.contract(datetime(2021, 5, 8, 17, 0, tzinfo=UTC))
    last = link.contract(datetime(2021, 5, 31, 16, 59, tzinfo=UTC))
    after = link.contract(datetime(2021, 5, 31, 17, 0, tzinfo=UTC))
    assert (before.receive, before.transmit) == (20_000_000, 20_000_000)
    assert (first.receive, first.transmit) == (100_000_000, 40_000_000)
    assert last is first
    assert after is before
    hub = config.inventory.links[LinkId("ttcntt-wan")]
    assert hub.contract(datetime(2030, 1, 1, tzinfo=UTC)).receive is None


def test_a_wan_passes_the_parent_sites_primary_wan_unless_said(tmp_path: Path) -> None:
    links = resolve(
        tmp_path,
        """
sites:
  - id: chu-se
    name: Chư Sê
    level: district
    parent: ttcntt
    links:
      - {id: a, kind: wan, carrier: vnpt, targets: [127.0.0.2], contracted: [{rate: 1Mbps}]}
      - {id: b, kind: internet, carrier: vnpt, targets: [127.0.0.3], contracted: [{rate: 1Mbps}]}
      - id: c
        kind: wan
        role: backup
        carrier: vnpt
        parent: a
        targets: [127.0.0.4]
        contracted: [{rate: 1Mbps}]
""",
    ).inventory.links
    parents = {str(link.id): link.parent for link in links.values()}
    assert parents == {"a": "ttcntt-wan", "b": None, "c": "a", "ttcntt-wan": None}


def test_routers_access(config: Config) -> None:
    own = config.inventory.routers[RouterId("chu-se-r1")].snmp
    assert own is not None
    assert (own.version, own.port, own.community) == (SnmpVersion.V3, 1161, None)
    assert own.privacy_key == SecretRef(SecretSource.FILE, "/etc/linkwatch/snmp")
    assert own.engine_id == bytes.fromhex("80001f8880aabbccdd")
    carriers = config.inventory.routers[RouterId("ttcntt-r1")]
    assert (carriers.owner, carriers.snmp) == ("viettel", None)


def test_only_the_agencys_routers_inherit_its_access(tmp_path: Path) -> None:
    routers = resolve(
        tmp_path,
        """
sites:
  - id: chu-se
    name: Chư Sê
    level: district
    routers:
      - {id: whole, address: 127.0.0.2}
      - {id: part, address: 127.0.0.3, snmp: {port: 1161}}
      - {id: other-version, address: 127.0.0.4, snmp: {version: 2c, community: {env: C}}}
      - {id: none, address: 127.0.0.5, snmp: null}
      - {id: carriers, owner: vnpt, address: 127.0.0.6}
      - {id: carriers-asked, owner: vnpt, address: 127.0.0.7, snmp: {port: 1162}}
""",
    ).inventory.routers
    access = {
        str(router.id): router.snmp and (router.snmp.version.value, router.snmp.port)
        for router in routers.values()
    }
    assert access == {
        "whole": ("3", 161),
        "part": ("3", 1161),
        "other-version": ("2c", 161),
        "none": None,
        "carriers": None,
        "carriers-asked": ("3", 1162),
        "ttcntt-r1": ("3", 161),
    }
    other = routers[RouterId("other-version")].snmp
    assert other is not None
    assert (other.user, other.auth_key) == (None, None)


def test_sites(config: Config) -> None:
    sites = config.inventory.sites
    assert sites[SiteId("chu-se")].short == "UBND H.Chu Se"
    assert sites[SiteId("ia-glai")].short == "UBND X.Ia Glai"
    assert sites[SiteId("ia-glai")].hours == Hours(frozenset({1, 2, 3, 4, 5}), time(7), time(17))
    assert sites[SiteId("chu-se")].location == (13.69, 108.08)


def test_rosters(config: Config) -> None:
    rosters = config.inventory.rosters
    province = rosters[RosterId("vnpt-province")]
    assert province.rotation is not None
    assert province.rotation.start == datetime(2021, 5, 10, 0, 0, tzinfo=UTC)
    assert province.rotation.shift == 43200
    assert province.overrides[0].span.end == datetime(2021, 5, 15, 12, 0, tzinfo=UTC)
    room = rosters[RosterId("centre-duty")]
    assert [turn.contact for turn in room.schedule] == ["truc-ttcntt", "truc-ttcntt"]
    assert room.schedule[1].span.end == datetime(2021, 5, 31, 17, 0, tzinfo=UTC)


def test_conferences(config: Config) -> None:
    conferences = config.inventory.conferences
    high = conferences[ConferenceId("txct-2021-05-15")]
    assert high.start == datetime(2021, 5, 15, 0, 30, tzinfo=UTC)
    assert list(high.checks) == [604800, 259200, 86400, 7200, 1800]
    hub, district = high.sites
    assert (hub.site, hub.rooms, len(hub.use)) == ("ttcntt", 1, 0)
    assert (district.site, district.rooms) == ("chu-se", 2)
    assert district.use == ("chu-se-wan", "chu-se-inet")
    everybody = conferences[ConferenceId("giao-ban")]
    assert everybody.importance is Importance.NORMAL
    assert [part.site for part in everybody.sites] == ["ttcntt", "chu-se", "ia-glai"]
    assert (everybody.grace, everybody.short) == (3600, "giao-ban")


def test_the_written_escalation_is_the_default_one(config: Config, smallest: Config) -> None:
    assert config.inventory.escalation == smallest.inventory.escalation
    assert config.inventory.escalation[Priority.P1][0] == EscalationStep(
        notify=(Role.DUTY, Role.PROVINCE, Role.SITE, Role.OPERATOR), all_channels=True
    )
    assert config.inventory.escalation[Priority.P3] == (
        EscalationStep(notify=(Role.DUTY,), hours=DailyHours(time(6), time(22))),
    )


def test_the_written_defaults_are_the_defaults(config: Config, smallest: Config) -> None:
    assert config.inventory.hold == smallest.inventory.hold
    assert config.inventory.flapping == smallest.inventory.flapping
    assert config.inventory.acknowledgement == smallest.inventory.acknowledgement
    assert config.inventory.timezone == smallest.inventory.timezone
    ours, theirs = config.settings, smallest.settings
    assert (ours.http.host, ours.http.port) == (theirs.http.host, theirs.http.port)
    assert (ours.snmp.interval, ours.snmp.retries) == (theirs.snmp.interval, theirs.snmp.retries)
    link = smallest.inventory.links[LinkId("ttcntt-wan")]
    assert link.probing == Probing(5.0, 1.0, 1.0, 64, 34, 5.0)
    assert link.thresholds.jitter == Limits(0.015, 0.03)


def test_settings(config: Config) -> None:
    settings = config.settings
    assert settings.store_url == "sqlite:////var/lib/linkwatch/linkwatch.db"
    assert settings.snmp.trap_listen == ("0.0.0.0", 1162)  # noqa: S104 what the file says
    hook, log = ChannelId("hook"), ChannelId("nhat-ky")
    assert settings.channels[log] == LogChannel(log)
    assert settings.channels[hook] == WebhookChannel(
        hook, "http://127.0.0.1:8099/alerts", SecretRef(SecretSource.ENV, "HOOK_SECRET"), 5.0
    )
    assert isinstance(settings.channels[ChannelId("zns")], UnservedChannel)
    assert len(settings.channels) == 17
    assert config.files == (
        EVERY_KEY,
        HERE / "every-key.csv",
        HERE / "every-key-words" / "long.vi.txt",
    )


def test_carriers_and_the_rest(config: Config) -> None:
    inventory = config.inventory
    assert inventory.carriers[CarrierId("vnpt")].restore_target == {
        Priority.P1: 1800,
        Priority.P2: 7200,
        Priority.P3: 28800,
    }
    assert inventory.own_uplinks == {"wan": "ttcntt-wan", "internet": "ttcntt-inet"}
    assert inventory.department_leader == "so-tttt-lanh-dao"
    work = inventory.maintenance[1]
    assert work.span.end == datetime(2021, 6, 1, 17, 0, tzinfo=UTC)
    assert (work.sites, work.carrier) == (frozenset({"chu-se"}), "vnpt")
