"""Runs of misses behind the false-alarm setting, and the windows of delay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.significance import BACKGROUND_LOSS, false_alarm_chance, misses_in_a_row
from linkwatch.judge.windows import Jitter, RttWindow

CHANCE = false_alarm_chance(0.02, 1.0)
delays = st.floats(0, 1)


@pytest.mark.parametrize(
    ("own", "again", "misses"),
    [
        (0.0, 0.0, 5),
        (BACKGROUND_LOSS, BACKGROUND_LOSS, 5),
        (0.05, 0.0, 8),
        (0.30, 0.0, 19),
        (BACKGROUND_LOSS, 0.2, 12),
        (BACKGROUND_LOSS, 0.5, 26),
    ],
)
def test_a_link_that_loses_much_or_in_bursts_needs_a_longer_run_to_be_called_down(
    own: float, again: float, misses: int
) -> None:
    assert misses_in_a_row(own, again, CHANCE, 4) == misses


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1e-14, 0.1))
def test_such_a_run_comes_by_chance_as_rarely_as_allowed(
    own: float, again: float, chance: float
) -> None:
    misses = misses_in_a_row(own, again, chance, 1)
    first = min(max(own, BACKGROUND_LOSS), 0.9)
    next_ = min(max(again, first), 0.9)
    assert first * next_ ** (misses - 1) <= chance * (1 + 1e-6)
    assert misses == 1 or first * next_ ** (misses - 2) > chance * (1 - 1e-6)


@given(st.lists(delays, min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.95, 1.0]))
def test_quantiles_are_of_the_last_samples(rtts: list[float], q: float) -> None:
    window = RttWindow(60)
    for rtt in rtts:
        window.add(rtt)
    ordered = sorted(rtts[-60:])
    expected = ordered[min(len(ordered) - 1, int(q * len(ordered)))]
    assert window.quantiles(q, 0.0) == (expected, ordered[0])
    last = sorted(rtts[-15:])
    assert window.median(15) == last[len(last) // 2]


@given(st.lists(delays, max_size=80), delays, st.integers(1, 100))
def test_the_same_delay_many_times_in_one_go(rtts: list[float], rtt: float, count: int) -> None:
    singly, at_once = (RttWindow(60), Jitter()), (RttWindow(60), Jitter())
    for window, jitter in (singly, at_once):
        for one in (*rtts, rtt, rtt):
            window.add(one)
            jitter.add(one)
    for _ in range(count):
        singly[0].add(rtt)
        singly[1].add(rtt)
    at_once[0].skip(rtt, count)
    at_once[1].skip(count)
    shares = (0.0, 0.2, 0.5, 0.9, 1.0)
    assert at_once[0].quantiles(*shares) == singly[0].quantiles(*shares)
    assert at_once[0].median(15) == singly[0].median(15)
    assert (at_once[1].value, at_once[1].samples) == (singly[1].value, singly[1].samples)


def test_jitter_is_rfc_3550s_on_consecutive_answers_only() -> None:
    jitter = Jitter()
    assert jitter.add(0.010) is None
    assert jitter.add(0.026) == pytest.approx(0.016)
    assert jitter.value == pytest.approx(0.001)
    assert jitter.add(0.026) == 0.0
    assert jitter.value == pytest.approx(0.001 * 15 / 16)
    jitter.interrupt()
    assert jitter.add(0.500) is None
    assert jitter.value == pytest.approx(0.001 * 15 / 16)
