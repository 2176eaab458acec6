"""The month's 95th percentile against the exact one, and over restarts and new months."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.month import FLOOR, SLOTS_BETWEEN_SAVES, Month, month_of
from linkwatch.judge.slots import Slot
from linkwatch.model.finding import Direction
from linkwatch.model.load import MonthLoad
from support.province import WAN, ZONE

RECEIVE, TRANSMIT = Direction
MAY = datetime(2021, 5, 1, 0, 0, tzinfo=ZONE).astimezone(UTC)


def slot(number: int, receive: float, transmit: float = 0.0) -> Slot:
    start = MAY + timedelta(minutes=5 * number)
    rates = {RECEIVE: receive, TRANSMIT: transmit}
    end = start + timedelta(minutes=5)
    return Slot(start, end, rates, dict.fromkeys(Direction, False), None)


def exact(rates: list[float]) -> float:
    """Sorted, the highest 5 % struck out, the highest that is left."""
    return sorted(rates)[math.ceil(0.95 * len(rates)) - 1]


@given(st.lists(st.floats(0, 9e11), min_size=1, max_size=300))
def test_it_is_the_exact_percentile_within_two_percent(rates: list[float]) -> None:
    month = Month(WAN)
    for number, rate in enumerate(rates):
        month.take(slot(number, rate, rate / 2), ZONE)
    for direction, true in ((RECEIVE, exact(rates)), (TRANSMIT, exact([r / 2 for r in rates]))):
        assert month.p95[direction] == pytest.approx(true, rel=0.0201, abs=FLOOR)


def test_a_busy_hour_a_day_is_struck_out_of_a_whole_month() -> None:
    month = Month(WAN)
    for number in range(31 * 288):
        busy = number % 288 < 12
        month.take(slot(number, 90e6 if busy else 30e6), ZONE)
    assert month.p95[RECEIVE] == pytest.approx(30e6, rel=0.02)


def test_a_new_month_by_local_time_begins_at_nothing_and_saves_the_old() -> None:
    month = Month(WAN)
    last = 31 * 288 - 1
    saves = [*month.take(slot(last, 80e6), ZONE), *month.take(slot(last + 1, 10e6), ZONE)]
    assert (saves[0].month, sum(saves[0].receive.values())) == ("2021-05", 1)
    assert month.p95[RECEIVE] == pytest.approx(10e6, rel=0.02)


def test_it_is_saved_once_an_hour_and_when_asked() -> None:
    month = Month(WAN)
    saved = [number for number in range(60) if month.take(slot(number, 1e6), ZONE)]
    assert len(saved) == 60 // SLOTS_BETWEEN_SAVES
    assert {b - a for a, b in zip(saved, saved[1:], strict=False)} == {SLOTS_BETWEEN_SAVES}
    month.take(slot(60, 1e6), ZONE)
    assert [sum(load.receive.values()) for load in month.unsaved()] in ([61], [])
    assert month.unsaved() == []


def test_links_are_not_all_saved_at_once() -> None:
    def first(link: str) -> int:
        month = Month(WAN.__class__(link))
        return next(n for n in range(60) if month.take(slot(n, 1e6), ZONE))

    assert len({first(f"link-{number}") for number in range(100)}) == SLOTS_BETWEEN_SAVES


def test_after_a_restart_it_goes_on() -> None:
    before, whole = Month(WAN), Month(WAN)
    for number in range(100):
        rate = 1e6 * (1 + number % 37)
        before.take(slot(number, rate), ZONE)
        whole.take(slot(number, rate), ZONE)
    before._dirty = True
    (kept,) = before.unsaved()
    after = Month(WAN)
    after.restore(kept, "2021-05")
    assert after.p95 == whole.p95
    for number in range(100, 140):
        after.take(slot(number, 90e6), ZONE)
        whole.take(slot(number, 90e6), ZONE)
    assert after.p95 == whole.p95


def test_what_was_kept_of_another_month_does_not_count() -> None:
    after = Month(WAN)
    after.restore(MonthLoad(WAN, "2021-04", {200: 500}, {}), "2021-05")
    assert after.p95 == {RECEIVE: None, TRANSMIT: None}


def test_levels_that_no_version_wrote_are_left_out() -> None:
    after = Month(WAN)
    after.restore(MonthLoad(WAN, "2021-05", {-1: 5, 10**6: 5, 100: 1}, {}), "2021-05")
    assert after.p95[RECEIVE] == pytest.approx(FLOOR * 1.04**99.5)


def test_the_month_is_the_local_one() -> None:
    assert month_of(datetime(2021, 5, 31, 17, 0, tzinfo=UTC), ZONE) == "2021-06"
