"""The decision on each packet, held against the probabilities it is made of."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from itertools import groupby
from random import Random
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.lab.network_fate import Fate, Outcome, Path
from linkwatch.lab.network_model import (
    Behaviour,
    Course,
    ErrorKind,
    Jitter,
    Loss,
    Outage,
    Refusal,
    Reorder,
    Spread,
)

MS = 1_000_000
REFUSAL = Refusal(0.2, ErrorKind.HOST_UNREACHABLE, ip_address("10.99.255.254"))
EVERYTHING = Behaviour(
    delay=30 * MS,
    jitter=Jitter(Spread.NORMAL, 3 * MS),
    loss=Loss(0.02, 0.2, 0.01, 0.9),
    duplicate=0.1,
    reorder=Reorder(0.1, 20 * MS),
    refusal=REFUSAL,
)
ratios = st.floats(0, 1)


def fates(behaviour: Behaviour, count: int, seed: str = "1") -> Sequence[Fate]:
    path = Path(Course((0,), (behaviour,)), Random(seed))  # noqa: S311  no secret hangs on it
    return [path.decide(number * MS) for number in range(count)]


def lost(behaviour: Behaviour, count: int) -> Sequence[bool]:
    return [fate.outcome is Outcome.LOST for fate in fates(behaviour, count)]


@given(st.text(max_size=20), st.integers(0, 300))
def test_the_same_seed_gives_the_same_fates(seed: str, count: int) -> None:
    assert fates(EVERYTHING, count, seed) == fates(EVERYTHING, count, seed)


def test_another_seed_gives_others() -> None:
    assert fates(EVERYTHING, 200, "1") != fates(EVERYTHING, 200, "2")


@settings(max_examples=30)
@given(
    p=st.floats(0.02, 1),
    r=st.floats(0.02, 1),
    good=st.floats(0, 0.3),
    bad=st.floats(0.3, 1),
)
def test_gilbert_elliott_loses_its_stationary_share(
    p: float, r: float, good: float, bad: float
) -> None:
    count = 20_000
    loss = Loss(p, r, good, bad)
    share = fmean(lost(Behaviour(loss=loss), count))
    # Neighbours are correlated by 1 - p - r: the variance of a mean grows by this factor.
    memory = (2 - p - r) / (p + r)
    deviation = math.sqrt(0.25 * max(1.0, memory) / count)
    assert share == pytest.approx(loss.mean, abs=6 * deviation)
    assert loss.mean == pytest.approx((p * bad + r * good) / (p + r))


def test_gilbert_elliott_loses_in_bursts_of_the_mean_length() -> None:
    bursts = [
        len(list(same))
        for bad, same in groupby(lost(Behaviour(loss=Loss(0.02, 0.2, 0.0, 1.0)), 100_000))
        if bad
    ]
    assert fmean(bursts) == pytest.approx(1 / 0.2, rel=0.1)


@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.05, 0.3, 1.0])
def test_independent_losses_have_no_memory(ratio: float) -> None:
    found = lost(Behaviour(loss=Loss.independent(ratio)), 50_000)
    assert fmean(found) == pytest.approx(ratio, abs=0.01)
    after_loss = [after for before, after in zip(found, found[1:], strict=False) if before]
    if 0 < ratio < 1:
        assert fmean(after_loss) == pytest.approx(ratio, abs=0.05)


def test_shares_of_copies_refusals_and_held_ones() -> None:
    told = fates(replace(EVERYTHING, loss=Loss()), 50_000)
    kinds = Counter(fate.outcome for fate in told)
    answered = [fate for fate in told if fate.outcome is Outcome.ANSWERED]
    assert kinds[Outcome.ERROR] / len(told) == pytest.approx(0.2, abs=0.01)
    assert fmean(fate.copies == 2 for fate in answered) == pytest.approx(0.1, abs=0.01)
    assert fmean(fate.held for fate in answered) == pytest.approx(0.1, abs=0.01)
    assert {fate.refusal for fate in told} == {None, REFUSAL}
    assert fmean(f.delay for f in answered if f.held) - fmean(
        f.delay for f in answered if not f.held
    ) == pytest.approx(20 * MS, rel=0.01)


def test_jitter_lies_as_asked() -> None:
    even = [f.delay for f in fates(Behaviour(20 * MS, Jitter(Spread.UNIFORM, 5 * MS)), 50_000)]
    assert min(even) >= 15 * MS
    assert max(even) <= 25 * MS
    assert pstdev(even) == pytest.approx(5 * MS / math.sqrt(3), rel=0.02)
    bell = [f.delay for f in fates(Behaviour(20 * MS, Jitter(Spread.NORMAL, 3 * MS)), 50_000)]
    assert fmean(bell) == pytest.approx(20 * MS, rel=0.01)
    assert pstdev(bell) == pytest.approx(3 * MS, rel=0.02)


@given(st.integers(0, 10**9), st.sampled_from(Spread), st.integers(0, 10**10), st.integers())
def test_no_delay_is_negative(delay: int, spread: Spread, width: int, seed: int) -> None:
    told = fates(Behaviour(delay, Jitter(spread, width)), 50, str(seed))
    assert min(fate.delay for fate in told) >= 0


@given(ratios, ratios)
def test_one_setting_changes_nothing_else(duplicate: float, share: float) -> None:
    other = replace(EVERYTHING, duplicate=duplicate, reorder=Reorder(share, 7 * MS))
    assert [f.outcome for f in fates(EVERYTHING, 200)] == [f.outcome for f in fates(other, 200)]


def test_course_and_outages_follow_the_clock() -> None:
    dead = Behaviour(loss=Loss.independent(1.0))
    course = Course((0, 10), (Behaviour(), dead), (Outage(3, 5), Outage(20, None)))
    path = Path(course, Random("1"))  # noqa: S311  no secret hangs on it
    told = [path.decide(at).outcome.value for at in (-1, 2, 3, 4, 5, 9, 10, 19, 20, 10**15)]
    assert told == [
        *("answered", "answered", "outage", "outage", "answered"),
        *("answered", "lost", "lost", "outage", "outage"),
    ]


def test_the_decision_survives_the_least_random_number() -> None:
    class Zero(Random):
        def random(self) -> float:
            return 0.0

    jitter = Jitter(Spread.NORMAL, 3 * MS)
    path = Path(Course((0,), (Behaviour(delay=100 * MS, jitter=jitter),)), Zero())
    assert 0 < path.decide(0).delay < 100 * MS
