"""A channel does not get a message through: the contact's next one has it, and what follows."""

import json
from dataclasses import replace

import pytest

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Notification, Trouble
from support.drive import Drive, keys, silent
from support.province import MORNING, NIGHT, conference, inventory

HOOK, LOG = ChannelId("hook"), ChannelId("log")


def told_at_night() -> tuple[Drive, Notification]:
    """P2: the duty contact hears of it by the first of two channels."""
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    told = drive.run(90, chu_se_wan=silent)
    assert keys(told) == ["LW-000001:opened:truc-ttcntt:hook", "LW-000001:opened:vnpt-huyen:hook"]
    return drive, next(m for m in told if m.contact == "vnpt-huyen")


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_next_channel_takes_over_the_message_and_what_follows(trouble: Trouble) -> None:
    drive, opened = told_at_night()
    [again] = drive.undelivered(opened, trouble)

    assert again.key == "LW-000001:opened:vnpt-huyen:log"
    assert json.loads(again.body) == {**json.loads(opened.body), "key": again.key}
    assert replace(again, key=opened.key, channel=HOOK, body=opened.body, tried=()) == opened
    assert again.tried == (HOOK,)
    assert drive.notes[-1].what == "handed_on"
    assert drive.notes[-1].detail == f"vnpt-huyen by hook, opened: {trouble}: log takes over"
    assert keys(drive.run(15)) == [
        "LW-000001:resolved:truc-ttcntt:hook",
        "LW-000001:resolved:vnpt-huyen:log",
    ]


def test_a_restart_remembers_by_which_channel_they_are_told() -> None:
    drive, opened = told_at_night()
    drive.undelivered(opened, Trouble.REFUSED)
    later = drive.restart(inventory(), after=5)

    assert "LW-000001:resolved:vnpt-huyen:log" in keys(later.run(60))


def test_where_none_is_left_the_timeline_says_so() -> None:
    drive, opened = told_at_night()
    [by_log] = drive.undelivered(opened, Trouble.REFUSED)

    assert drive.undelivered(by_log, Trouble.REFUSED) == []
    assert (drive.notes[-1].what, drive.notes[-1].detail) == (
        "not_reached",
        "vnpt-huyen by log, opened: refused, and there is no other channel",
    )


def test_a_channel_that_waits_says_nothing_until_there_is_another() -> None:
    drive, opened = told_at_night()
    before = len(drive.notes)

    assert drive.undelivered(opened, Trouble.CHANNEL_FAILED, frozenset({HOOK, LOG})) == []
    assert len(drive.notes) == before
    assert len(drive.undelivered(opened, Trouble.CHANNEL_FAILED, frozenset({HOOK}))) == 1


def test_p1_goes_by_all_channels_at_once_and_none_twice() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    told = drive.run(6, chu_se_wan=silent)
    opened = next(m for m in told if (m.contact, m.channel) == ("vnpt-huyen", HOOK))

    assert drive.undelivered(opened, Trouble.REFUSED) == []
    assert drive.notes[-1].what == "not_reached"


def test_a_contact_who_left_and_a_test_go_nowhere_else() -> None:
    drive, opened = told_at_night()
    gone = replace(opened, contact=ContactId("left-the-service"))
    test = replace(opened, event=IncidentEvent.TEST, incident=None)

    assert drive.undelivered(gone, Trouble.REFUSED) == []
    assert drive.undelivered(test, Trouble.REFUSED) == []
    assert "not_reached" not in drive.timeline


def test_a_message_on_several_incidents_goes_on_too() -> None:
    drive, opened = told_at_night()
    digest = replace(opened, incident=None, key="digest.1:digest:vnpt-huyen:hook")

    [again] = drive.undelivered(digest, Trouble.LATE)
    assert again.key == "digest.1:digest:vnpt-huyen:log"
