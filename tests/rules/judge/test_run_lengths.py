"""Limits of the control charts: their run lengths are exact, and what the setting asks for."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.judge.charts import Chart, loss_charts, loss_clearing, slow_chart
from linkwatch.judge.runlength import gain_for, limit_for, mean_run_length
from linkwatch.judge.significance import RULES, SECONDS_PER_YEAR, false_alarm_chance
from linkwatch.model.thresholds import Limits

CHANCE = false_alarm_chance(0.02, 1.0)
USUAL = Limits(0.01, 0.05)


def solved(bad: Fraction, gain: int, limit: int) -> Fraction:
    """The mean run length from 0, by plain elimination over all states of the chain."""
    rows = []
    for height in range(limit):
        row = [Fraction(0)] * limit + [Fraction(1)]
        row[height] += 1
        row[max(0, height - 1)] -= 1 - bad
        if height + gain < limit:
            row[height + gain] -= bad
        rows.append(row)
    for pivot in range(limit):
        rows[pivot] = [x / rows[pivot][pivot] for x in rows[pivot]]
        for other in range(limit):
            factor = rows[other][pivot]
            if other != pivot and factor:
                rows[other] = [
                    x - factor * y for x, y in zip(rows[other], rows[pivot], strict=True)
                ]
    return rows[0][-1]


@given(st.integers(1, 20), st.integers(1, 6), st.integers(1, 16))
def test_the_mean_run_length_is_that_of_the_chain(percent: int, gain: int, limit: int) -> None:
    bad = Fraction(percent, 100)
    assert mean_run_length(float(bad), gain, limit) == pytest.approx(
        float(solved(bad, gain, limit)), rel=1e-9
    )


@settings(deadline=None)
@given(st.sampled_from([0.002, 0.005, 0.05]), st.floats(2, 18), st.floats(1e3, 1e14))
def test_the_limit_is_the_lowest_that_chance_passes_rarely_enough(
    bad: float, times: float, mean: float
) -> None:
    gain = gain_for(bad, bad * times)
    limit = limit_for(bad, gain, mean)
    assert mean_run_length(bad, gain, limit) >= mean
    assert limit == 1 or mean_run_length(bad, gain, limit - 1) < mean


@pytest.mark.parametrize("chart", loss_charts(USUAL, CHANCE).charts)
def test_it_beats_the_bound_that_needs_no_chain(chart: Chart) -> None:
    # exp(limit in nats) probes at least is what every likelihood ratio promises (Lorden 1971).
    nats = chart.limit * math.log((1 - 0.005) / (1 - chart.ratio))
    assert 0.6 < nats / math.log(4 / CHANCE) < 1


def test_chance_takes_as_long_as_computed() -> None:
    bad, gain = 0.05, gain_for(0.05, 0.5)
    limit = limit_for(bad, gain, 5_000)
    rng = random.Random(5)  # noqa: S311 a simulation, not a secret
    runs = [_run(rng, bad, gain, limit) for _ in range(400)]
    assert sum(runs) / len(runs) == pytest.approx(mean_run_length(bad, gain, limit), rel=0.15)


def _run(rng: random.Random, bad: float, gain: int, limit: int) -> int:
    height = probes = 0
    while height < limit:
        height = height + gain if rng.random() < bad else max(0, height - 1)
        probes += 1
    return probes


def test_the_setting_is_shared_out_over_a_year_of_probes_and_the_rules() -> None:
    chance = false_alarm_chance(0.02, 5.0)
    assert chance * RULES * SECONDS_PER_YEAR / 5.0 == pytest.approx(0.02)
    charts = loss_charts(USUAL, chance).charts
    a_year = SECONDS_PER_YEAR / 5.0
    expected = sum(a_year / mean_run_length(0.005, c.gain, c.limit) for c in charts)
    assert 0.02 / RULES * 0.7 < expected <= 0.02 / RULES


@pytest.mark.parametrize(
    ("limits", "ratios"),
    [
        (USUAL, [0.01, 0.02236, 0.05, 0.2]),
        (Limits(None, 0.05), [0.05, 0.2]),
        (Limits(0.02, None), [0.02, 0.08, 0.32]),
        (Limits(0.05, 0.05), [0.05, 0.2]),
        (Limits(0.3, 1.0), [0.3, 0.9]),
        (Limits(0.0, None), [0.001, 0.004, 0.016, 0.064, 0.256]),
        (Limits(None, None), []),
    ],
)
def test_every_loss_is_near_what_some_chart_looks_for(limits: Limits, ratios: list[float]) -> None:
    found = [chart.ratio for chart in loss_charts(limits, CHANCE).charts]
    assert found == pytest.approx(ratios, rel=1e-3)


def test_a_level_below_the_usual_background_lowers_what_is_taken_for_background() -> None:
    assert loss_charts(USUAL, CHANCE).background == 0.005
    assert loss_charts(Limits(0.004, None), CHANCE).background == 0.002


@settings(deadline=None)
@given(
    st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.2, 1.0, 5.0, 60.0]), st.floats(1e-6, 1e3)
)
def test_whatever_is_configured_gives_charts_that_one_loss_does_not_move_over_their_limit(
    low: float, high: float, interval: float, per_year: float
) -> None:
    watched = loss_charts(Limits(low, high), false_alarm_chance(per_year, interval))
    assert watched.charts
    for chart in watched.charts:
        assert 1 <= chart.gain < chart.limit
        assert chart.doubt <= chart.limit


def test_slow_replies_take_several_in_a_row_and_more_the_more_are_slow_anyway() -> None:
    in_a_row = [
        math.ceil(chart.limit / chart.gain)
        for chart in (slow_chart(usual, CHANCE, 2) for usual in (0.05, 0.1, 0.2, 0.3, 0.4, 0.45))
    ]
    assert in_a_row == sorted(in_a_row)
    assert in_a_row[0] == 9
    assert in_a_row[-1] < 150
    assert slow_chart(0.05, CHANCE / 100, 2).limit > slow_chart(0.05, CHANCE, 2).limit


def test_clearing_takes_longer_the_less_loss_the_level_allows() -> None:
    needed = [loss_clearing(level).needed for level in (0.01, 0.05, 0.2)]
    assert needed == [397, 78, 18]
