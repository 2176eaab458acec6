"""Availability: seconds in service by condition, over midnights, hours, work and restarts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.availability import DAYS, Account, Service, Stretch, without
from linkwatch.model.availability import Availability, Condition, SavedAvailability
from linkwatch.model.topology import Hours
from support.province import WAN, ZONE

HOUR, DAY = 3600, 86_400
THURSDAY = datetime(2021, 5, 13, tzinfo=ZONE)
OFFICE = Hours(frozenset(range(1, 6)), time(7), time(17))
NIGHTS = Hours(frozenset({4}), time(22), time(6))
PLAIN = Service(ZONE)


def at(hours: float) -> float:
    """So many hours after Thursday's midnight."""
    return THURSDAY.timestamp() + hours * HOUR


def account(condition: Condition = Condition.UP, hours: float = 0) -> Account:
    begun = Account(at(hours), (THURSDAY + timedelta(hours=hours)).date())
    begun.condition = condition
    return begun


def stretch(start: float, end: float) -> Stretch:
    return at(start), at(end)


@pytest.mark.parametrize(
    ("service", "start", "end", "counted"),
    [
        (PLAIN, 1, 2, [(13, HOUR, 0)]),
        (PLAIN, 23, 26, [(13, HOUR, 0), (14, 2 * HOUR, 0)]),
        (Service(ZONE, OFFICE), 0, 24, [(13, 10 * HOUR, 0)]),
        (Service(ZONE, OFFICE), 16, 32, [(13, HOUR, 0), (14, HOUR, 0)]),
        (Service(ZONE, OFFICE), 48, 72, [(15, 0, 0)]),
        (Service(ZONE, NIGHTS), 0, 48, [(13, 2 * HOUR, 0), (14, 6 * HOUR, 0)]),
        (Service(ZONE, OFFICE, [stretch(16, 19)]), 0, 24, [(13, 12 * HOUR, 0)]),
        (Service(ZONE, OFFICE, [stretch(50, 52)]), 48, 72, [(15, 2 * HOUR, 0)]),
        (Service(ZONE, None, [stretch(16, 19)]), 0, 24, [(13, DAY, 0)]),
        (Service(ZONE, None, (), [stretch(22, 28)]), 23, 25, [(13, HOUR, HOUR), (14, HOUR, HOUR)]),
        (Service(ZONE, OFFICE, (), [stretch(5, 8)]), 0, 24, [(13, 10 * HOUR, HOUR)]),
        (Service(ZONE, None, (), [stretch(1, 3), stretch(2, 4)]), 0, 24, [(13, DAY, 3 * HOUR)]),
        (PLAIN, 2, 2, []),
        (PLAIN, 2, 1, []),
    ],
)  # fmt: skip
def test_time_in_service_is_cut_at_midnight(
    service: Service, start: float, end: float, counted: list[tuple[int, int, int]]
) -> None:
    found = [
        (date.fromordinal(day).day, served, excused)
        for day, served, excused in service.shares(at(start), at(end))
    ]
    assert found == counted


def test_hours_follow_the_clock_on_the_wall_where_it_is_put_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # On 28 March 2021 the clocks went from 02:00 to 03:00: that day has 23 hours.
    start = datetime(2021, 3, 28, tzinfo=berlin).timestamp()
    end = datetime(2021, 3, 29, tzinfo=berlin).timestamp()
    sundays = Hours(frozenset({7}), time(1), time(5))
    assert [served for _, served, _ in Service(berlin).shares(start, end)] == [23 * HOUR]
    assert [served for _, served, _ in Service(berlin, sundays).shares(start, end)] == [3 * HOUR]


def test_each_condition_is_counted_apart_and_the_unknown_judges_nothing() -> None:
    one = account()
    for hours, now in ((6, Condition.DOWN), (8, Condition.UNKNOWN), (12, Condition.UP)):
        one.settle(at(hours), PLAIN)
        one.condition = now
    worked_on = Service(ZONE, None, (), [stretch(13, 14)])
    figures = one.figures(at(16), worked_on)
    assert figures == Availability(9 * HOUR, 2 * HOUR, 4 * HOUR, HOUR)
    assert figures.ratio == 9 / 11
    assert one.counted() == Availability(6 * HOUR, 2 * HOUR, 4 * HOUR, 0)


def test_down_outside_the_hours_or_in_agreed_work_costs_nothing() -> None:
    service = Service(ZONE, OFFICE, (), [stretch(9, 10)])
    one = account()
    one.settle(at(9), service)
    one.condition = Condition.DOWN
    one.settle(at(10), service)
    one.condition = Condition.UP
    one.settle(at(17), service)
    one.condition = Condition.DOWN
    one.settle(at(31), service)
    assert one.counted() == Availability(9 * HOUR, 0, 0, HOUR)
    assert one.counted().ratio == 1.0


def test_nothing_that_can_be_judged_gives_no_ratio() -> None:
    assert account(Condition.UNKNOWN).figures(at(5), PLAIN).ratio is None


def test_thirty_days_count_and_no_more() -> None:
    one = account(Condition.DOWN)
    one.settle(at(24), PLAIN)
    one.condition = Condition.UP
    for day in range(2, DAYS + 1):
        one.settle(at(24 * day), PLAIN)
    assert one.counted() == Availability((DAYS - 1) * DAY, DAY, 0, 0)
    one.settle(at(24 * DAYS + 1), PLAIN)
    assert one.counted() == Availability((DAYS - 1) * DAY + HOUR, 0, 0, 0)
    one.settle(at(24 * 100), PLAIN)
    assert one.counted() == Availability(DAYS * DAY, 0, 0, 0)


def test_a_restart_goes_on_and_what_nobody_looked_at_is_unknown() -> None:
    one = account(Condition.DOWN)
    one.settle(at(2), PLAIN)
    saved = one.unsaved(WAN)
    assert saved is not None
    assert one.unsaved(WAN) is None
    assert saved.days == {"2021-05-13": (0, 2 * HOUR, 0, 0)}
    later = account(Condition.UNKNOWN, hours=25)
    later.restore(saved, PLAIN)
    later.condition = Condition.UP
    assert later.figures(at(26), PLAIN) == Availability(HOUR, 2 * HOUR, 23 * HOUR, 0)


def test_a_restart_after_a_long_time_forgets_what_is_too_old() -> None:
    saved = SavedAvailability(WAN, THURSDAY, {"2021-05-12": (DAY, 0, 0, 0)})
    later = account(Condition.UNKNOWN, hours=24 * 40)
    later.restore(saved, PLAIN)
    assert later.counted() == Availability(0, 0, (DAYS - 1) * DAY, 0)


def test_a_clock_that_is_set_makes_no_time() -> None:
    one = account(Condition.DOWN)
    one.settle(at(1), PLAIN)
    one.shift(5 * HOUR)
    one.settle(at(7), PLAIN)
    assert one.counted() == Availability(0, 2 * HOUR, 0, 0)


@given(
    cuts=st.lists(st.floats(0, 200 * 24), max_size=12),
    conditions=st.lists(st.sampled_from(Condition), min_size=1, max_size=4),
)
def test_however_often_it_is_settled_the_sum_is_the_same(
    cuts: list[float], conditions: list[Condition]
) -> None:
    service = Service(ZONE, OFFICE, [stretch(30, 60)], [stretch(20, 40), stretch(35, 50)])
    for condition in conditions:
        often, once = account(condition), account(condition)
        for cut in sorted(cuts):
            often.settle(at(round(cut, 2)), service)
        end = at(200 * 24)
        often.settle(end, service)
        once.settle(end, service)
        assert often.counted() == once.counted()


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], [(2, 8)]),
        ([(0, 1)], [(2, 8)]),
        ([(0, 3)], [(3, 8)]),
        ([(3, 4), (5, 6)], [(2, 3), (4, 5), (6, 8)]),
        ([(7, 9)], [(2, 7)]),
        ([(1, 9)], []),
        ([(9, 10)], [(2, 8)]),
    ],
)
def test_what_is_left_of_a_stretch(others: list[Stretch], left: list[Stretch]) -> None:
    assert without((2, 8), others) == left
