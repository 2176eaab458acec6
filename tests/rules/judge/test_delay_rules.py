"""Delay: raised when the median reaches a level by more than chance, cleared by fast replies."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.delay import SAMPLES, DelayJudge
from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.windows import RttWindow
from linkwatch.model.thresholds import Limits, Severity

CHANCE = false_alarm_chance(0.02, 1.0)
LIMITS = Limits(0.050, 0.100)
FAST, SLOW, SLOWEST = 0.010, 0.060, 0.120


class Fed:
    """A judge, told of one reply every `spacing` s."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.judge = DelayJudge()
        self.limits = limits
        self.rtts = RttWindow(60)
        self.at = 0.0
        self.wanted = 0

    def take(self, rtt: float, spacing: float = 1.0) -> None:
        self.rtts.add(rtt)
        self.wanted = self.judge.take(rtt, self.at, self.limits, CHANCE, self.rtts)
        self.at += spacing

    def run(self, replies: int, rtt: float = FAST, spacing: float = 1.0) -> "Fed":
        for _ in range(replies):
            self.take(rtt, spacing)
        return self

    def until(self, severity: Severity, rtt: Callable[[], float], most: int = 5000) -> int:
        for number in range(most):
            if self.judge.severity is severity:
                return number
            self.take(rtt())
        raise AssertionError(f"still {self.judge.severity.name} after {most} replies")


@given(st.sets(st.integers(0, 59), max_size=6))
def test_a_few_slow_replies_in_a_minute_never_alarm(slow: set[int]) -> None:
    fed = Fed().run(100)
    for number in range(60):
        fed.take(SLOWEST if number in slow else FAST)
    assert fed.run(100).judge.severity is Severity.OK


def test_a_risen_delay_is_told_after_ten_replies_at_the_level_all_of_them_reached() -> None:
    fed = Fed().run(100)
    assert fed.until(Severity.WARNING, lambda: SLOW) == 10
    assert fed.judge.since == 100.0
    assert fed.until(Severity.CRITICAL, lambda: SLOWEST) == 10
    assert fed.judge.since == 100.0


def test_a_jump_over_both_levels_is_critical_at_once() -> None:
    fed = Fed().run(100)
    assert fed.until(Severity.CRITICAL, lambda: SLOWEST) == 10


def test_a_median_just_over_the_level_is_told_a_little_later() -> None:
    rng = random.Random(2)  # noqa: S311 a simulation, not a secret
    took = [
        Fed().run(100).until(Severity.WARNING, lambda: SLOW if rng.random() < 0.6 else FAST)
        for _ in range(40)
    ]
    assert sorted(took)[20] < 40


def test_one_in_five_slow_is_a_line_with_a_tail_and_not_a_slow_one() -> None:
    rng = random.Random(4)  # noqa: S311 a simulation, not a secret
    fed = Fed()
    for _ in range(20_000):
        fed.take(SLOW if rng.random() < 0.2 else FAST)
        assert fed.judge.severity is Severity.OK


def test_a_short_queue_is_not_told_however_often_it_was_looked_at() -> None:
    fed = Fed().run(100).run(20, SLOWEST, spacing=0.2)
    assert fed.judge.severity is Severity.OK
    assert fed.run(6, SLOWEST, spacing=0.2).judge.severity is Severity.CRITICAL


def test_the_second_slow_reply_in_a_row_asks_for_a_closer_look() -> None:
    fed = Fed().run(100)
    fed.take(SLOW)
    assert fed.wanted == 0
    fed.take(SLOW)
    assert fed.wanted > 0
    fed.take(FAST)
    assert fed.wanted == 0


def test_it_clears_after_fifteen_fast_replies_and_says_since_when() -> None:
    fed = Fed().run(100).run(30, SLOWEST)
    assert fed.run(SAMPLES - 1).judge.severity is Severity.CRITICAL
    assert fed.run(1).judge.severity is Severity.OK
    assert fed.judge.fell_since == 130.0


def test_between_clear_and_raise_level_it_stays() -> None:
    fed = Fed().run(100).run(30, SLOWEST)
    assert fed.run(500, 0.096).judge.severity is Severity.CRITICAL
    assert fed.run(500, 0.080).judge.severity is Severity.WARNING
    assert fed.run(500, 0.046).judge.severity is Severity.WARNING
    assert fed.run(15, 0.044).judge.severity is Severity.OK


def test_a_slow_reply_now_and_then_delays_the_clearing_and_does_not_prevent_it() -> None:
    fed = Fed().run(100).run(30, SLOW)
    replies = iter([FAST, FAST, FAST, FAST, FAST, FAST, FAST, FAST, SLOW] * 9)
    assert fed.until(Severity.OK, lambda: next(replies)) in range(20, 50)


@given(st.lists(st.sampled_from([FAST, 0.046, SLOW, 0.096, SLOWEST]), max_size=200))
def test_what_is_raised_is_what_the_median_says(rtts: list[float]) -> None:
    fed = Fed()
    for rtt in rtts:
        before = fed.judge.severity
        fed.take(rtt)
        if fed.judge.severity > before:
            median = fed.rtts.median(SAMPLES)
            assert median is not None
            assert LIMITS.severity(median) >= fed.judge.severity


@pytest.mark.parametrize("limits", [Limits(None, 0.1), Limits(0.1, None), Limits(None, None)])
def test_a_missing_level_is_never_reached(limits: Limits) -> None:
    fed = Fed(limits).run(100).run(50, SLOWEST)
    assert fed.judge.severity is limits.severity(SLOWEST)
    assert fed.run(15).judge.severity is Severity.OK


def test_a_level_taken_away_clears() -> None:
    fed = Fed().run(100).run(30, SLOWEST)
    fed.limits = Limits(None, None)
    assert fed.run(15, SLOWEST).judge.severity is Severity.OK


def test_what_was_restored_falls_by_the_clear_rule_only() -> None:
    fed = Fed()
    fed.judge.restore(Severity.WARNING, 12.0)
    assert fed.run(14).judge.severity is Severity.WARNING
    assert fed.run(1).judge.severity is Severity.OK
    assert fed.judge.since == 12.0
