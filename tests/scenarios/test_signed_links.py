"""The links in messages: who gets one, for how long, and what pressing a button twice does."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import Notification, Trouble
from linkwatch.runtime.events import DeclineAsked, TakeAsked
from linkwatch.wire.acktoken import Addressed, read_ack_token
from support.climb import province
from support.drive import Drive, silent
from support.province import CONFERENCE, MORNING, NIGHT, conference

KEY = bytes(range(32))
BASE = "https://linkwatch.example/gia-lai"
LW = IncidentId("LW-000001")
HOOK, LOG = ChannelId("hook"), ChannelId("log")


def whole(**values: object) -> Inventory:
    found = replace(province(), conferences={CONFERENCE: conference()}, public_url=BASE + "/")
    return replace(found, **values)  # type: ignore[arg-type]  # any of its fields


def in_conference(
    inventory: Inventory, key: bytes | None = KEY, start: datetime = MORNING
) -> Drive:
    """The WAN link is dead, and its people have just been told."""
    drive = Drive(inventory, start)
    drive.state.key = key
    drive.run(60)
    while not drive.notifications:
        drive.run(1, chu_se_wan=silent)
    return drive


def link(message: Notification) -> str | None:
    """The link of a message: the same in its words and in its document."""
    _, _, after = message.body.partition('"ack_url":')
    if after.startswith("null"):
        assert "/ack/" not in message.text
        return None
    url = after.split('"')[1]
    assert url in message.text
    return url


def test_everyone_told_gets_a_link_of_their_own() -> None:
    told = in_conference(whole()).notifications
    addressed = set()
    for message in told:
        url = link(message)
        assert url is not None
        assert url.startswith(f"{BASE}/ack/")
        assert read_ack_token(KEY, url.rpartition("/")[2]) == Addressed(LW, message.contact)
        addressed.add(message.contact)
    assert addressed >= {"vnpt-huyen", "vnpt-tinh", "ky-thuat", "truc-ttcntt"}


def test_the_words_name_the_link_and_the_number() -> None:
    drive = in_conference(whole())
    (line,) = {m.text.splitlines()[-1] for m in drive.notifications if m.contact == "vnpt-huyen"}
    assert line.startswith(f"NHẬN VIỆC: {BASE}/ack/")
    assert line.endswith(f" hoặc gọi 0000000099 · {LW}")


def test_everyone_told_can_read_what_to_do_whether_or_not_they_can_answer() -> None:
    page = f"{BASE}/manual/alerts#down"
    told = in_conference(whole(common_channels=frozenset({LOG})), key=None).notifications
    assert {m.channel for m in told} == {HOOK, LOG}
    for message in told:
        assert f"\nHướng dẫn: {page}\n" in message.text
        assert json.loads(message.body)["incident"]["runbook_url"] == page
        assert "manual" not in message.short


def test_without_an_address_there_is_nothing_to_read() -> None:
    for message in in_conference(whole(public_url=None)).notifications:
        assert "Hướng dẫn" not in message.text
        assert json.loads(message.body)["incident"]["runbook_url"] is None


@pytest.mark.parametrize(("values", "key"), [({"public_url": None}, KEY), ({}, None)])
def test_without_an_address_or_a_key_there_is_none(
    values: dict[str, object], key: bytes | None
) -> None:
    assert {link(m) for m in in_conference(whole(**values), key).notifications} == {None}


def test_none_goes_into_the_log() -> None:
    drive = in_conference(whole(common_channels=frozenset({LOG})))
    by_channel = {m.channel: link(m) for m in drive.notifications}
    assert by_channel.keys() == {HOOK, LOG}
    assert by_channel[LOG] is None
    assert by_channel[HOOK] is not None


@pytest.mark.parametrize("common", [frozenset({LOG}), frozenset[ChannelId]()])
def test_none_gets_into_the_log_where_that_takes_over(common: frozenset[ChannelId]) -> None:
    drive = in_conference(replace(whole(common_channels=common), conferences={}), start=NIGHT)
    opened = next(m for m in drive.notifications if m.contact == "vnpt-huyen")
    assert (opened.channel, link(opened) is None) == (HOOK, False)
    [again] = drive.undelivered(opened, Trouble.REFUSED)

    assert (again.channel, link(again)) == (LOG, None if common else link(opened))
    assert again.text.splitlines()[0] == opened.text.splitlines()[0]
    assert again.text.endswith(f" gọi 0000000099 · {LW}")
    assert (again.subject, again.short) == (opened.subject, opened.short)


def test_what_is_over_has_none() -> None:
    drive = in_conference(whole())
    resolved = drive.run(20)
    assert {m.event for m in resolved} == {IncidentEvent.RESOLVED}
    assert {link(m) for m in resolved} == {None}


def heard_since(drive: Drive, before: int) -> list[tuple[str, str]]:
    return sorted({(m.event.value, m.contact) for m in drive.notifications[before:]})


def test_not_mine_said_twice_goes_one_step_further_and_no_more() -> None:
    drive = in_conference(whole())
    asked = DeclineAsked(LW, ContactId("vnpt-huyen"), "vnpt-huyen")
    before = len(drive.notifications)
    drive.ask(asked)
    assert heard_since(drive, before) == [("escalated", "truc-ttcntt")]
    before = len(drive.notifications)
    again = drive.ask(asked)
    assert again.refusal is None
    assert heard_since(drive, before) == []


def test_have_it_said_twice_counts_from_the_second_time_and_is_told_once() -> None:
    drive = in_conference(whole())
    asked = TakeAsked(LW, ContactId("vnpt-huyen"), None, Via.LINK, by="vnpt-huyen", note="")
    first = until(drive, asked)
    drive.run(60, chu_se_wan=silent)
    before = len(drive.notifications)
    assert (until(drive, asked) - first).total_seconds() == 60
    assert heard_since(drive, before) == []
    until(drive, replace(asked, eta=600.0))
    assert {event for event, _ in heard_since(drive, before)} == {"acknowledged"}


def until(drive: Drive, asked: TakeAsked) -> datetime:
    """Take it; when that lapses."""
    ruling = drive.ask(asked)
    assert ruling.incident is not None
    assert ruling.incident.taken is not None
    return ruling.incident.taken.until
