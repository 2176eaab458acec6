"""Delay: raised when the median reaches a level by more than chance, cleared by fast replies."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.delay import SAMPLES, DelayJudge
from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.walk import Evidence
from linkwatch.model.thresholds import Limits, Severity

CHANCE = false_alarm_chance(0.02, 1.0)
LIMITS = Limits(0.050, 0.100)
FAST, SLOW, SLOWEST = 0.010, 0.060, 0.120


class Fed:
    """A judge, told of one reply every `spacing` s; what is measured over a while agrees."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.judge = DelayJudge(clear_ratio=0.9)
        self.limits = limits
        self.agrees = True
        self.asked: list[tuple[Evidence, float]] = []
        self.at = 0.0
        self.wanted = 0

    def take(self, rtt: float, spacing: float = 1.0) -> None:
        self.wanted = self.judge.take(
            rtt, rtt, self.at, self.limits, CHANCE, confirmed=self._confirmed
        )
        self.at += spacing

    def _confirmed(self, run: Evidence, level: float) -> bool:
        self.asked.append((run, level))
        return self.agrees

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


def test_a_risen_delay_is_told_after_nine_replies_at_the_level_all_of_them_reached() -> None:
    fed = Fed().run(100)
    assert fed.until(Severity.WARNING, lambda: SLOW) == 9
    assert fed.judge.since == 100.0
    assert fed.until(Severity.CRITICAL, lambda: SLOWEST) == 9
    assert fed.judge.since == 100.0


def test_a_jump_over_both_levels_is_critical_at_once() -> None:
    fed = Fed().run(100)
    assert fed.until(Severity.CRITICAL, lambda: SLOWEST) == 9


def test_a_median_just_over_the_level_is_told_a_little_later() -> None:
    rng = random.Random(2)  # noqa: S311 a simulation, not a secret
    took = [
        Fed().run(100).until(Severity.WARNING, lambda: SLOW if rng.random() < 0.6 else FAST)
        for _ in range(40)
    ]
    assert sorted(took)[20] < 40


def test_it_takes_what_is_measured_over_a_while_to_agree() -> None:
    fed = Fed().run(100)
    fed.agrees = False
    assert fed.run(50, SLOW).judge.severity is Severity.OK
    run, level = fed.asked[0]
    assert (run.bad, run.sent, run.since, run.span) == (9, 9, 100.0, 8.0)
    assert level == LIMITS.warning
    fed.agrees = True
    assert fed.run(1, SLOW).judge.severity is Severity.WARNING


def test_a_short_queue_is_not_told_however_often_it_was_looked_at() -> None:
    fed = Fed().run(100).run(20, SLOWEST, spacing=0.2)
    assert fed.judge.severity is Severity.OK
    assert fed.run(6, SLOWEST, spacing=0.2).judge.severity is Severity.CRITICAL


def test_the_third_slow_reply_in_a_row_asks_for_a_closer_look() -> None:
    fed = Fed().run(100)
    asked = []
    for rtt in (SLOW, SLOW, SLOW, FAST, FAST, FAST, FAST):
        fed.take(rtt)
        asked.append(fed.wanted > 0)
    assert asked == [False, False, True, False, False, False, False]


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
