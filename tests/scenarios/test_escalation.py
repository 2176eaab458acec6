"""A fault that nobody has in hand: who is told when, and what people's answers change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import CarrierId, ContactId, IncidentId, LinkId, RosterId, SiteId
from linkwatch.model.incident import Incident, IncidentEvent, Status, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.notification import Notification
from linkwatch.model.people import Operators, Rotation
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.topology import Level, LinkKind, SiteRole, Target
from linkwatch.runtime.events import Asked, CloseAsked, DeclineAsked, SwapAsked, TakeAsked
from support.climb import province
from support.drive import Drive, silent
from support.province import (
    CHU_SE,
    CONFERENCE,
    HUB,
    MORNING,
    NIGHT,
    VNPT,
    WAN,
    ZONE,
    conference,
    link,
    site,
)

LW = IncidentId("LW-000001")
STEPS = {"truc-ttcntt": 180, "vnpt-ld": 300, "so-tttt": 600}
Heard = list[tuple[float, str, str]]


def whole() -> Inventory:
    """Everybody there, and a conference in the morning."""
    return replace(province(), conferences={CONFERENCE: conference()})


def heard(drive: Drive, messages: list[Notification], since: datetime | None = None) -> Heard:
    """When (s since the first were told), what and who: each once, however many channels."""
    first = since or told_at(drive)
    return sorted(
        {((m.created_at - first).total_seconds(), m.event.value, m.contact) for m in messages}
    )


def told_at(drive: Drive) -> datetime:
    """When the first were told."""
    return next(m.created_at for m in drive.notifications if m.event is IncidentEvent.OPENED)


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def took(
    contact: str | None = "vnpt-huyen", eta: float | None = None, **values: object
) -> TakeAsked:
    asked = TakeAsked(
        LW, ContactId(contact) if contact else None, eta, Via.PHONE, by="truc", note=""
    )
    return replace(asked, **values)  # type: ignore[arg-type]  # any of its fields


def in_conference(inventory: Inventory | None = None) -> Drive:
    """The WAN link is dead, and its people have just been told."""
    drive = Drive(inventory or whole(), MORNING)
    drive.run(60)
    while not drive.notifications:
        drive.run(1, chu_se_wan=silent)
    return drive


def test_it_climbs_until_somebody_has_it_and_all_who_were_told_hear_of_the_end() -> None:
    drive = in_conference()
    assert heard(drive, drive.run(301, chu_se_wan=silent)) == [
        (180, "escalated", "truc-ttcntt"),
        (300, "escalated", "vnpt-ld"),
    ]
    held = drive.ask(took("vnpt-ld"))
    assert held.incident is not None
    assert held.incident.status is Status.ACKNOWLEDGED
    assert heard(drive, drive.run(900, chu_se_wan=silent)) == []
    resolved = drive.run(15)
    assert {m.event for m in resolved} == {IncidentEvent.RESOLVED}
    assert {m.contact for m in resolved} == {
        "vnpt-huyen", "vnpt-tinh", "ky-thuat", "truc-ttcntt", "vnpt-ld",
    }  # fmt: skip


def test_who_has_it_is_told_to_all_but_whoever_said_so_themselves() -> None:
    drive = in_conference()
    before = len(drive.notifications)
    drive.ask(took("vnpt-huyen", via=Via.LINK))
    told = drive.notifications[before:]
    assert {m.event for m in told} == {IncidentEvent.ACKNOWLEDGED}
    assert {m.contact for m in told} == {"vnpt-tinh", "ky-thuat", "truc-ttcntt"}
    assert "ĐÃ CÓ NGƯỜI NHẬN" in told[0].text
    until = told_at(drive).astimezone(ZONE) + timedelta(minutes=30)
    assert f"Trực vnpt-huyen đang xử lý, giữ việc đến {until:%H:%M}." in told[0].text
    assert '"holder":{"id":"vnpt-huyen"' in told[0].body
    # One who phoned hears that it was understood.
    before = len(drive.notifications)
    drive.ask(took("vnpt-tinh"))
    assert "vnpt-tinh" in {m.contact for m in drive.notifications[before:]}


def test_without_a_name_it_is_the_operators_on_duty() -> None:
    drive = in_conference()
    ruling = drive.ask(took(None))
    assert ruling.incident is not None
    assert ruling.incident.taken is not None
    assert ruling.incident.taken.contact == "truc-ttcntt"


def test_the_timeline_says_who_and_how() -> None:
    drive = in_conference()
    drive.ask(took("vnpt-huyen", note="đang đi", eta=2700.0))
    drive.ask(DeclineAsked(LW, ContactId("vnpt-huyen"), by="truc"))
    drive.run(1, chu_se_wan=silent)
    assert drive.timeline == ["opened", "announced", "acknowledged", "declined", "escalated"]
    until = (told_at(drive) + timedelta(minutes=45)).isoformat(timespec="seconds")
    assert drive.details[2] == (
        f"vnpt-huyen by phone, until {until}, written down by truc: đang đi"
    )


def test_what_is_declined_is_told_to_the_next_in_the_same_turn() -> None:
    drive = in_conference()
    before = len(drive.notifications)
    drive.ask(DeclineAsked(LW, ContactId("vnpt-huyen"), by="truc"))
    assert heard(drive, drive.notifications[before:]) == [(0, "escalated", "truc-ttcntt")]


def test_a_lapse_reminds_and_goes_on() -> None:
    drive = in_conference()
    drive.ask(took(eta=600.0))
    assert heard(drive, drive.run(610, chu_se_wan=silent)) == [
        (300, "reminder", "vnpt-huyen"),
        (600, "escalated", "truc-ttcntt"),
    ]
    assert "CHƯA AI NHẬN" in drive.notifications[-1].text


@pytest.mark.parametrize("downtime", [5.0, 400.0])
def test_a_restart_loses_no_step_and_takes_none_twice(downtime: float) -> None:
    before = in_conference()
    before.run(150, chu_se_wan=silent)
    after = before.restart(before.state.inventory, downtime)
    after.run(700, chu_se_wan=silent)
    told = heard(after, after.notifications, told_at(before))
    steps = {who: at for at, what, who in told if what == "escalated"}
    assert len([what for _, what, _ in told if what == "escalated"]) == len(steps)
    # What came due while nothing ran is told as soon as something does.
    for who, due in STEPS.items():
        assert 0 <= steps[who] - max(due, 150 + downtime) <= 1, who


def test_an_acknowledgement_survives_a_restart() -> None:
    before = in_conference()
    before.ask(took(eta=600.0))
    after = before.restart(before.state.inventory, 5.0)
    assert only_of(after).taken is not None
    told = heard(after, after.run(590, chu_se_wan=silent), told_at(before))
    assert told[0] == (300, "reminder", "vnpt-huyen")


def only_of(drive: Drive) -> Incident:
    (incident,) = drive.state.open_incidents()
    return incident


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_wall_clock_that_is_set_hurries_nobody_and_forgets_nobody(hours: int) -> None:
    drive = in_conference(province())
    since = told_at(drive)
    drive.run(500, chu_se_wan=silent)
    drive.step_clock(hours * 3600)
    told = drive.run(700, chu_se_wan=silent)
    moved = since + timedelta(hours=hours)
    assert heard(drive, told, moved) == [
        (600, "escalated", "vnpt-tinh"),
        (1200, "escalated", "vnpt-ld"),
    ]


def test_a_window_that_opens_starts_it_anew_and_an_older_acknowledgement_does_not_count() -> None:
    drive = Drive(whole(), MORNING.replace(hour=6, minute=20, second=0))
    drive.run(60)
    drive.run(200, chu_se_wan=silent)
    drive.ask(took())
    assert only(drive).priority is Priority.P2
    told = heard(drive, drive.run(340 + 190, chu_se_wan=silent), drive.start)
    assert {what for at, what, _ in told if at == 600} == {"raised"}
    assert only(drive).taken is None
    assert (600 + 180, "escalated", "truc-ttcntt") in told


def test_the_next_shift_has_what_the_last_one_took() -> None:
    name = RosterId("vnpt-district")
    inventory = whole()
    change = MORNING.replace(minute=50, second=0)
    members = (ContactId("vnpt-huyen"), ContactId("thay"))
    rotation = Rotation(change - timedelta(hours=1), 3600.0, members)
    shifts = replace(inventory.rosters[name], standing=None, rotation=rotation)
    drive = in_conference(replace(inventory, rosters={**inventory.rosters, name: shifts}))
    drive.ask(took(eta=7200.0))
    told = heard(drive, drive.run(480, chu_se_wan=silent), change)
    assert told == [(0, "handed_over", "thay"), (0, "handed_over", "vnpt-huyen")]
    taken = only(drive).taken
    assert taken is not None
    assert (taken.contact, taken.via) == ("thay", Via.SHIFT_CHANGE)
    assert "BÀN GIAO CA" in drive.notifications[-1].text


def test_a_swap_in_the_middle_of_it_hands_it_over_at_once() -> None:
    drive = in_conference()
    drive.ask(took(eta=7200.0))
    before = len(drive.notifications)
    span = Span(None, MORNING + timedelta(hours=5))
    drive.ask(SwapAsked(RosterId("vnpt-district"), (ContactId("thay"),), span, by="truc"))
    assert {(m.event.value, m.contact) for m in drive.notifications[before:]} == {
        ("handed_over", "thay"),
        ("handed_over", "vnpt-huyen"),
    }


def many_sites(count: int) -> Inventory:
    """So many sites of one conference, each with a WAN link of VNPT."""
    inventory = whole()
    sites = {SiteId(f"xa-{n}"): site(SiteId(f"xa-{n}"), Level.COMMUNE, SiteRole.SITE, HUB)
             for n in range(count)}  # fmt: skip
    links = {
        LinkId(f"{s}-wan"): link(LinkId(f"{s}-wan"), s, LinkKind.WAN, VNPT, (Target("127.0.18.1"),))
        for s in sites
    }
    attending = tuple(replace(conference().sites[0], site=s) for s in (CHU_SE, *sites))
    return replace(
        inventory,
        sites={**inventory.sites, **sites},
        links={**inventory.links, **links},
        conferences={CONFERENCE: replace(conference(), sites=attending)},
    )


@pytest.mark.parametrize(("dead", "leader_at"), [(2, 300), (3, 120)])
def test_three_sites_of_a_conference_are_a_matter_for_the_leader_at_once(
    dead: int, leader_at: float
) -> None:
    drive = Drive(many_sites(3), MORNING)
    drive.run(60)
    gone = {f"xa_{n}_wan": silent for n in range(dead)}
    told = heard(drive, drive.run(400, **gone))
    assert min(at for at, what, who in told if who == "vnpt-ld") == leader_at


def test_closed_by_hand_is_told_with_the_reason_and_a_worse_fault_opens_it_again() -> None:
    drive = Drive(whole(), MORNING)
    drive.run(60)
    drive.run(120, chu_se_wan=lambda _: 0.120)
    before = len(drive.notifications)
    ruling = drive.ask(CloseAsked(LW, "đã đổi thiết bị", by="truc"))
    assert ruling.incident is not None
    assert ruling.incident.status is Status.RESOLVED
    told = drive.notifications[before:]
    assert {m.event for m in told} == {IncidentEvent.RESOLVED}
    assert "ĐÓNG SỰ CỐ (TRỄ CAO)" in told[0].text
    assert "truc đóng lúc" in told[0].text
    assert "đã đổi thiết bị" in told[0].text
    assert drive.run(60, chu_se_wan=lambda _: 0.120) == []
    again = drive.run(20, chu_se_wan=silent)
    assert {m.event for m in again} == {IncidentEvent.OPENED}
    assert (only(drive).id, only(drive).closed_by) == (LW, None)


def test_bad_again_after_the_end_is_nobodys_once_more() -> None:
    drive = in_conference()
    drive.ask(took())
    drive.run(15)
    drive.run(10, chu_se_wan=silent)
    again = only(drive)
    assert (again.status, again.taken, again.acknowledged_at) == (Status.OPEN, None, None)
    told = heard(drive, drive.run(200, chu_se_wan=silent))
    assert [who for _, what, who in told if what == "escalated"] == ["truc-ttcntt"]


REFUSED: Mapping[str, tuple[Asked, Refusal]] = {
    "incident": (took(incident=IncidentId("LW-000099")), Refusal.UNKNOWN_INCIDENT),
    "contact": (took("x"), Refusal.UNKNOWN_CONTACT),
    "eta": (took(eta=86_401.0), Refusal.ETA_OUT_OF_RANGE),
    "no eta at all": (took(eta=0.0), Refusal.ETA_OUT_OF_RANGE),
    "declined": (DeclineAsked(LW, ContactId("x"), by="truc"), Refusal.UNKNOWN_CONTACT),
    "closed": (CloseAsked(IncidentId("LW-000099"), "x", by="truc"), Refusal.UNKNOWN_INCIDENT),
}


@pytest.mark.parametrize(("asked", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_with_its_reason(asked: Asked, why: Refusal) -> None:
    drive = in_conference()
    records = len(drive.records)
    assert drive.ask(asked).refusal is why
    assert len(drive.records) == records


def test_nobody_can_be_named_where_nobody_is_on_duty() -> None:
    drive = in_conference(replace(whole(), operators=Operators(None, None)))
    assert drive.ask(took(None)).refusal is Refusal.NOBODY_TO_NAME


def test_a_fault_still_in_its_hold_can_be_taken_but_not_declined() -> None:
    drive = Drive(province(), NIGHT)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    assert drive.ask(DeclineAsked(LW, ContactId("vnpt-huyen"), by="x")).refusal is Refusal.NOT_TOLD
    assert drive.ask(took(eta=3600.0)).refusal is None
    # All the same its people hear of it when the hold is over; nothing climbs.
    told = heard(drive, drive.run(1500, chu_se_wan=silent))
    assert {what for _, what, _ in told} == {"opened"}
    assert only(drive).status is Status.ACKNOWLEDGED


def test_what_is_closed_cannot_be_taken() -> None:
    drive = in_conference()
    drive.run(15)
    assert only(drive).status is Status.RESOLVED
    assert drive.ask(took()).refusal is Refusal.UNKNOWN_INCIDENT


def test_a_link_that_changes_hands_is_the_new_carriers_to_take() -> None:
    drive = in_conference()
    drive.ask(took())
    inventory = drive.state.inventory
    moved = replace(inventory.links[WAN], carrier=CarrierId("viettel"))
    told = drive.reload(replace(inventory, links={**inventory.links, WAN: moved}))
    assert {m.event for m in told} == {IncidentEvent.UPDATED}
    assert "viettel-huyen" in {m.contact for m in told}
    assert only(drive).taken is None
    assert only(drive).subject == Subject.of_link(WAN)
    later = heard(drive, drive.run(301, chu_se_wan=silent))
    assert [who for _, what, who in later if what == "escalated"] == ["truc-ttcntt", "viettel-ld"]
