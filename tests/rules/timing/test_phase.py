"""Phases are stable and spread."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.timing.phase import next_slot, phase_of


def test_a_phase_does_not_change_between_versions() -> None:
    assert round(phase_of("chu-se-wan"), 6) == 0.381048


def test_a_province_is_spread_evenly() -> None:
    tenths = [0] * 10
    for number in range(480):
        tenths[int(phase_of(f"site-{number}-wan") * 10)] += 1
    assert min(tenths) > 25
    assert max(tenths) < 75


@given(
    st.floats(0, 1e7),
    st.floats(0.05, 3600),
    st.floats(0, 1, exclude_max=True),
)
def test_the_next_slot_is_within_one_interval(now: float, interval: float, phase: float) -> None:
    slot = next_slot(now, interval, phase)
    assert now < slot <= now + interval + 1e-6
    turns = (slot - phase * interval) / interval
    assert abs(turns - round(turns)) < 1e-4
