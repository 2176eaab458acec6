"""The wheel tells each round once, in order, and no earlier than it is due."""

import math

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import LinkId
from linkwatch.timing.wheel import Wheel

phases = st.dictionaries(
    st.sampled_from([LinkId(f"l{i}") for i in range(12)]),
    st.floats(0, 1, exclude_max=True),
    min_size=1,
)
starts = st.floats(0, 1e6)
steps = st.lists(st.floats(0, 3), max_size=20)


@given(phases, st.sampled_from([0.2, 1.0, 5.0]), starts, steps, st.integers(1, 20))
def test_every_round_is_told_once_and_in_its_time(
    phases: dict[LinkId, float], interval: float, start: float, steps: list[float], limit: int
) -> None:
    wheel = Wheel(interval, phases, start)
    told = dict.fromkeys(phases, 0)
    now = start
    for step in steps:
        now += step
        while wheel.next_due <= now:
            got = wheel.due(now, limit)
            assert 0 < len(got) <= limit
            for link in got:
                told[link] += 1
    for link, phase in phases.items():
        expected = _rounds_until(now, interval, phase) - _rounds_until(start, interval, phase)
        assert abs(told[link] - expected) <= (0 if _is_clear(start, now, interval, phase) else 1)


@given(phases, st.floats(0, 1e4), st.floats(0, 50))
def test_what_is_skipped_and_what_is_told_make_up_the_whole(
    phases: dict[LinkId, float], start: float, pause: float
) -> None:
    skipping, patient = Wheel(1.0, phases, start), Wheel(1.0, phases, start)
    missed = skipping.skip_missed(start + pause)
    told = skipping.due(start + pause, 1000)
    assert missed + len(told) == len(patient.due(start + pause, 1000))
    assert len(told) <= len(phases) + 1


@given(phases, phases, st.floats(0, 100), st.floats(0, 3))
def test_a_new_wheel_tells_what_the_former_left(
    before: dict[LinkId, float], after: dict[LinkId, float], start: float, late: float
) -> None:
    kept = {link: phase for link, phase in before.items() if link in after}
    former = Wheel(1.0, before, start)
    now = start + late
    wheel = Wheel(1.0, after | kept, now)
    wheel.take_over(former)
    left = [link for link in former.due(now, 1000) if link in kept]
    assert [link for link in wheel.due(now, 1000) if link in kept] == left


def _rounds_until(now: float, interval: float, phase: float) -> int:
    return math.floor(now / interval - phase)


def _is_clear(start: float, end: float, interval: float, phase: float) -> bool:
    """Whether neither end lies within rounding of the link's own time."""
    return all(0.001 < (at / interval - phase) % 1 < 0.999 for at in (start, end))
