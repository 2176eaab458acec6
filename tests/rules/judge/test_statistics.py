"""Counts behind the false-alarm setting, and the windows they are taken over."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.significance import (
    BACKGROUND_LOSS,
    false_alarm_chance,
    misses_in_a_row,
    significant_losses,
)
from linkwatch.judge.windows import Jitter, LossWindow, RttWindow


def tail(sent: int, k: int, loss: float) -> float:
    return sum(comb(sent, i) * loss**i * (1 - loss) ** (sent - i) for i in range(k, sent + 1))


@given(
    st.integers(1, 120), st.sampled_from([0.005, 0.02, 0.1]), st.sampled_from([1e-9, 1e-6, 1e-3])
)
def test_the_count_is_the_smallest_that_chance_does_not_explain(
    sent: int, loss: float, chance: float
) -> None:
    k = significant_losses(sent, loss, chance)
    assert tail(sent, k, loss) <= chance * (1 + 1e-6)
    assert tail(sent, k - 1, loss) > chance * (1 - 1e-6)


def test_the_setting_is_shared_out_over_a_year_of_probes() -> None:
    assert false_alarm_chance(0.02, 1.0) * 365.25 * 86_400 == pytest.approx(0.02)


def test_a_bad_link_needs_a_longer_run_to_be_called_down() -> None:
    chance = false_alarm_chance(0.02, 1.0)
    assert misses_in_a_row(0.0, chance, 4) == misses_in_a_row(BACKGROUND_LOSS, chance, 4) == 4
    assert misses_in_a_row(0.05, chance, 4) == 8
    assert misses_in_a_row(0.30, chance, 4) == 18


@given(st.lists(st.booleans(), max_size=200))
def test_the_loss_window_is_the_last_of_what_was_sent(lost: list[bool]) -> None:
    window = LossWindow(60)
    for at, one in enumerate(lost):
        window.add(one, float(at))
    recent = lost[-60:]
    assert (window.sent, window.lost) == (len(recent), sum(recent))
    assert window.ratio == (sum(recent) / len(recent) if recent else None)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.95]))
def test_quantiles_are_of_the_last_samples(rtts: list[float], q: float) -> None:
    window = RttWindow(60)
    for rtt in rtts:
        window.add(rtt)
    ordered = sorted(rtts[-60:])
    assert window.quantile(q) == ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def test_jitter_is_rfc_3550s_on_consecutive_answers_only() -> None:
    jitter = Jitter()
    assert not jitter.add(0.010)
    assert jitter.add(0.026)
    assert jitter.value == pytest.approx(0.001)
    assert jitter.add(0.026)
    assert jitter.value == pytest.approx(0.001 * 15 / 16)
    jitter.interrupt()
    assert not jitter.add(0.500)
    assert jitter.value == pytest.approx(0.001 * 15 / 16)
