"""What metrics tell of sites, conferences, carriers and open incidents."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linkwatch.model.finding import Family, Kind, LinkState, SiteState
from linkwatch.model.ids import (
    CarrierId,
    ConferenceId,
    ContactId,
    IncidentId,
    LinkId,
    SiteId,
)
from linkwatch.model.incident import Incident, Progress, Status, Taken, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Moment
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.topology import LinkKind
from linkwatch.oncall.response import Response
from linkwatch.ports import Clock, LinkFigures
from linkwatch.web.metrics import MetricsObserver
from support.province import incident
from support.series import labelled, text, value

WAN, INTERNET = LinkId("chu-se-wan"), LinkId("chu-se-internet")
CHU_SE, PLEIKU = SiteId("chu-se"), SiteId("pleiku")
VNPT = CarrierId("vnpt")
NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
Province = Callable[..., Inventory]


class SettableClock(Clock):
    """As the fixture gives it."""

    moment: Moment


@pytest.fixture
def metrics(clock: SettableClock, province: Province) -> MetricsObserver:
    observer = MetricsObserver(clock)
    observer.set_inventory(province("chu-se", "pleiku"))
    return observer


def test_a_site_is_named_and_its_state_not_known_at_first(metrics: MetricsObserver) -> None:
    named = {"level": "district", "parent": "", "role": "site", "site_name": "Điểm cầu chu-se"}
    assert value(metrics, "site_info", site="chu-se", **named) == 1
    for state in SiteState:
        shown = value(metrics, "site_state", site="pleiku", state=state)
        assert shown == (state is SiteState.UNKNOWN)


def test_a_sites_state_is_judged_by_its_links_as_they_are_shown(metrics: MetricsObserver) -> None:
    states = {WAN: LinkState.DOWN, INTERNET: LinkState.UP}
    metrics.sources.judged = lambda links: [
        LinkFigures(link, states.get(link, LinkState.UNVERIFIED)) for link in links
    ]
    asked: dict[SiteId, Sequence[LinkState]] = {}

    def judged(shown: Sequence[tuple[SiteId, Sequence[LinkState]]]) -> Sequence[SiteState]:
        asked.update(shown)
        return [SiteState.CUT_OFF if site == CHU_SE else SiteState.CLOSED for site, _ in shown]

    metrics.sources.sites_judged = judged
    assert value(metrics, "site_state", site="chu-se", state="cut_off") == 1
    assert value(metrics, "site_state", site="chu-se", state="unknown") == 0
    assert value(metrics, "site_state", site="pleiku", state="closed") == 1
    assert {site: {*links} for site, links in asked.items()} == {
        CHU_SE: {LinkState.UP, LinkState.DOWN},
        PLEIKU: {LinkState.UNVERIFIED},
    }


def test_sites_and_conferences_leave_with_the_configuration(
    metrics: MetricsObserver, province: Province
) -> None:
    metrics.set_inventory(province("pleiku"))
    assert "chu-se" not in text(metrics)
    assert labelled(metrics, "conference_info") == []
    metrics.set_inventory(province("chu-se"))
    assert value(metrics, "conference_site_lost_seconds_total", conference="txct", site="chu-se")\
        == 0  # fmt: skip


def test_a_conference_and_its_times(metrics: MetricsObserver) -> None:
    named = {"conference_name": "Hội nghị tiếp xúc cử tri", "importance": "high"}
    assert value(metrics, "conference_info", conference="txct", **named) == 1
    starts = value(metrics, "conference_start_timestamp_seconds", conference="txct")
    ends = value(metrics, "conference_end_timestamp_seconds", conference="txct")
    assert starts == datetime(2021, 5, 15, 0, 30, tzinfo=UTC).timestamp()
    assert ends == datetime(2021, 5, 15, 4, 30, tzinfo=UTC).timestamp()


def test_the_links_that_a_site_uses_for_it(metrics: MetricsObserver, province: Province) -> None:
    at = {"conference": "txct", "site": "chu-se"}
    found = {one["link"]: one["use"] for one in labelled(metrics, "conference_link_info")}
    assert found == {WAN: "primary", INTERNET: "backup"}
    assert value(metrics, "conference_link_info", link=WAN, use="primary", **at) == 1
    whole = province("chu-se")
    (conference,) = whole.conferences.values()
    part = replace(conference.sites[0], use=(INTERNET,))
    planned = replace(conference, sites=(part,))
    metrics.set_inventory(replace(whole, conferences={conference.id: planned}))
    assert labelled(metrics, "conference_link_info") == [{"link": INTERNET, "use": "primary"} | at]


def test_a_site_named_twice_has_one_part(metrics: MetricsObserver, province: Province) -> None:
    whole = province("chu-se")
    (conference,) = whole.conferences.values()
    twice = replace(conference, sites=conference.sites * 2)
    metrics.set_inventory(replace(whole, conferences={conference.id: twice}))
    assert len(labelled(metrics, "conference_site_active")) == 1


def test_what_a_site_lost_is_asked_for(metrics: MetricsObserver) -> None:
    lost = {(ConferenceId("txct"), CHU_SE): 12.5}
    metrics.sources.lost = lambda parts: [lost[part] for part in parts]
    name = "conference_site_lost_seconds_total"
    assert value(metrics, name, conference="txct", site="chu-se") == 12.5


def test_carriers_and_what_they_promised(metrics: MetricsObserver, province: Province) -> None:
    assert value(metrics, "carrier_info", carrier="vnpt", carrier_name="VNPT Gia Lai") == 1
    assert labelled(metrics, "carrier_restore_target_seconds") == []
    whole = province("chu-se")
    promised = {Priority.P1: 1800.0, Priority.P3: 28800.0}
    carrier = replace(whole.carriers[VNPT], name="VNPT", restore_target=promised)
    metrics.set_inventory(replace(whole, carriers={VNPT: carrier}))
    target = "carrier_restore_target_seconds"
    assert value(metrics, target, carrier="vnpt", priority="P1") == 1800
    assert value(metrics, target, carrier="vnpt", priority="P2") is None
    assert labelled(metrics, "carrier_info") == [{"carrier": "vnpt", "carrier_name": "VNPT"}]
    metrics.set_inventory(replace(whole, carriers={}))
    assert labelled(metrics, target) == labelled(metrics, "incident_restore_seconds_count") == []


def test_how_long_a_carrier_took(metrics: MetricsObserver) -> None:
    for name in ("incident_acknowledge_seconds", "incident_restore_seconds"):
        children = {(one["carrier"], one["priority"]) for one in labelled(metrics, f"{name}_count")}
        assert children == {("vnpt", "P1"), ("vnpt", "P2"), ("vnpt", "P3")}
    metrics.acknowledged(Response(VNPT, Priority.P1, 45.0))
    metrics.restored(Response(VNPT, Priority.P2, 1800.0))
    metrics.restored(Response(CarrierId("gone"), Priority.P2, 1800.0))
    of = {"carrier": "vnpt", "priority": "P1"}
    assert value(metrics, "incident_acknowledge_seconds_bucket", le="30.0", **of) == 0
    assert value(metrics, "incident_acknowledge_seconds_bucket", le="60.0", **of) == 1
    of = {"carrier": "vnpt", "priority": "P2"}
    assert value(metrics, "incident_restore_seconds_bucket", le="1800.0", **of) == 1
    assert value(metrics, "incident_restore_seconds_sum", **of) == 1800
    assert "gone" not in text(metrics)


def test_the_uplinks_are_those_of_the_configuration(
    metrics: MetricsObserver, province: Province
) -> None:
    assert labelled(metrics, "uplink_info") == []
    whole = province("chu-se")
    metrics.set_inventory(replace(whole, own_uplinks={LinkKind.WAN: WAN}))
    assert value(metrics, "uplink_info", link=WAN, kind="wan") == 1
    metrics.set_inventory(replace(whole, own_uplinks={LinkKind.WAN: INTERNET}))
    assert labelled(metrics, "uplink_info") == [{"kind": "wan", "link": INTERNET}]


def told(seconds_ago: float, **values: object) -> Incident:
    since = NOW - timedelta(seconds=seconds_ago)
    progress = Progress(since, {Priority.P1: (0,)}, since, began=since)
    known = incident(since, announced_at=since, progress=progress)
    return replace(known, **values)  # type: ignore[arg-type]  # its fields by name


def test_an_open_incident_with_all_that_boards_ask_for(metrics: MetricsObserver) -> None:
    taken = Taken(ContactId("vnpt-huyen"), NOW, NOW, None, Via.PHONE, "truc")
    held = told(90, status=Status.ACKNOWLEDGED, taken=taken, conference=ConferenceId("txct"))
    ours = told(
        60,
        id=IncidentId("LW-000002"),
        family=Family.RESOLVER,
        subject=Subject.of_site(PLEIKU),
        kind=Kind.RESOLVER_DOWN,
        site=PLEIKU,
        carrier=None,
        links=(WAN, INTERNET),
    )
    metrics.sources.open_incidents = lambda: (held, ours)
    assert labelled(metrics, "incident_info") == [
        {
            "incident": "LW-000001", "priority": "P1", "kind": "down", "status": "acknowledged",
            "site": "chu-se", "link": WAN, "carrier": "vnpt", "conference": "txct",
            "holder": "vnpt-huyen",
        },
        {
            "incident": "LW-000002", "priority": "P1", "kind": "resolver_down", "status": "open",
            "site": "pleiku", "link": "", "carrier": "", "conference": "", "holder": "",
        },
    ]  # fmt: skip
    opened = value(metrics, "incident_opened_timestamp_seconds", incident="LW-000001")
    assert opened == NOW.timestamp() - 90
    metrics.sources.open_incidents = tuple
    assert "LW-0" not in text(metrics)


def test_what_nobody_has_in_hand_and_for_how_long(
    metrics: MetricsObserver, clock: SettableClock
) -> None:
    count, age = "incidents_unacknowledged", "incidents_unacknowledged_oldest_age_seconds"
    for priority in Priority:
        assert value(metrics, count, priority=priority) == value(metrics, age, priority=priority)\
            == 0  # fmt: skip
    taken = Taken(ContactId("vnpt-huyen"), NOW, NOW, None, Via.PHONE, "truc")
    metrics.sources.open_incidents = lambda: (told(500, taken=taken), told(90), told(300))
    assert value(metrics, count, priority="P1") == 2
    assert value(metrics, age, priority="P1") == 300
    assert value(metrics, count, priority="P2") == 0
    clock.moment = Moment(1010.0, NOW + timedelta(seconds=10))
    assert value(metrics, age, priority="P1") == 310
