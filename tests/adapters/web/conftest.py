"""A small province: two districts with a WAN and an Internet link each, one conference."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from linkwatch.model.conference import Attendance, Conference, Importance
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    ContactId,
    LinkId,
    RouterId,
    SiteId,
)
from linkwatch.model.inventory import Acknowledgement, Flapping, Inventory
from linkwatch.model.moment import Moment
from linkwatch.model.people import Answer, Carrier, Contact, Operators
from linkwatch.model.thresholds import Limits, Thresholds
from linkwatch.model.topology import (
    ContractedRate,
    InterfaceKey,
    InterfaceRef,
    Level,
    Link,
    LinkKind,
    LinkRole,
    Probing,
    Router,
    Site,
    SiteRole,
    SnmpAccess,
    SnmpVersion,
    Target,
)
from linkwatch.model.words import Language

VNPT = CarrierId("vnpt")
CONFERENCE = Conference(
    ConferenceId("txct"),
    "Hội nghị tiếp xúc cử tri",
    "HN TXCT",
    Importance.HIGH,
    datetime(2021, 5, 15, 0, 30, tzinfo=UTC),
    datetime(2021, 5, 15, 4, 30, tzinfo=UTC),
    3600.0,
    (),
    None,
    (Attendance(SiteId("chu-se"), 1, "1080p", (), None),),
)
CONTACT = Contact(
    ContactId("vnpt-huyen"),
    "Trực VNPT huyện",
    ("+84000000001",),
    None,
    (ChannelId("hook"), ChannelId("log"), ChannelId("zalo")),
    frozenset({Answer.PHONE}),
)


class ManualClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = Moment(1000.0, datetime(2021, 5, 15, 1, 0, tzinfo=UTC))

    def now(self) -> Moment:
        return self.moment

    async def sleep_until(self, monotonic: float) -> None:
        raise AssertionError(f"nobody should sleep until {monotonic}")


def _link(site: str, kind: LinkKind) -> Link:
    router = RouterId(f"{site}-r1")
    return Link(
        LinkId(f"{site}-{kind}"),
        SiteId(site),
        kind,
        VNPT,
        'GLI-"1"\\2\n3',
        LinkRole.PRIMARY,
        None,
        (),
        (Target("127.0.17.10"),),
        None,
        InterfaceRef(router, InterfaceKey.NAME, "Gi0/0") if kind is LinkKind.WAN else None,
        (ContractedRate(20_000_000, 20_000_000),),
        Probing(1.0, 1.0, 1.0, 64, 34, 5.0),
        Thresholds(Limits(0.05, 0.1), Limits(0.015, 0.03), Limits(0.01, 0.05), Limits(None, 0.9)),
    )


def _site(name: str) -> Site:
    return Site(
        SiteId(name), f"Điểm cầu {name}", name, Level.DISTRICT, SiteRole.SITE, None, None, None,
        None, (), None,
    )  # fmt: skip


def _province(*sites: str) -> Inventory:
    links = [_link(site, kind) for site in sites for kind in LinkKind]
    snmp = SnmpAccess(SnmpVersion.V2C)
    routers = [Router(RouterId(f"{s}-r1"), SiteId(s), "127.0.0.1", None, snmp) for s in sites]
    return Inventory(
        organisation="Sở TT&TT",
        timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
        language=Language.VI,
        operators=Operators(None, None),
        department_leader=None,
        directives=(),
        own_uplinks={},
        hold={},
        flapping=Flapping(4, 900.0, 600.0),
        false_alarms_per_link_year=0.02,
        carriers={VNPT: Carrier(VNPT, "VNPT Gia Lai", "VNPT", (), {})},
        contacts={CONTACT.id: CONTACT},
        rosters={},
        sites={SiteId(s): _site(s) for s in sites},
        routers={router.id: router for router in routers},
        links={link.id: link for link in links},
        served_channels=frozenset({ChannelId("hook"), ChannelId("log")}),
        log_channels=frozenset({ChannelId("log")}),
        platforms={},
        conferences={CONFERENCE.id: CONFERENCE} if "chu-se" in sites else {},
        escalation={},
        acknowledgement=Acknowledgement(1800.0, 300.0),
        maintenance=(),
    )


@pytest.fixture
def clock() -> ManualClock:
    """It is 08:00 in Viet Nam, half an hour into the conference."""
    return ManualClock()


@pytest.fixture
def province() -> Callable[..., Inventory]:
    """Builds an inventory of the named sites."""
    return _province
