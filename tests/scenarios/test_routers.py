"""A site's router is silent, locked or dead, its interfaces gone: a timeline in, messages out."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.incident import Incident, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import InterfaceFault, PollOutcome, PollResult
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.topology import Place, SnmpAccess, SnmpVersion, Target
from linkwatch.runtime.events import Polled
from linkwatch.runtime.step import step
from support.drive import Drive, silent
from support.province import (
    CHU_SE,
    INET,
    MORNING,
    NIGHT,
    ROUTER,
    VNPT,
    WAN,
    conference,
    inventory,
    moment,
    sample,
)

IDLE = (sample(WAN, receive=1e6, transmit=1e6), sample(INET, receive=1e6, transmit=1e6))
TIMEOUT = PollOutcome.TIMEOUT


def both_ends(whole: Inventory) -> Inventory:
    """The WAN link has a target at the carrier's end (_0) and one at the site's router (_1)."""
    ends = (Target("127.0.17.10"), Target("127.0.17.1", Place.SITE))
    return replace(whole, links={**whole.links, WAN: replace(whole.links[WAN], targets=ends)})


def owned_by_carrier(whole: Inventory) -> Inventory:
    router = replace(whole.routers[ROUTER], owner=VNPT)
    return replace(whole, routers={ROUTER: router})


def of(drive: Drive, *kinds: Kind) -> Incident:
    """The one incident of these kinds."""
    found = [i for i in drive.incidents.values() if i.kind in kinds]
    assert len(found) == 1, drive.incidents
    return found[0]


def who(messages: list[Notification]) -> set[str]:
    return {m.contact for m in messages}


def first_line(message: Notification) -> str:
    return message.text.split("\n")[0]


def watched(whole: Inventory, start: datetime = NIGHT) -> Drive:
    """Probed and polled for a minute; all is well."""
    drive = Drive(whole, start)
    drive.poll(*IDLE, times=6)
    assert drive.incidents == {}
    return drive


# --- a router that does not answer


def test_a_silent_router_is_told_to_its_owner_after_the_hold_not_to_a_carrier() -> None:
    drive = watched(inventory())
    assert drive.poll(outcome=TIMEOUT, times=3) == []
    incident = of(drive, Kind.SNMP_UNREACHABLE)
    assert (incident.priority, incident.reason) == (Priority.P3, "timeout")
    assert incident.subject == Subject.of_router(ROUTER)
    assert (incident.carrier, incident.links) == (None, (WAN, INET))
    told = drive.poll(outcome=TIMEOUT, times=19)
    assert who(told) == {"ky-thuat", "truc-ttcntt"}
    assert told[0].text.split("\n")[:3] == [
        "[P3] KHÔNG ĐỌC ĐƯỢC ROUTER – Điểm cầu chu-se – router chu-se-r1",
        "Từ 02:01. WAN VNPT tại điểm cầu: tốt. Internet Viettel tại điểm cầu: tốt.",
        "Đo: router 127.0.17.1: SNMP không trả lời; không đo được lưu lượng của kênh.",
    ]


def test_two_silent_polls_are_nothing() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=2)
    drive.poll(*IDLE, times=3)
    drive.poll(outcome=TIMEOUT, times=2)
    assert drive.incidents == {}


def test_a_wrong_key_is_a_matter_for_the_administrator_and_says_so() -> None:
    drive = watched(inventory(language="en"))
    told = drive.poll(outcome=PollOutcome.WRONG_KEY, times=25)
    assert first_line(told[0]).startswith("[P3] ROUTER NOT READABLE")
    assert "wrong SNMP key; its links' load is not measured" in told[0].text
    assert of(drive, Kind.SNMP_UNREACHABLE).reason == "wrong_key"


def test_a_carriers_router_is_the_carriers_matter() -> None:
    drive = watched(owned_by_carrier(inventory()))
    told = drive.poll(outcome=TIMEOUT, times=25)
    assert of(drive, Kind.SNMP_UNREACHABLE).carrier == VNPT
    assert who(told) == {"vnpt-huyen"}


def test_during_a_conference_it_stays_a_matter_for_later() -> None:
    drive = watched(inventory(conferences=(conference(),)), MORNING)
    drive.poll(outcome=TIMEOUT, times=25)
    assert of(drive, Kind.SNMP_UNREACHABLE).priority is Priority.P3


def test_when_it_answers_again_those_who_were_told_hear_it() -> None:
    drive = watched(inventory())
    opened = drive.poll(outcome=TIMEOUT, times=25)
    over = drive.poll(*IDLE)
    assert who(over) == who(opened)
    assert first_line(over[0]).startswith("[P3] ĐÃ KHÔI PHỤC (KHÔNG ĐỌC ĐƯỢC ROUTER)")
    assert of(drive, Kind.SNMP_UNREACHABLE).status is Status.RESOLVED


def test_a_dead_line_is_not_reported_as_a_silent_router_too() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=25, chu_se_wan=silent, chu_se_inet=silent)
    assert Counter(i.kind for i in drive.incidents.values()) == {Kind.SITE_DOWN: 1}


def test_our_own_blindness_is_not_reported_as_a_silent_router_too() -> None:
    drive = watched(inventory())
    drive.pause(60)
    now = moment(drive.start, drive.seconds)
    for _ in range(9):
        result = PollResult(ROUTER, now.wall, TIMEOUT)
        drive.records.extend(step(drive.state, Polled(result), now).records)
    assert {i.kind for i in drive.incidents.values()} == {Kind.NO_DATA}


def test_a_restart_keeps_it_and_neither_tells_again_nor_forgets_the_end() -> None:
    before = watched(inventory())
    before.poll(outcome=TIMEOUT, times=25)
    after = before.restart(before.state.inventory, 5.0)
    assert after.poll(outcome=TIMEOUT, times=3) == []
    assert who(after.poll(*IDLE)) == {"ky-thuat", "truc-ttcntt"}


def test_a_router_that_may_no_longer_be_asked_withdraws_it() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=25)
    router = replace(drive.state.inventory.routers[ROUTER], snmp=None)
    told = drive.reload(replace(drive.state.inventory, routers={ROUTER: router}))
    assert of(drive, Kind.SNMP_UNREACHABLE).status is Status.WITHDRAWN
    assert "router không còn được đo về mặt này" in told[0].text


def test_a_router_that_left_withdraws_it() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=25)
    whole = drive.state.inventory
    links = {k: replace(v, interface=None) for k, v in whole.links.items()}
    told = drive.reload(replace(whole, routers={}, links=links))
    assert "router không còn trong cấu hình" in told[0].text
    assert of(drive, Kind.SNMP_UNREACHABLE).status is Status.WITHDRAWN


def test_a_router_that_changes_hands_is_told_to_its_new_owner() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=25)
    told = drive.reload(owned_by_carrier(drive.state.inventory))
    assert "vnpt-huyen" in who(told)


# --- a router that is dead


def test_a_dead_router_is_told_apart_from_a_dead_line() -> None:
    drive = watched(both_ends(inventory()))
    drive.poll(outcome=TIMEOUT, chu_se_wan_1=silent)
    incident = of(drive, Kind.ROUTER_DOWN)
    assert (incident.subject, incident.carrier) == (Subject.of_router(ROUTER), None)
    assert incident.priority is Priority.P2
    told = drive.poll(outcome=TIMEOUT, times=7, chu_se_wan_1=silent)
    words = {str(m.contact): m for m in told if "ROUTER NGỪNG HOẠT ĐỘNG" in m.text}
    assert set(words) == {"ky-thuat", "truc-ttcntt"}
    assert (
        "router 127.0.17.1 không trả lời cả ping lẫn SNMP, trong khi đầu phía nhà mạng vẫn trả lời"
        in words["ky-thuat"].text
    )
    assert "hỏi điện, đèn modem trước" in words["ky-thuat"].text


def test_a_line_cut_before_the_carriers_end_is_down_and_no_dead_router() -> None:
    drive = watched(both_ends(inventory()))
    drive.poll(outcome=TIMEOUT, times=9, chu_se_wan=silent, chu_se_wan_1=silent)
    assert [i.kind for i in drive.incidents.values()] == [Kind.DOWN]


def test_a_line_cut_behind_the_carriers_end_is_down_while_the_router_answers() -> None:
    drive = watched(both_ends(inventory()))
    drive.poll(*IDLE, times=9, chu_se_wan_1=silent)
    assert [i.kind for i in drive.incidents.values()] == [Kind.DOWN]


def test_a_dead_router_of_a_link_in_use_is_as_urgent_as_the_conference() -> None:
    whole = both_ends(inventory(conferences=(conference(),)))
    drive = watched(whole, MORNING)
    told = drive.poll(outcome=TIMEOUT, chu_se_wan_1=silent)
    assert of(drive, Kind.ROUTER_DOWN).priority is Priority.P1
    mine = [m for m in told if m.incident == of(drive, Kind.ROUTER_DOWN).id]
    assert who(mine) == {"ky-thuat", "truc-ttcntt"}


def test_a_router_that_comes_back_ends_both() -> None:
    drive = watched(both_ends(inventory()))
    drive.poll(outcome=TIMEOUT, times=9, chu_se_wan_1=silent)
    drive.poll(outcome=TIMEOUT, times=2)
    assert of(drive, Kind.DOWN).status is Status.RESOLVED
    assert of(drive, Kind.SNMP_UNREACHABLE).status is Status.OPEN
    drive.poll(*IDLE)
    assert {i.status for i in drive.incidents.values()} == {Status.RESOLVED}
    assert drive.timeline.count("opened") == 2


# --- interfaces


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(
            InterfaceFault.MISSING,
            Kind.INTERFACE_MISSING,
            "router chu-se-r1 không có cổng nào có tên (ifName) if-chu-se-wan",
            id="missing",
        ),
        pytest.param(
            InterfaceFault.AMBIGUOUS,
            Kind.INTERFACE_AMBIGUOUS,
            "router chu-se-r1 có nhiều cổng cùng tên (ifName) if-chu-se-wan",
            id="ambiguous",
        ),
    ],
)
def test_an_interface_that_cannot_be_found_is_the_routers_owners_matter(
    fault: InterfaceFault, kind: Kind, words: str
) -> None:
    drive = watched(inventory())
    told = drive.poll(IDLE[1], faults=((WAN, fault),), times=25)
    incident = of(drive, kind)
    assert (incident.subject, incident.priority) == (Subject.of_link(WAN), Priority.P3)
    assert incident.carrier is None
    assert who(told) == {"ky-thuat", "truc-ttcntt"}
    assert words in told[0].text
    assert "WAN VNPT GLI-CHU-SE-WAN" in first_line(told[0])
    assert drive.state.judges[WAN].state is LinkState.UP
    drive.poll(*IDLE)
    assert of(drive, kind).status is Status.RESOLVED


def test_interfaces_renumbered_by_a_restart_are_found_again_in_silence() -> None:
    drive = watched(inventory())
    drive.poll(IDLE[1], faults=((WAN, InterfaceFault.MISSING),))
    drive.poll(*IDLE, times=30)
    assert drive.incidents == {}


def test_a_missing_interface_becomes_an_ambiguous_one_in_one_incident() -> None:
    drive = watched(inventory())
    drive.poll(faults=((WAN, InterfaceFault.MISSING),), times=3)
    drive.poll(faults=((WAN, InterfaceFault.AMBIGUOUS),), times=3)
    assert of(drive, Kind.INTERFACE_AMBIGUOUS).status is Status.OPEN
    assert drive.timeline == ["opened", "changed"]


def test_a_fault_of_the_interface_survives_a_restart() -> None:
    before = watched(inventory())
    before.poll(faults=((WAN, InterfaceFault.MISSING),), times=3)
    after = before.restart(before.state.inventory, 5.0)
    after.poll(faults=((WAN, InterfaceFault.MISSING),), times=3)
    assert [i.id for i in after.state.open_incidents()] == ["LW-000001"]
    after.poll(*IDLE)
    assert of(after, Kind.INTERFACE_MISSING).status is Status.RESOLVED


def test_another_interface_in_the_configuration_is_looked_for_anew() -> None:
    drive = watched(inventory())
    drive.poll(faults=((WAN, InterfaceFault.MISSING),), times=3)
    drive.reload(replace(drive.state.inventory, links={
        k: replace(v, interface=None) if k == WAN else v
        for k, v in drive.state.inventory.links.items()
    }))  # fmt: skip
    assert of(drive, Kind.INTERFACE_MISSING).status is Status.WITHDRAWN
    assert CHU_SE in drive.state.inventory.sites


def test_access_of_another_version_keeps_what_is_known() -> None:
    drive = watched(inventory())
    drive.poll(outcome=TIMEOUT, times=3)
    other = replace(drive.state.inventory.routers[ROUTER], snmp=SnmpAccess(SnmpVersion.V2C))
    drive.reload(replace(drive.state.inventory, routers={ROUTER: other}))
    assert of(drive, Kind.SNMP_UNREACHABLE).status is Status.OPEN
