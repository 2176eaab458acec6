"""When a message is tried again: bounded, spread, deterministic, and never for ever."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.notification import Delivery, DeliveryOutcome, DeliveryStatus
from linkwatch.model.priority import Priority
from linkwatch.timing.retry import (
    MOST_DOUBTS,
    Onward,
    Reason,
    RetryPolicy,
    after_attempt,
    backoff,
    is_too_old,
)

POLICY = RetryPolicy()
UNSETTLED = st.sampled_from([DeliveryOutcome.FAILED, DeliveryOutcome.IN_DOUBT])


def decide(
    outcome: DeliveryOutcome = DeliveryOutcome.FAILED,
    *,
    retry_after: float | None = None,
    priority: Priority = Priority.P1,
    attempts: int = 1,
    age: float = 0.0,
) -> Onward:
    delivery = Delivery(outcome, retry_after=retry_after)
    return after_attempt(POLICY, delivery, key="k", priority=priority, attempts=attempts, age=age)


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (DeliveryOutcome.ACCEPTED, DeliveryStatus.ACCEPTED, Reason.ACCEPTED),
        (DeliveryOutcome.REFUSED, DeliveryStatus.REFUSED, Reason.REFUSED),
    ],
)
def test_an_answer_settles_however_old_the_message_is(
    outcome: DeliveryOutcome, status: DeliveryStatus, reason: Reason
) -> None:
    assert decide(outcome, age=1e9) == Onward(status, reason)


@given(UNSETTLED, st.integers(1, 10_000), st.text())
def test_a_wait_lies_between_its_bounds(outcome: DeliveryOutcome, attempts: int, key: str) -> None:
    full = min(POLICY.first * POLICY.factor ** min(attempts - 1, 60), POLICY.slowest)

    onward = after_attempt(
        POLICY, Delivery(outcome), key=key, priority=Priority.P1, attempts=attempts, age=0.0
    )

    assert (onward.status, onward.reason) == (DeliveryStatus.PENDING, Reason.BACKOFF)
    assert onward.wait is not None
    assert full * (1 - POLICY.spread) <= onward.wait <= full


@given(st.text())
def test_waits_grow_until_the_slowest(key: str) -> None:
    waits = [backoff(POLICY, key, attempts) for attempts in range(1, 7)]

    assert all(later > earlier for earlier, later in pairwise(waits))


def test_waits_of_many_messages_are_spread_and_repeatable() -> None:
    waits = [backoff(POLICY, f"LW-{n:06d}:opened:duty:hook", 1) for n in range(1000)]

    assert waits == [backoff(POLICY, f"LW-{n:06d}:opened:duty:hook", 1) for n in range(1000)]
    by_quarter = [sum(0.75 + q / 16 <= w < 0.8125 + q / 16 for w in waits) for q in range(4)]
    assert min(by_quarter) > 150


@pytest.mark.parametrize(
    ("asked", "wait", "reason"),
    [
        (30.0, 30.0, Reason.ASKED),
        (86_400.0, POLICY.longest_asked, Reason.ASKED),
        (0.0, backoff(POLICY, "k", 1), Reason.BACKOFF),
    ],
)
def test_what_the_peer_asks_for_counts_within_reason(
    asked: float, wait: float, reason: Reason
) -> None:
    assert decide(retry_after=asked) == Onward(DeliveryStatus.PENDING, reason, wait)


@pytest.mark.parametrize("priority", Priority)
def test_a_message_that_would_be_too_old_next_time_is_given_up(priority: Priority) -> None:
    limit = POLICY.give_up[priority]

    assert decide(priority=priority, age=limit - 1.01).status is DeliveryStatus.PENDING
    given_up = decide(priority=priority, age=limit - 0.5)
    assert given_up == Onward(DeliveryStatus.EXPIRED, Reason.TOO_OLD)


@given(st.floats(0, 1e6), st.sampled_from(Priority))
def test_whoever_waits_is_not_too_old_when_the_wait_is_over(age: float, priority: Priority) -> None:
    onward = decide(priority=priority, age=age)

    if onward.wait is not None:
        assert not is_too_old(POLICY, priority, age + onward.wait)


def test_a_clock_set_back_does_no_harm() -> None:
    assert decide(age=-3600.0).status is DeliveryStatus.PENDING


def test_a_test_is_given_up_within_a_quarter_of_an_hour() -> None:
    def after(age: float) -> Onward:
        return after_attempt(
            POLICY,
            Delivery(DeliveryOutcome.FAILED),
            key="k",
            priority=Priority.P3,
            attempts=1,
            age=age,
            is_test=True,
        )

    assert after(POLICY.test / 2).status is DeliveryStatus.PENDING
    assert after(POLICY.test) == Onward(DeliveryStatus.EXPIRED, Reason.TOO_OLD)
    assert is_too_old(POLICY, Priority.P3, POLICY.test + 1, is_test=True)
    assert not is_too_old(POLICY, Priority.P3, POLICY.test + 1)


def test_a_test_in_doubt_is_not_sent_on_and_on() -> None:
    def after(attempts: int, *, is_test: bool) -> Onward:
        return after_attempt(
            POLICY,
            Delivery(DeliveryOutcome.IN_DOUBT),
            key="k",
            priority=Priority.P3,
            attempts=attempts,
            age=5.0,
            is_test=is_test,
        )

    assert after(MOST_DOUBTS - 1, is_test=True).status is DeliveryStatus.PENDING
    assert after(MOST_DOUBTS, is_test=True) == Onward(DeliveryStatus.EXPIRED, Reason.IN_DOUBT)
    assert after(MOST_DOUBTS, is_test=False).status is DeliveryStatus.PENDING
