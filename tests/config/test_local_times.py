"""Local times: gaps are refused, repetitions mean the first, date-only ends include the day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.config.badvalue import BadValueError
from linkwatch.config.localtime import parse_end, parse_instant, parse_start

GIA_LAI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SANTIAGO = ZoneInfo("America/Santiago")

naive_times = st.datetimes(datetime(1990, 1, 1), datetime(2036, 12, 31))  # noqa: DTZ001 local times as they are written


def refusal(parse: Callable[[str, ZoneInfo], datetime], text: str) -> str:
    """The message a reader refuses a text with; nothing if it takes it."""
    try:
        return "" if parse(text, BERLIN).tzinfo is UTC else "\0not an instant"
    except BadValueError as error:
        return error.message


@given(naive_times)
def test_a_local_time_is_read_as_written_or_does_not_exist(written: datetime) -> None:
    written = written.replace(second=0, microsecond=0)
    back = {
        fold: written.replace(tzinfo=BERLIN, fold=fold).astimezone(UTC).astimezone(BERLIN)
        for fold in (0, 1)
    }
    exists = back[0].replace(tzinfo=None, fold=0) == written
    text = written.strftime("%Y-%m-%dT%H:%M")
    if not exists:
        with pytest.raises(BadValueError, match="does not exist in Europe/Berlin"):
            parse_instant(text, BERLIN)
        return
    instant = parse_instant(text, BERLIN)
    assert instant.tzinfo is UTC
    assert instant.astimezone(BERLIN).replace(tzinfo=None, fold=0) == written
    assert instant == min(each.astimezone(UTC) for each in back.values())


def test_the_hour_that_is_skipped_and_the_hour_that_comes_twice() -> None:
    with pytest.raises(BadValueError, match="does not exist"):
        parse_instant("2021-03-28T02:30", BERLIN)
    assert parse_instant("2021-10-31T02:30", BERLIN) == datetime(2021, 10, 31, 0, 30, tzinfo=UTC)
    assert parse_instant("2021-10-31T02:30+01:00", BERLIN).hour == 1


@given(st.dates(date(1990, 1, 1), date(2036, 12, 30)))
def test_a_date_as_end_includes_its_day(day: date) -> None:
    after = (day + timedelta(days=1)).isoformat()
    assert parse_end(day.isoformat(), GIA_LAI) == parse_start(after, GIA_LAI)
    assert parse_end(day.isoformat(), GIA_LAI) > parse_start(day.isoformat(), GIA_LAI)


def test_an_end_with_a_time_is_that_time() -> None:
    assert parse_end("2021-05-15T19:00", GIA_LAI) == datetime(2021, 5, 15, 12, 0, tzinfo=UTC)


def test_a_day_whose_midnight_is_skipped_begins_at_the_jump() -> None:
    assert parse_start("2022-09-11", SANTIAGO) == datetime(2022, 9, 11, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("parse", [parse_start, parse_end, parse_instant])
@given(text=st.one_of(st.text(max_size=25), st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?Z?")))
def test_any_text_is_an_instant_or_refused_in_words(
    parse: Callable[[str, ZoneInfo], datetime], text: str
) -> None:
    assert refusal(parse, text).isprintable()


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31", "9999-12-31T23:59-12:00"])
def test_the_ends_of_time_are_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        parse_end(text, GIA_LAI)
