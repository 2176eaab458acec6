"""When a channel's daily test is due, and whom it goes to."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.moment import Span
from linkwatch.model.people import Address, Turn
from linkwatch.oncall.daily_test import Due, due, in_use, who_tries
from linkwatch.oncall.duty import DutyBook
from support.province import MORNING, ZONE, inventory

NINE, WHO = time(9), ContactId("truc")
HOOK, LOG, SMS = ChannelId("hook"), ChannelId("log"), ChannelId("sms")
DAY = date(2021, 5, 15)


def at(hour: int, minute: int = 0, day: int = 15) -> datetime:
    return datetime(2021, 5, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("when", "last", "found"),
    [
        (at(8, 59), None, Due.NOT_YET),
        (at(9), None, Due.NOW),
        (at(23, 59), DAY - timedelta(days=1), Due.NOW),
        (at(9), DAY, Due.DONE),
        (at(0, day=16), DAY, Due.NOT_YET),
        (at(9, day=17), DAY, Due.NOW),
        (at(9), DAY + timedelta(days=1), Due.DONE),
        (at(9), DAY + timedelta(days=2), Due.NOW),
        (at(8), DAY + timedelta(days=400), Due.NOT_YET),
    ],
)
def test_once_a_day_from_that_time_on(when: datetime, last: date | None, found: Due) -> None:
    assert due(NINE, last, WHO, when, ZONE) is found


def test_without_anybody_it_waits_and_without_a_time_there_is_none() -> None:
    assert due(NINE, None, None, at(9), ZONE) is Due.NOBODY
    assert due(None, None, WHO, at(9), ZONE) is Due.OFF
    assert due(NINE, DAY, None, at(9), ZONE) is Due.DONE


@given(st.lists(st.integers(1, 600), min_size=1, max_size=80), st.times())
def test_never_twice_a_day_and_never_missed_on_a_day_looked_at_late(
    steps: list[int], wanted: time
) -> None:
    now, last, sent = at(0), None, list[date]()
    for minutes in steps:
        now += timedelta(minutes=minutes)
        day = now.astimezone(ZONE).date()
        if due(wanted, last, WHO, now, ZONE) is Due.NOW:
            last = day
            sent.append(day)
        if now.astimezone(ZONE).time() >= wanted:
            assert last == day
    assert len(sent) == len(set(sent))


def test_the_channels_that_somebody_has_but_the_log() -> None:
    whole = inventory()
    assert in_use(whole) == (HOOK, LOG)
    assert in_use(replace(whole, log_channels=frozenset({LOG}))) == (HOOK,)
    assert in_use(replace(whole, served_channels=frozenset({LOG, SMS}))) == (LOG,)


def test_the_first_on_duty_whom_it_reaches() -> None:
    whole = inventory()
    assert who_tries(DutyBook(whole), HOOK, MORNING) == "truc-ttcntt"
    assert who_tries(DutyBook(whole), SMS, MORNING) is None
    deaf = replace(whole.contacts[ContactId("truc-ttcntt")], email=None)
    mailing = replace(
        whole,
        contacts={**whole.contacts, deaf.id: deaf},
        addressed_by={HOOK: Address.EMAIL},
    )
    assert who_tries(DutyBook(mailing), HOOK, MORNING) is None
    assert who_tries(DutyBook(mailing), LOG, MORNING) == "truc-ttcntt"
    # Two on duty: it goes to the one whom it reaches.
    other = next(who for who in whole.contacts if who != deaf.id)
    room = mailing.operators.roster
    assert room is not None
    both = tuple(Turn(who, Span(None, None)) for who in (deaf.id, other))
    rosters = {**mailing.rosters, room: replace(mailing.rosters[room], overrides=both)}
    assert who_tries(DutyBook(replace(mailing, rosters=rosters)), HOOK, MORNING) == other
