"""The line of a control chart, the losses it is drawn from, and what is learnt of their bursts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.bursts import HEALTHY, PROBATION, SPAN, Bursts
from linkwatch.judge.losses import ESTIMATE, KEPT, Losses
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.judge.usual import LEAST, MOST, Usual
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


def test_good_probes_that_are_spared_take_nothing_from_the_line() -> None:
    walk = Walk()
    walk.add(1, 10, 100, 1.0)
    walk.add(8, 10, 100, 8.0, spared=4)
    assert walk.height(8) == 10 - 2 + 10
    walk.add(30, 10, 100, 30.0, spared=20)
    assert walk.height(30) == 18 - 1 + 10


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


def taught(*runs: int, apart: int = PROBATION) -> Bursts:
    """What so many misses in a row teach, each run so many probes after the last."""
    bursts = Bursts()
    for number, misses in enumerate(runs, start=1):
        bursts.ended(misses)
        bursts.learn(number * apart)
    return bursts


def test_a_target_is_taken_for_healthy_until_its_losses_tell_otherwise() -> None:
    assert Bursts().again == BACKGROUND_LOSS
    assert taught(*[1] * 1000).again == BACKGROUND_LOSS
    assert taught(*[2] * 300).again == pytest.approx(0.5, abs=0.05)
    assert taught(*[2] * 300, *[1] * 20_000).again < 0.01


def test_the_odd_pair_of_losses_is_no_habit() -> None:
    assert taught(*[1] * 400, 2, 2, *[1] * 400).again == BACKGROUND_LOSS


def test_a_run_teaches_only_when_what_it_may_have_begun_would_have_been_found_out() -> None:
    bursts = Bursts()
    bursts.ended(6)
    for count in range(PROBATION):
        bursts.learn(count)
    bursts.learn(PROBATION)
    assert bursts.again == BACKGROUND_LOSS
    bursts.learn(2 * PROBATION - 1)
    assert bursts.again == BACKGROUND_LOSS
    bursts.learn(2 * PROBATION)
    assert bursts.again == pytest.approx((5 - 5**0.5) / (6 + HEALTHY))


def test_what_was_part_of_a_fault_teaches_nothing() -> None:
    bursts = Bursts()
    bursts.ended(6)
    bursts.forget()
    for turn in range(1, 5):
        bursts.learn(turn * PROBATION)
    assert bursts.again == BACKGROUND_LOSS


@pytest.mark.parametrize(
    ("every", "share"), [(1000, LEAST), (50, LEAST), (10, 0.15), (4, 0.30), (2, MOST), (1, MOST)]
)
def test_how_many_replies_are_slow_anyway_is_learnt_in_steps(every: int, share: float) -> None:
    usual = Usual()
    for count in range(0, 20_000, every):
        usual.add(count)
    assert usual.share == pytest.approx(share)


def test_slow_replies_teach_only_what_is_long_past_and_was_no_fault() -> None:
    usual = Usual()
    for count in range(400):
        usual.add(count)
    assert usual.share == LEAST
    for count in range(400, 500):
        usual.forget(count)
    for count in range(500, 5000, 100):
        usual.add(count)
    assert usual.share < 0.15
