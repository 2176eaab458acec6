"""The load that a verdict stands on: over a minute and three readings, weighed by their times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.load import READINGS, SPAN, LoadWindow


def filled(*rates: tuple[float, float]) -> LoadWindow:
    """Rates with their spans, one after the other from 0 s."""
    window, at = LoadWindow(), 0.0
    for rate, span in rates:
        at += span
        window.add(rate, span, at)
    return window


@pytest.mark.parametrize(
    ("rates", "mean"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([(10, 59), (10, 0.5), (10, 0.4)], None, id="not long enough"),
        pytest.param([(10, 300), (10, 300)], None, id="too few"),
        pytest.param([(10, 20)] * 3, 10, id="just enough"),
        pytest.param([(40, 10), (20, 30), (20, 20)], 70 / 3, id="weighed by time"),
        pytest.param([(90, 10), *[(10, 10)] * 6], 10, id="older than a minute"),
        pytest.param([(90, 300), (10, 300), (10, 300), (10, 300)], 10, id="rare polls"),
    ],
)
def test_mean(rates: list[tuple[float, float]], mean: float | None) -> None:
    found = filled(*rates).mean
    assert found == (None if mean is None else pytest.approx(mean))


def test_one_download_between_two_polls_is_no_load() -> None:
    window = filled((5, 10), (5, 10), (100, 10), (5, 10), (5, 10), (5, 10))
    assert window.mean == pytest.approx(125 / 6)


def test_it_began_with_the_first_reading_at_the_level() -> None:
    window = filled((5, 10), (5, 10), (18, 10), (20, 10), (20, 10), (20, 10))
    assert window.began(18) == 20.0


def test_a_break_begins_anew() -> None:
    window = filled(*[(10, 20)] * 3)
    window.clear()
    assert window.mean is None


@given(st.lists(st.tuples(st.floats(0, 1e11), st.floats(2, 600)), max_size=60))
def test_the_mean_lies_between_its_rates_and_the_memory_is_bounded(
    rates: list[tuple[float, float]],
) -> None:
    window = filled(*rates)
    mean = window.mean
    if mean is not None:
        seen = [rate for rate, _ in rates]
        assert min(seen) * 0.999999 <= mean <= max(seen) * 1.000001
    assert len(window._rates) <= SPAN / 2 + READINGS
