"""When a channel has failed, when it works again, and what says nothing of it."""

from datetime import UTC, datetime, timedelta

import pytest

from linkwatch.judge.channel import LEAST_TRIES, LONG, ChannelFault, ChannelJudge
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.notification import DeliveryOutcome

HOOK = ChannelId("hook")
AT = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)
SECOND = timedelta(seconds=1)
A, B = ContactId("a"), ContactId("b")
ACCEPTED, REFUSED, DEFERRED, FAILED, IN_DOUBT = (
    DeliveryOutcome.ACCEPTED,
    DeliveryOutcome.REFUSED,
    DeliveryOutcome.DEFERRED,
    DeliveryOutcome.FAILED,
    DeliveryOutcome.IN_DOUBT,
)


def judge(*attempts: DeliveryOutcome, contact: ContactId = A) -> ChannelJudge:
    """One attempt a second from `AT` on."""
    made = ChannelJudge(HOOK)
    for number, outcome in enumerate(attempts):
        made.take(outcome, contact, AT + number * SECOND)
    return made


@pytest.mark.parametrize("outcome", [FAILED, IN_DOUBT])
def test_a_broken_one_has_failed_since_the_first_that_did(outcome: DeliveryOutcome) -> None:
    made = judge(ACCEPTED, outcome, outcome)
    assert made.verdict(broken=False, now=AT + 5 * SECOND) is None
    fault = made.verdict(broken=True, now=AT + 5 * SECOND)
    assert fault == ChannelFault(HOOK, AT + SECOND, outcome, 2, AT)


def test_without_a_single_failure_nothing_is_wrong_whatever_the_circuit_says() -> None:
    assert judge(ACCEPTED).verdict(broken=True, now=AT) is None
    assert judge().verdict(broken=True, now=AT) is None


@pytest.mark.parametrize("answer", [REFUSED, DEFERRED])
def test_only_what_is_accepted_mends_it(answer: DeliveryOutcome) -> None:
    made = judge(FAILED, FAILED)
    assert made.verdict(broken=True, now=AT) is not None
    made.take(answer, A, AT + 10 * SECOND)
    # The circuit is closed by any answer; that anybody is reached is not shown by it.
    fault = made.verdict(broken=False, now=AT + 10 * SECOND)
    assert fault is not None
    assert (fault.reason, fault.since) == (answer, AT)
    made.take(ACCEPTED, A, AT + 11 * SECOND)
    assert made.verdict(broken=False, now=AT + 11 * SECOND) is None


def test_what_one_contact_is_refused_may_be_their_own_fault() -> None:
    made = judge(*[REFUSED] * 10)
    assert made.verdict(broken=False, now=AT + LONG * 10) is None
    made.take(REFUSED, B, AT + 20 * SECOND)
    fault = made.verdict(broken=False, now=AT + 20 * SECOND)
    assert fault is not None
    assert (fault.reason, fault.tries) == (REFUSED, 11)


def test_two_refusals_are_too_few() -> None:
    made = judge(REFUSED)
    made.take(REFUSED, B, AT + SECOND)
    assert made.verdict(broken=False, now=AT + LONG) is None


def test_who_accepts_in_between_is_not_refused_all() -> None:
    made = judge(REFUSED, REFUSED, ACCEPTED)
    made.take(REFUSED, B, AT + 9 * SECOND)
    assert made.verdict(broken=False, now=AT + 9 * SECOND) is None


def test_greylisting_is_no_fault_but_being_put_off_for_long_is() -> None:
    made = judge(*[DEFERRED] * LEAST_TRIES)
    assert made.verdict(broken=False, now=AT + LONG - SECOND) is None
    fault = made.verdict(broken=False, now=AT + LONG)
    assert fault is not None
    assert fault.reason is DEFERRED


def test_a_lone_failure_of_long_ago_is_no_fault() -> None:
    assert judge(FAILED, FAILED).verdict(broken=False, now=AT + 10 * LONG) is None


def test_a_failed_test_alone_is_enough() -> None:
    made = judge(ACCEPTED, REFUSED)
    made.fail()
    fault = made.verdict(broken=False, now=AT + SECOND)
    assert fault == ChannelFault(HOOK, AT + SECOND, REFUSED, 1, AT)


def test_a_test_that_was_never_tried_says_nothing() -> None:
    made = judge(ACCEPTED)
    made.fail()
    assert made.verdict(broken=False, now=AT + LONG) is None
    # Nor does it make more of what fails later.
    made.take(FAILED, A, AT + LONG)
    assert made.verdict(broken=False, now=AT + LONG) is None


def test_it_stands_where_an_earlier_run_stood() -> None:
    made = judge()
    made.restore(AT, IN_DOUBT)
    assert made.verdict(broken=False, now=AT + SECOND) == ChannelFault(HOOK, AT, IN_DOUBT, 0, None)
    made.take(ACCEPTED, A, AT + 2 * SECOND)
    assert made.verdict(broken=False, now=AT + 3 * SECOND) is None
    assert made.last_accepted_at == AT + 2 * SECOND
