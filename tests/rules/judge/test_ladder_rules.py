"""Raise and clear levels."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.ladder import Ladder
from linkwatch.model.thresholds import Limits, Severity

LIMITS = Limits(0.8, 0.9)
values = st.lists(st.floats(0, 1.5), max_size=60)


def fed(samples: list[float], limits: Limits = LIMITS) -> Ladder:
    ladder = Ladder(raise_after=2, clear_after=3, clear_ratio=0.9)
    for at, value in enumerate(samples):
        ladder.step(value, limits, float(at))
    return ladder


@given(values)
def test_it_rises_only_on_a_run_and_to_no_more_than_all_of_the_run_reached(
    samples: list[float],
) -> None:
    ladder = Ladder(raise_after=2, clear_after=3, clear_ratio=0.9)
    for at, value in enumerate(samples):
        before = ladder.severity
        after = ladder.step(value, LIMITS, float(at))
        if after > before:
            assert at > 0
            assert after == min(map(LIMITS.severity, samples[at - 1 : at + 1]))


@given(values)
def test_it_falls_only_after_a_run_below_the_clear_level(samples: list[float]) -> None:
    ladder = Ladder(raise_after=2, clear_after=3, clear_ratio=0.9)
    for at, value in enumerate(samples):
        before = ladder.severity
        if ladder.step(value, LIMITS, float(at)) < before:
            level = LIMITS.level(before)
            assert level is not None
            assert all(v < level * 0.9 for v in samples[at - 2 : at + 1])


def test_between_clear_and_raise_level_it_stays() -> None:
    assert fed([0.95, 0.95] + [0.85] * 20).severity is Severity.CRITICAL
    assert fed([0.85, 0.85] + [0.75] * 20).severity is Severity.WARNING


def test_from_critical_it_falls_to_warning_where_that_still_stands() -> None:
    assert fed([0.95, 0.95, 0.78, 0.78, 0.78]).severity is Severity.WARNING
    assert fed([0.95, 0.95, 0.10, 0.10, 0.10]).severity is Severity.OK


def test_it_began_with_the_first_sample_of_the_run() -> None:
    assert fed([0.1, 0.1, 0.85, 0.85]).started_at == 2.0


def test_a_level_that_was_taken_away_clears() -> None:
    ladder = fed([0.95, 0.95])
    for at in range(3):
        ladder.step(0.95, Limits(None, None), 10.0 + at)
    assert ladder.severity is Severity.OK
