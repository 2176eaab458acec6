"""The line of a control chart, the losses it is drawn from, and what is learnt of their bursts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.bursts import HEALTHY, SPAN, Bursts
from linkwatch.judge.losses import ESTIMATE, KEPT, Losses
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.judge.walk import Walk

probes = st.lists(st.booleans(), max_size=400)


@given(probes, st.integers(1, 30), st.integers(2, 90))
def test_a_line_worked_out_at_bad_probes_alone_is_pages_cumulative_sum(
    told: list[bool], gain: int, limit: int
) -> None:
    walk, height, run = Walk(), 0, 0
    for count, bad in enumerate(told, start=1):
        run = run if height else count
        height = min(height + gain, limit) if bad else max(0, height - 1)
        if bad:
            assert walk.add(count, gain, limit, count * 2.0) == (height == limit)
            seen = walk.evidence(count, count * 2.0)
            assert (seen.bad, seen.sent) == (sum(told[run - 1 : count]), count - run + 1)
            assert (seen.since, seen.span) == (run * 2.0, (count - run) * 2.0)
        assert walk.height(count) == height


@given(probes, st.integers(0, 400), st.sampled_from([1, 7, 60, KEPT]))
def test_losses_are_counted_over_the_last_probes(told: list[bool], cleared: int, last: int) -> None:
    losses = Losses()
    known: list[bool] = []
    for count, lost in enumerate(told, start=1):
        known.append(lost)
        if lost:
            losses.add(count, float(count))
        if count == cleared:
            losses.clear(count)
            known.clear()
    count, recent = len(told), known[-last:]
    assert (losses.sent(count, last), losses.lost(count, last)) == (len(recent), sum(recent))
    assert losses.ratio(count, last) == (sum(recent) / len(recent) if recent else None)
    seen = losses.recent(count, float(count), last)
    if any(recent):
        assert seen is not None
        from_first = recent[recent.index(True) :]
        assert (seen.bad, seen.sent) == (sum(from_first), len(from_first))
        assert seen.since == count - len(from_first) + 1
    else:
        assert seen is None


def test_the_estimate_is_of_the_last_twenty_losses_however_long_they_took() -> None:
    losses = Losses()
    for number in range(1, 60):
        losses.add(number * 1000, float(number))
    seen = losses.estimate(59_010, 59.5)
    assert seen is not None
    assert (seen.bad, seen.sent) == (ESTIMATE, 59_010 - 40_000 + 1)
    assert (seen.since, seen.span) == (40.0, 19.5)


def test_what_is_kept_of_the_losses_is_bounded() -> None:
    losses = Losses()
    for count in range(1, 10_000):
        losses.add(count, float(count))
    assert losses.lost(9_999, 10_000) == KEPT


def test_a_burst_ends_a_while_after_its_first_loss_however_it_goes_on() -> None:
    bursts = Bursts()
    told = [bursts.continues(at) for at in (10.0, 10.2, 14.9, 15.0, 19.0, 40.0)]
    assert told == [False, True, True, False, True, False]
    assert SPAN == 5.0


def test_a_target_is_taken_for_healthy_until_its_losses_tell_otherwise() -> None:
    bursts = Bursts()
    assert bursts.again == BACKGROUND_LOSS
    for _ in range(200):
        bursts.ended(2)
        bursts.learn()
    assert bursts.again == pytest.approx(0.5, abs=0.03)
    for _ in range(20_000):
        bursts.ended(1)
        bursts.learn()
    assert bursts.again < 0.01


def test_the_last_run_teaches_only_once_the_next_shows_that_it_was_harmless() -> None:
    bursts = Bursts()
    bursts.ended(6)
    bursts.learn()
    assert bursts.again == BACKGROUND_LOSS
    bursts.learn()
    assert bursts.again == pytest.approx((5 + HEALTHY * BACKGROUND_LOSS) / (6 + HEALTHY))


def test_what_was_part_of_a_fault_teaches_nothing() -> None:
    bursts = Bursts()
    bursts.ended(6)
    bursts.forget()
    bursts.learn()
    bursts.learn()
    assert bursts.again == BACKGROUND_LOSS
