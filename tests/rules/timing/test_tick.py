"""The tick fits the rate, the buffer and the hurry."""

import pytest

from linkwatch.timing.tick import HURRIED, LONGEST, SHORTEST, tick_length

AMPLE = 1 << 20


@pytest.mark.parametrize("per_second", [0.0, 1.0, 480.0, 10_000.0])
def test_few_links_are_looked_after_rarely(per_second: float) -> None:
    assert tick_length(per_second, AMPLE, hurried=False) == LONGEST


def test_a_doubt_is_settled_sooner() -> None:
    assert tick_length(480.0, AMPLE, hurried=True) == HURRIED
    assert tick_length(0.0, AMPLE, hurried=True) == HURRIED


@pytest.mark.parametrize("per_second", [23_000.0, 50_000.0, 1e6])
def test_many_links_are_asked_in_small_turns(per_second: float) -> None:
    length = tick_length(per_second, AMPLE, hurried=False)
    assert SHORTEST <= length < LONGEST


@pytest.mark.parametrize("room", [52, 200, 1000])
def test_the_buffer_holds_twice_what_comes_in_a_turn(room: int) -> None:
    length = tick_length(2000.0, room, hurried=False)
    assert length * 2000.0 <= room / 2 + 1e-9
    assert tick_length(1e6, room, hurried=False) == SHORTEST
