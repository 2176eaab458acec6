"""Scripted traffic: what each shape comes to, and sums that are exact however they are taken."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.lab.agent_counters import Carried, Counters
from linkwatch.lab.agent_curve import Polyline
from linkwatch.lab.agent_traffic import Amount, Burst, Constant, Daily, Ramp, Replay, Shape

ORIGIN = datetime(2021, 5, 15, 3, 0, tzinfo=UTC).timestamp()
CONTRACT = 20_000_000
MBIT = 1_000_000
HALF, ALL = Amount(0.5, is_share=True), Amount(1.0, is_share=True)
FOUR, EIGHT = Amount(4 * MBIT), Amount(8 * MBIT)
DAILY = Daily(FOUR, EIGHT, time(15), ZoneInfo("Asia/Ho_Chi_Minh"))
SHAPES = [
    Constant(HALF),
    DAILY,
    Ramp(FOUR, ALL, 60.0),
    Burst(FOUR, ALL, 5.0, 30.0),
    Replay((FOUR, HALF, ALL), 10.0),
]


def flow(shape: Shape) -> Polyline:
    return shape.flow(ORIGIN, CONTRACT)


@pytest.mark.parametrize(
    ("shape", "points"),
    [
        (Constant(HALF), {0: 10, 1e6: 10}),
        (Constant(EIGHT), {0: 8}),
        (Ramp(FOUR, ALL, 60.0), {0: 4, 30: 12, 60: 20, 3600: 20}),
        (Burst(FOUR, ALL, 5.0, 30.0), {0: 20, 4.9: 20, 5: 4, 29.9: 4, 30: 20, 35: 4}),
        (Replay((FOUR, HALF, ALL), 10.0), {0: 4, 9.9: 4, 10: 10, 20: 20, 29.9: 20, 30: 4, 45: 10}),
        # 03:00 UTC is 10:00 there: five hours before the peak, and eleven after it.
        (DAILY, {5 * 3600: 8, -7 * 3600: 4, 17 * 3600: 4, 29 * 3600: 8, 11 * 3600: 6}),
    ],
)
def test_a_shape_is_what_it_says(shape: Shape, points: dict[float, float]) -> None:
    drawn = flow(shape)
    for elapsed, megabits in points.items():
        assert drawn.at(ORIGIN + elapsed) == pytest.approx(megabits * MBIT)


@given(
    st.sampled_from(SHAPES),
    st.floats(0, 100_000),
    st.floats(0.01, 100_000),
    st.floats(0.01, 100_000),
)
def test_sums_add_up(shape: Shape, start: float, first: float, second: float) -> None:
    drawn = flow(shape)
    begin, middle, end = (ORIGIN + start + more for more in (0, first, first + second))
    whole = drawn.between(begin, end)
    assert whole == pytest.approx(drawn.between(begin, middle) + drawn.between(middle, end))
    assert 4 * MBIT * (end - begin) - 1 <= whole <= 20 * MBIT * (end - begin) + 1


@given(
    st.sampled_from(SHAPES), st.floats(0, 200), st.floats(1, 200), st.floats(3 * MBIT, 21 * MBIT)
)
def test_a_sum_is_that_of_what_is_seen_in_small_steps(
    shape: Shape, start: float, length: float, ceiling: float
) -> None:
    steps = 4000
    width = length / steps
    middles = [ORIGIN + start + width * (step + 0.5) for step in range(steps)]

    def stepwise(seen: Callable[[float], float]) -> float:
        return sum(seen(at) * width for at in middles)

    begin, end = ORIGIN + start, ORIGIN + start + length
    drawn = flow(shape)
    # At a step of the curve one of the small steps is wrong by all of it.
    tolerance = 20 * MBIT * width * 40
    assert drawn.between(begin, end) == pytest.approx(stepwise(drawn.at), abs=tolerance)
    cut = drawn.cut(ceiling)
    expected = stepwise(lambda at: min(drawn.at(at), ceiling))
    assert cut.between(begin, end) == pytest.approx(expected, abs=tolerance)
    assert max(cut.at(at) for at in middles) <= ceiling + 1


def test_what_a_ceiling_keeps_back_counts_as_discards() -> None:
    wanted = flow(Constant(Amount(30 * MBIT)))
    counters = Counters()
    counters.carry(ORIGIN, Carried(wanted.cut(20 * MBIT), wanted, errors=0.01))
    counts = counters.at(ORIGIN + 8)
    assert counts.octets == 20 * MBIT
    assert counts.packets == 20_000, "of 1000 octets each"
    assert counts.errors == 200
    assert counts.discards == 10_000


@given(st.lists(st.floats(0, 100), max_size=20), st.sampled_from(SHAPES))
def test_counters_do_not_depend_on_who_looks_when(looks: list[float], shape: Shape) -> None:
    def counted(looks: list[float]) -> tuple[int, int]:
        counters = Counters()
        counters.carry(ORIGIN, Carried(flow(shape), None, discards=0.1))
        for at in sorted(looks):
            if at < 50:
                counters.at(ORIGIN + at)
        counters.carry(ORIGIN + 50, Carried(flow(Constant(EIGHT))))
        for at in looks:
            counters.at(ORIGIN + at)
        counts = counters.at(ORIGIN + 100)
        return counts.octets, counts.discards

    assert counted(looks) == counted([])


def test_counters_begin_at_nought_after_a_reset_and_know_what_was() -> None:
    counters = Counters(first_octets=2**64 - 1000)
    counters.carry(ORIGIN, Carried(flow(Constant(EIGHT))))
    counters.carry(ORIGIN + 10, Carried(None))
    assert counters.at(ORIGIN).octets == 2**64 - 1000
    assert counters.at(ORIGIN + 5).octets == 2**64 - 1000 + 5 * MBIT
    assert counters.at(ORIGIN + 60).octets == 2**64 - 1000 + 10 * MBIT
    assert counters.at(ORIGIN + 5).octets == 2**64 - 1000 + 5 * MBIT, "an earlier time still"
    counters.carry(ORIGIN + 60, Carried(flow(Constant(EIGHT))))
    counters.reset(ORIGIN + 70)
    assert counters.at(ORIGIN + 70).octets == 0
    assert counters.at(ORIGIN + 71).octets == MBIT
