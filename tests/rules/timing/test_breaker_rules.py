"""A channel that fails is left alone, tried now and then, and trusted again after one answer."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.notification import DeliveryOutcome
from linkwatch.timing.breaker import Breaker, BreakerPolicy, Circuit

POLICY = BreakerPolicy(failures=3, first=5.0, factor=2.0, slowest=15.0)
FAILED, ACCEPTED = DeliveryOutcome.FAILED, DeliveryOutcome.ACCEPTED
ANSWERS = [ACCEPTED, DeliveryOutcome.REFUSED, DeliveryOutcome.DEFERRED]
FAILURES = [FAILED, DeliveryOutcome.IN_DOUBT]


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker(POLICY)
    for _ in range(POLICY.failures):
        breaker.start()
        breaker.end(FAILED, at)
    return breaker


@pytest.mark.parametrize("failure", FAILURES)
def test_only_failures_in_a_row_break_it(failure: DeliveryOutcome) -> None:
    breaker = Breaker(POLICY)
    for outcome in (failure, failure, ACCEPTED, failure, failure):
        breaker.end(outcome, 0.0)
        assert not breaker.has_failed
    breaker.end(failure, 0.0)
    assert breaker.has_failed


@pytest.mark.parametrize("answer", ANSWERS)
def test_any_answer_closes_it(answer: DeliveryOutcome) -> None:
    breaker = broken()
    assert breaker.wait(5.0, urgent=False) == 0
    breaker.start()
    breaker.end(answer, 6.0)
    assert breaker.circuit is Circuit.CLOSED
    breaker.end(FAILED, 7.0)
    assert breaker.wait(7.0, urgent=False) == 0


def test_one_trial_after_each_pause_and_pauses_that_grow() -> None:
    breaker = broken(at=0.0)
    now = 0.0
    for pause in (5.0, 10.0, 15.0, 15.0):
        assert breaker.wait(now, urgent=False) == pause
        now += pause
        assert breaker.wait(now, urgent=False) == 0
        breaker.start()
        assert breaker.circuit is Circuit.TRIAL
        assert breaker.wait(now, urgent=False) == breaker.wait(now, urgent=True) == inf
        breaker.end(FAILED, now)


def test_an_urgent_message_is_the_trial_at_once_but_the_only_one() -> None:
    breaker = broken()
    assert breaker.wait(0.0, urgent=True) == 0
    breaker.start()
    assert breaker.wait(0.0, urgent=True) == inf


def test_what_began_before_it_broke_does_not_lengthen_the_pause() -> None:
    breaker = broken(at=0.0)
    breaker.end(FAILED, 4.0)
    assert breaker.wait(4.0, urgent=False) == 1.0


@given(st.lists(st.tuples(st.sampled_from([*ANSWERS, *FAILURES]), st.floats(0, 100))))
def test_it_never_stays_shut(history: list[tuple[DeliveryOutcome, float]]) -> None:
    breaker, now = Breaker(POLICY), 0.0
    for outcome, later in history:
        now += later
        if breaker.wait(now, urgent=False) == 0:
            breaker.start()
        breaker.end(outcome, now)
    assert breaker.circuit is not Circuit.TRIAL
    assert breaker.wait(now, urgent=False) <= POLICY.slowest
