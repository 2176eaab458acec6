"""A duty that lacks somebody, as an incident of the operators."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linkwatch.model.coverage import Period, duty_subject
from linkwatch.model.ids import CarrierId
from linkwatch.model.incident import Incident, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.rostergaps import RosterGap
from support.climb import province
from support.drive import Drive
from support.province import (
    CHU_SE,
    CONFERENCE,
    HUB,
    MORNING,
    NIGHT,
    VIETTEL,
    VNPT,
    ZONE,
    conference,
)

HOLD = 200.0
"""s after which a P3 has been told."""
DAY = MORNING - timedelta(days=3)
"""A morning without a conference near."""


def gap(
    carrier: CarrierId = VNPT,
    level: Level = Level.DISTRICT,
    on_duty: int = 0,
    *,
    near: bool = False,
) -> RosterGap:
    """From 19:00 of the 15th to 07:00 of the 16th."""
    evening = MORNING.replace(hour=19, minute=0, second=0)
    period = Period(evening, evening + timedelta(hours=12))
    name = CONFERENCE if near else None
    return RosterGap(carrier, level, (CHU_SE, HUB), period, on_duty, on_duty + 1, name)


def whole(language: str = "vi") -> Inventory:
    found = replace(province(), conferences={CONFERENCE: conference()})
    return replace(found, language=type(found.language)(language))


def told(messages: list[Notification]) -> set[tuple[str, str, str]]:
    return {(m.event.value, m.priority.value, m.contact) for m in messages}


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def test_only_the_operators_hear_of_it_and_of_its_end() -> None:
    drive = Drive(whole(), DAY)
    drive.look(gap())
    assert told(drive.run(HOLD)) == {("opened", "P3", "truc-ttcntt")}
    incident = only(drive)
    assert incident.subject == duty_subject(VNPT, Level.DISTRICT)
    assert (incident.carrier, incident.site, incident.links) == (None, HUB, ())
    assert told(drive.run(3600)) == set()
    assert told(drive.look()) == {("resolved", "P3", "truc-ttcntt")}
    assert only(drive).status is Status.RESOLVED


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "vi",
            [
                "[P3] THIẾU NGƯỜI TRỰC – Điểm cầu ttcntt – VNPT cấp huyện",
                "Đo: 1/2 người trực từ 19:00 15/05 đến 07:00 16/05, 2 điểm cầu.",
            ],
        ),
        (
            "en",
            [
                "[P3] TOO FEW ON DUTY – Điểm cầu ttcntt – VNPT district",
                "Measured: 1 of 2 on duty from 19:00 15/05 to 07:00 16/05, 2 sites.",
            ],
        ),
    ],
)
def test_it_says_whose_duty_from_when_to_when(language: str, lines: list[str]) -> None:
    drive = Drive(whole(language), DAY)
    drive.look(gap(on_duty=1))
    (message,) = {m.text for m in drive.run(HOLD)}
    assert [line for line in lines if line not in message.splitlines()] == []
    # Nobody's modem, and no other link, has anything to do with it.
    assert "Viettel" not in message
    ended = drive.look()[0].text
    assert ended.startswith("[P3] KẾT THÚC" if language == "vi" else "[P3] OVER")


def test_one_for_each_carrier_and_level() -> None:
    drive = Drive(whole(), DAY)
    drive.look(gap(), gap(VIETTEL), gap(level=Level.LEADER))
    drive.run(HOLD)
    assert len(drive.incidents) == 3
    drive.look(gap(VIETTEL))
    open_ = [i for i in drive.incidents.values() if not i.status.is_closed]
    assert [i.subject for i in open_] == [duty_subject(VIETTEL, Level.DISTRICT)]


def test_seen_again_it_is_the_same_one_and_told_once() -> None:
    drive = Drive(whole(), DAY)
    drive.look(gap())
    drive.run(HOLD)
    assert drive.look(gap(on_duty=1)) == []
    assert only(drive).evidence["on_duty"] == 1
    assert drive.run(HOLD) == []


def test_for_a_conference_within_a_day_it_is_urgent() -> None:
    drive = Drive(whole(), MORNING - timedelta(hours=12))
    drive.look(gap(near=True))
    assert told(drive.run(HOLD)) == {("opened", "P2", "truc-ttcntt")}
    assert only(drive).conference == CONFERENCE
    assert "Hội nghị TXCT họp lúc 07:30 15/05." in drive.notifications[0].text
    # Its row says who comes after the duty: none of them is the operators' to order about.
    assert {m.contact for m in drive.run(1500)} <= {"truc-ttcntt"}


def test_a_gap_elsewhere_in_time_does_not_grow_urgent_with_the_hub() -> None:
    # The hub carries every conference, but nobody misses the duty there and then.
    drive = Drive(whole(), MORNING - timedelta(hours=12))
    drive.look(gap())
    assert told(drive.run(HOLD)) == {("opened", "P3", "truc-ttcntt")}


def test_it_grows_urgent_as_the_conference_comes_near() -> None:
    start = conference().start
    drive = Drive(whole(), start - timedelta(hours=24, minutes=10))
    drive.look(gap(near=True))
    assert told(drive.run(HOLD)) == {("opened", "P3", "truc-ttcntt")}
    assert told(drive.run(600)) == {("raised", "P2", "truc-ttcntt")}


def test_one_that_can_wait_does_not_wake_them_at_night() -> None:
    before_six = NIGHT.replace(hour=5, minute=45)
    drive = Drive(whole(), before_six)
    drive.look(gap())
    assert told(drive.run(76 * 60)) == {("opened", "P3", "truc-ttcntt")}
    local = drive.notifications[0].created_at.astimezone(ZONE)
    assert (local.hour, local.minute) == (7, 0)


def test_it_stands_over_a_restart_until_the_rosters_are_looked_at() -> None:
    drive = Drive(whole(), MORNING - timedelta(hours=12))
    drive.look(gap(near=True))
    drive.run(HOLD)
    later = drive.restart(whole(), after=5.0)
    assert later.run(120) == []
    assert later.look(gap(near=True)) == []
    assert later.run(120) == []
    assert told(later.look()) == {("resolved", "P2", "truc-ttcntt")}


def test_a_carrier_that_leaves_takes_it_along() -> None:
    drive = Drive(whole(), DAY)
    drive.look(gap(VIETTEL))
    drive.run(HOLD)
    before = whole()
    links = {k: x for k, x in before.links.items() if x.carrier != VIETTEL}
    carriers = {k: x for k, x in before.carriers.items() if k != VIETTEL}
    rosters = {k: x for k, x in before.rosters.items() if x.carrier != VIETTEL}
    left = replace(before, links=links, carriers=carriers, rosters=rosters)
    assert {m.contact for m in drive.reload(left)} == {"truc-ttcntt"}
    assert only(drive).status is Status.WITHDRAWN
    assert only(drive).priority is Priority.P3
