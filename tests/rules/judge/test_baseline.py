"""What is usual of a line at an hour, and what is not."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.baseline import LESSONS, MAD_TO_SIGMA, Baseline, Hour
from support.province import ZONE

MONDAY = datetime(2021, 5, 10, tzinfo=ZONE)
delays = st.floats(0.001, 1.0)


def taught(values: list[float]) -> Hour:
    hour = Hour()
    for value in values:
        hour.learn(value)
    return hour


@pytest.mark.parametrize("spread", [0.002, 0.005])
@pytest.mark.parametrize("seed", range(5))
def test_median_and_mad_are_learnt(seed: int, spread: float) -> None:
    draw = random.Random(seed)  # noqa: S311 no secret
    hour = taught([draw.gauss(0.020, spread) for _ in range(2_000)])
    assert hour.median == pytest.approx(0.020, abs=spread / 2)
    assert hour.spread * MAD_TO_SIGMA == pytest.approx(spread, rel=0.5)


def test_one_bad_morning_moves_the_usual_little() -> None:
    hour = taught([0.010, 0.011] * 60)
    before = hour.level(6.0)
    for _ in range(12):
        hour.learn(0.5)
    after = hour.level(6.0)
    assert before is not None
    assert after is not None
    assert after < 0.030


def test_a_line_that_is_moved_to_another_route_is_usual_again_in_days() -> None:
    hour = taught([0.010, 0.011] * 60)
    for _ in range(7 * 12):
        hour.learn(0.030)
    assert hour.median == pytest.approx(0.030, abs=0.002)


def test_too_little_known_is_no_level() -> None:
    assert taught([0.010] * (LESSONS - 1)).level(6.0) is None
    assert taught([0.010] * LESSONS).level(6.0) is not None


def test_hours_of_working_days_and_weekends_are_apart() -> None:
    usual = Baseline()
    for _ in range(LESSONS):
        usual.learn(0.040, MONDAY + timedelta(hours=9))
    assert usual.level(MONDAY + timedelta(days=4, hours=9, minutes=59), 6.0) is not None
    assert usual.level(MONDAY + timedelta(days=5, hours=9), 6.0) is None
    assert usual.level(MONDAY + timedelta(hours=10), 6.0) is None


@given(st.lists(delays, min_size=LESSONS, max_size=300))
def test_the_usual_lies_within_what_was_seen_and_its_level_above(values: list[float]) -> None:
    hour = taught(values)
    level = hour.level(6.0)
    assert min(values) <= hour.median <= max(values)
    assert level is not None
    assert level > hour.median
