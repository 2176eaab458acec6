"""A small province in memory, for rules that need one: two carriers, three levels, two links."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from linkwatch.model.conference import Attendance, Conference, Importance
from linkwatch.model.finding import Family, Kind
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    ContactId,
    IncidentId,
    LinkId,
    RosterId,
    RouterId,
    SiteId,
)
from linkwatch.model.incident import Incident, Status
from linkwatch.model.inventory import Acknowledgement, Flapping, Inventory
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import InterfaceSample, OperStatus
from linkwatch.model.moment import Moment, Span
from linkwatch.model.people import (
    Answer,
    Carrier,
    Contact,
    EscalationStep,
    Operators,
    Role,
    Roster,
)
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Limits, Severity, Thresholds
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

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VNPT, VIETTEL = CarrierId("vnpt"), CarrierId("viettel")
WAN, INET = LinkId("chu-se-wan"), LinkId("chu-se-inet")
CHU_SE, HUB = SiteId("chu-se"), SiteId("ttcntt")
ROUTER = RouterId("chu-se-r1")
CONFERENCE = ConferenceId("txct")
NIGHT = datetime(2021, 5, 14, 2, 0, tzinfo=ZONE)
"""Far from every conference of the sample."""
MORNING = datetime(2021, 5, 15, 8, 42, 10, tzinfo=ZONE)
"""The sample's conference is on."""

THRESHOLDS = Thresholds(
    latency=Limits(0.050, 0.100),
    jitter=Limits(0.015, 0.030),
    loss=Limits(0.01, 0.05),
    utilisation=Limits(0.80, 0.90),
)
PROBING = Probing(interval=1.0, conference_interval=1.0, timeout=1.0, size=64, dscp=34, max_pps=5.0)


def moment(start: datetime, seconds: float) -> Moment:
    """Both clocks `seconds` after `start`; the monotonic one began at 1000."""
    wall = start.astimezone(UTC) + timedelta(seconds=seconds)
    return Moment(1000.0 + seconds, wall)


def contact(name: str) -> Contact:
    """Somebody with two channels who answers by phone."""
    return Contact(
        id=ContactId(name),
        name=f"Trực {name}",
        phones=("+84000000017",),
        email=f"{name}@carrier.example",
        channels=(ChannelId("hook"), ChannelId("log")),
        answers_by=frozenset({Answer.PHONE}),
    )


def roster(name: str, carrier: CarrierId | None, level: Level, who: str) -> Roster:
    """One standing contact."""
    return Roster(
        id=RosterId(name),
        carrier=carrier,
        level=level,
        areas=(),
        rotation=None,
        standing=ContactId(who),
        schedule=(),
        overrides=(),
    )


def link(
    id_: LinkId, site: SiteId, kind: LinkKind, carrier: CarrierId, targets: tuple[Target, ...]
) -> Link:
    """A link on 20 Mbit/s."""
    return Link(
        id=id_,
        site=site,
        kind=kind,
        carrier=carrier,
        circuit=f"GLI-{id_}".upper(),
        role=LinkRole.PRIMARY,
        parent=None,
        shared_risk=(),
        targets=targets,
        source=None,
        interface=InterfaceRef(ROUTER, InterfaceKey.NAME, f"if-{id_}"),
        contracted=(ContractedRate(20_000_000, 20_000_000),),
        probing=PROBING,
        thresholds=THRESHOLDS,
    )


def site(id_: SiteId, level: Level, role: SiteRole, parent: SiteId | None) -> Site:
    """A site with a technician and a fallback."""
    return Site(
        id=id_,
        name=f"Điểm cầu {id_}",
        short=id_,
        level=level,
        role=role,
        parent=parent,
        location=None,
        hours=None,
        hosted_at=None,
        contacts=(ContactId("ky-thuat"),),
        fallback="4G Viettel",
    )


def conference(
    *, importance: Importance = Importance.HIGH, use: tuple[LinkId, ...] = ()
) -> Conference:
    """07:30 to 11:30 on 15 May 2021, at Chư Sê."""
    return Conference(
        id=CONFERENCE,
        name="Hội nghị TXCT",
        short="HN TXCT",
        importance=importance,
        start=datetime(2021, 5, 15, 7, 30, tzinfo=ZONE),
        end=datetime(2021, 5, 15, 11, 30, tzinfo=ZONE),
        grace=3600.0,
        checks=(),
        platform=None,
        sites=(Attendance(CHU_SE, 1, "1080p", use, None),),
    )


def inventory(*, conferences: tuple[Conference, ...] = (), language: str = "vi") -> Inventory:
    """The whole of it: the Centre, Chư Sê with a VNPT WAN and a Viettel Internet link."""
    wan = link(WAN, CHU_SE, LinkKind.WAN, VNPT, (Target("127.0.17.10"),))
    inet = link(INET, CHU_SE, LinkKind.INTERNET, VIETTEL, (Target("127.0.17.20"),))
    people = ("vnpt-huyen", "vnpt-tinh", "viettel-huyen", "viettel-tinh", "truc-ttcntt", "ky-thuat")
    rosters = (
        roster("vnpt-district", VNPT, Level.DISTRICT, "vnpt-huyen"),
        roster("vnpt-province", VNPT, Level.PROVINCE, "vnpt-tinh"),
        roster("viettel-district", VIETTEL, Level.DISTRICT, "viettel-huyen"),
        roster("viettel-province", VIETTEL, Level.PROVINCE, "viettel-tinh"),
        roster("centre-duty", None, Level.PROVINCE, "truc-ttcntt"),
    )
    return Inventory(
        organisation="Sở TT&TT",
        timezone=ZONE,
        language=Language(language),
        operators=Operators("+84000000099", RosterId("centre-duty")),
        department_leader=None,
        directives=(),
        own_uplinks={},
        hold={Priority.P1: 0.0, Priority.P2: 60.0, Priority.P3: 180.0, Priority.P4: 0.0},
        flapping=Flapping(changes=4, within=900.0, stable=600.0),
        false_alarms_per_link_year=0.02,
        carriers={
            VNPT: Carrier(VNPT, "VNPT Gia Lai", "VNPT", (), {}),
            VIETTEL: Carrier(VIETTEL, "Viettel Gia Lai", "Viettel", (), {}),
        },
        contacts={ContactId(name): contact(name) for name in people},
        rosters={r.id: r for r in rosters},
        sites={
            HUB: site(HUB, Level.PROVINCE, SiteRole.HUB, None),
            CHU_SE: site(CHU_SE, Level.DISTRICT, SiteRole.SITE, HUB),
        },
        routers={
            ROUTER: Router(ROUTER, CHU_SE, "127.0.17.1", None, SnmpAccess(SnmpVersion.V3, user="x"))
        },
        links={WAN: wan, INET: inet},
        platforms={},
        conferences={c.id: c for c in conferences},
        escalation={
            Priority.P1: (
                EscalationStep(
                    notify=(Role.DUTY, Role.PROVINCE, Role.SITE, Role.OPERATOR), all_channels=True
                ),
                EscalationStep(after=300.0, notify=(Role.LEADER,)),
            ),
            Priority.P2: (EscalationStep(notify=(Role.DUTY, Role.OPERATOR)),),
            Priority.P3: (EscalationStep(notify=(Role.DUTY,)),),
        },
        acknowledgement=Acknowledgement(1800.0, 300.0),
        maintenance=(),
        served_channels=frozenset({ChannelId("hook"), ChannelId("log")}),
    )


def work(
    start: datetime | None,
    end: datetime,
    *,
    links: tuple[LinkId, ...] = (WAN,),
    accepted_by: str | None = None,
    **values: Any,
) -> Maintenance:
    """Announced by letter CV 12/VNPT."""
    base = Maintenance(
        span=Span(start, end),
        links=frozenset(links),
        sites=frozenset(),
        carrier=None,
        shared_risk=frozenset(),
        reference="CV 12/VNPT",
        accepted_by=accepted_by,
    )
    return replace(base, **values)


def incident(at: datetime, **values: Any) -> Incident:
    """LW-000001: the WAN link at Chư Sê is down since `at`; `values` differ."""
    base = Incident(
        id=IncidentId("LW-000001"),
        family=Family.QUALITY,
        subject=Subject.of_link(WAN),
        kind=Kind.DOWN,
        severity=Severity.CRITICAL,
        priority=Priority.P1,
        status=Status.OPEN,
        started_at=at,
        opened_at=at,
        spell_at=at,
        announce_at=at,
        site=CHU_SE,
        carrier=VNPT,
        circuit=None,
        links=(WAN,),
    )
    return replace(base, **values)


def sample(id_: LinkId, *, receive: float, transmit: float, span: float = 10.0) -> InterfaceSample:
    """A reading of the interface that carries the link; rates in bit/s over `span` s."""
    return InterfaceSample(
        link=id_,
        oper=OperStatus.UP,
        receive_bytes=0,
        transmit_bytes=0,
        receive_errors=0,
        transmit_errors=0,
        receive_discards=0,
        transmit_discards=0,
        line_rate=1_000_000_000,
        receive_rate=receive,
        transmit_rate=transmit,
        span=span,
    )


def without_link(whole: Inventory, gone: LinkId) -> Inventory:
    """The same province with one link less."""
    return replace(whole, links={k: v for k, v in whole.links.items() if k != gone})
