"""A channel that gets nothing through, as an incident of the operators."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linkwatch.judge.channel import ChannelFault
from linkwatch.model.finding import Kind
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import DeliveryOutcome, Notification
from linkwatch.model.subject import Subject
from linkwatch.model.words import Language
from linkwatch.runtime.events import ChannelsLookedAt
from linkwatch.runtime.step import step
from support.climb import province
from support.drive import Drive
from support.province import CONFERENCE, HUB, MORNING, NIGHT, conference, moment

HOLD = 200.0
"""s after which a P3 has been told."""
DAY = MORNING - timedelta(days=3)
"""A morning without a conference near."""
HOOK, LOG = ChannelId("hook"), ChannelId("log")
ROOM = ContactId("truc-ttcntt")


def mute(
    channel: ChannelId = HOOK,
    reason: DeliveryOutcome = DeliveryOutcome.FAILED,
    since: datetime = DAY,
    last: datetime | None = None,
) -> ChannelFault:
    return ChannelFault(channel, since, reason, 5, last)


def whole(language: Language = Language.VI) -> Inventory:
    return replace(province(), language=language)


def meeting() -> Inventory:
    return replace(province(), conferences={CONFERENCE: conference()})


def look(drive: Drive, *faults: ChannelFault) -> list[Notification]:
    """Have the channels looked at, with this outcome."""
    before = len(drive.notifications)
    now = moment(drive.start, drive.seconds)
    drive.records += step(drive.state, ChannelsLookedAt(faults), now).records
    return drive.notifications[before:]


def told(messages: Sequence[Notification]) -> set[tuple[str, str, str, str]]:
    return {(m.event.value, m.priority.value, m.contact, m.channel) for m in messages}


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def test_the_operators_hear_of_it_and_of_its_end_by_another_channel() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute())
    assert told(drive.run(HOLD)) == {("opened", "P3", ROOM, LOG)}
    incident = only(drive)
    assert incident.subject == Subject.of_channel(HOOK)
    assert incident.kind is Kind.CHANNEL_FAILED
    assert (incident.carrier, incident.site, incident.links) == (None, HUB, ())
    assert drive.run(3600) == []
    assert told(look(drive)) == {("resolved", "P3", ROOM, LOG)}
    assert only(drive).status is Status.RESOLVED


def test_who_has_no_other_channel_is_told_by_that_one() -> None:
    before = whole()
    room = replace(before.contacts[ROOM], channels=(HOOK,))
    drive = Drive(replace(before, contacts={**before.contacts, ROOM: room}), DAY)
    look(drive, mute())
    assert told(drive.run(HOLD)) == {("opened", "P3", ROOM, HOOK)}


def test_one_that_works_again_within_the_hold_is_told_to_nobody() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute())
    assert drive.run(60) == []
    assert look(drive) == []
    assert drive.run(HOLD) == []


def test_a_dead_gateway_is_one_incident_however_often_it_is_looked_at() -> None:
    drive = Drive(whole(), DAY)
    for _ in range(50):
        look(drive, mute())
        drive.run(20)
    assert told(drive.notifications) == {("opened", "P3", ROOM, LOG)}
    assert len(drive.notifications) == 1


def test_one_that_comes_and_goes_flaps_and_is_not_told_each_time() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute())
    drive.run(HOLD)
    for _ in range(10):
        look(drive)
        drive.run(10)
        look(drive, mute())
        drive.run(50)
    events = [m.event.value for m in drive.notifications]
    assert events[-1] == "flapping"
    assert len(events) <= 5
    assert only(drive).status is Status.FLAPPING


def test_all_channels_dead_are_one_message_each_and_no_more() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute(), mute(LOG, DeliveryOutcome.IN_DOUBT))
    drive.run(3600)
    assert len(drive.incidents) == 2
    assert told(drive.notifications) == {("opened", "P3", ROOM, LOG), ("opened", "P3", ROOM, HOOK)}


def test_a_conference_that_is_near_makes_it_urgent() -> None:
    drive = Drive(meeting(), MORNING - timedelta(hours=12))
    look(drive, mute())
    assert told(drive.run(HOLD)) == {("opened", "P2", ROOM, LOG)}
    assert only(drive).conference == CONFERENCE
    # Its row turns to the carriers next: none of them can mend a channel of ours.
    assert {m.contact for m in drive.run(1500)} <= {ROOM}


def test_it_grows_urgent_as_the_conference_comes_near() -> None:
    drive = Drive(meeting(), conference().start - timedelta(hours=24, minutes=10))
    look(drive, mute())
    assert told(drive.run(HOLD)) == {("opened", "P3", ROOM, LOG)}
    assert told(drive.run(600)) == {("raised", "P2", ROOM, LOG)}


def test_muteness_does_not_wait_for_the_morning() -> None:
    drive = Drive(whole(), NIGHT)
    look(drive, mute())
    assert told(drive.run(HOLD)) == {("opened", "P3", ROOM, LOG)}


@pytest.mark.parametrize(
    ("reason", "vi", "en"),
    [
        (
            DeliveryOutcome.FAILED,
            "không kết nối được hoặc máy chủ báo lỗi",
            "no connection, or errors",
        ),
        (DeliveryOutcome.IN_DOUBT, "máy chủ không trả lời", "the server does not answer"),
        (DeliveryOutcome.REFUSED, "máy chủ từ chối", "the server refuses"),
        (DeliveryOutcome.DEFERRED, "máy chủ hẹn gửi lại sau", "the server puts it off"),
    ],
)
def test_it_says_which_channel_and_why(reason: DeliveryOutcome, vi: str, en: str) -> None:
    last = DAY - timedelta(minutes=12)
    texts = {}
    for language in Language:
        drive = Drive(whole(language), DAY)
        look(drive, mute(reason=reason, last=last))
        [opened] = drive.run(HOLD)
        [ended] = look(drive)
        texts[language] = (opened, ended)
    opened, ended = texts[Language.VI]
    lines = opened.text.splitlines()
    assert lines[0] == "[P3] KÊNH NHẮN TIN HỎNG – Điểm cầu ttcntt – kênh tin hook"
    assert f"Đo: 5 lần gửi liên tiếp không được: {vi}; lần cuối gửi được lúc 08:30." in lines
    assert opened.short.startswith("P3 KENH NHAN TIN HONG ttcntt, kenh tin hook tu 08:42.")
    assert ended.text.startswith("[P3] ĐÃ KHÔI PHỤC (KÊNH NHẮN TIN HỎNG)")
    # Nobody's modem, and no link, has anything to do with it.
    assert "Viettel" not in opened.text
    opened, ended = texts[Language.EN]
    lines = opened.text.splitlines()
    assert lines[0] == "[P3] CHANNEL FAILED – Điểm cầu ttcntt – channel hook"
    why = f"5 attempts in a row without success: {en}; the last success was at 08:30"
    assert f"Measured: {why}." in lines
    assert opened.short.startswith("P3 CHANNEL FAILED ttcntt, channel hook")


def test_it_stands_over_a_restart_until_something_is_accepted() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute())
    drive.run(HOLD)
    later = drive.restart(whole(), after=5.0)
    assert later.run(120) == []
    assert look(later, mute()) == []
    assert told(look(later)) == {("resolved", "P3", ROOM, LOG)}


def test_a_channel_that_nobody_has_any_more_takes_it_along() -> None:
    drive = Drive(whole(), DAY)
    look(drive, mute())
    drive.run(HOLD)
    before = whole()
    contacts = {k: replace(c, channels=(LOG,)) for k, c in before.contacts.items()}
    assert {m.contact for m in drive.reload(replace(before, contacts=contacts))} == {ROOM}
    assert only(drive).status is Status.WITHDRAWN
