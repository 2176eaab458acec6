"""When a reply is overdue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.timing.patience import DEVIATIONS, FLOOR, Patience


def after(*rtts: float, timeout: float = 1.0) -> float:
    patience = Patience(timeout)
    for rtt in rtts:
        patience.add(rtt)
    return patience.overdue_after


def test_it_knows_nothing_before_the_first_reply() -> None:
    assert after() == 1.0


def test_a_quick_steady_target_is_overdue_at_the_floor() -> None:
    assert after(*[0.005] * 50) == FLOOR


def test_a_restless_target_is_given_more_time_than_a_steady_one() -> None:
    steady, restless = after(*[0.1, 0.1] * 50), after(*[0.02, 0.18] * 50)
    assert steady < restless


def test_one_late_reply_makes_it_wait_longer() -> None:
    assert after(*[0.02] * 50, 0.3) > after(*[0.02] * 50) + 0.3


@given(st.lists(st.floats(0, 10), max_size=50), st.floats(0.01, 5))
def test_it_never_waits_longer_than_the_time_out(rtts: list[float], timeout: float) -> None:
    assert min(FLOOR, timeout) <= after(*rtts, timeout=timeout) <= timeout


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=50))
def test_the_average_and_its_deviation_are_those_of_rfc_6298(rtts: list[float]) -> None:
    smoothed, deviation = rtts[0], rtts[0] / 2
    for rtt in rtts[1:]:
        deviation = 0.75 * deviation + 0.25 * abs(smoothed - rtt)
        smoothed = 0.875 * smoothed + 0.125 * rtt
    expected = max(FLOOR, smoothed + DEVIATIONS * deviation)
    assert after(*rtts, timeout=1000.0) == pytest.approx(expected)


@given(st.lists(st.floats(0.001, 0.1), min_size=20, max_size=60))
def test_what_came_before_is_hardly_ever_overdue_when_it_comes_again(rtts: list[float]) -> None:
    assert after(*rtts) >= min(1.0, sorted(rtts)[len(rtts) // 2])
