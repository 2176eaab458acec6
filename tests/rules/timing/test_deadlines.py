"""When the time of each of many waits is up."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.timing.deadlines import Deadlines

SLOT = 0.02


def test_each_is_told_once() -> None:
    deadlines = Deadlines(SLOT)
    deadlines.add([1, 2], [1.0, 1.0], 0.0)
    assert deadlines.pass_by(0.99) == []
    assert deadlines.pass_by(1.02) == [1, 2]
    assert deadlines.pass_by(9.0) == []


def test_a_short_wait_that_begins_late_is_not_kept_back_by_a_long_one() -> None:
    deadlines = Deadlines(SLOT)
    deadlines.add([1], [100.0], 0.0)
    deadlines.add([2], [1.0], 0.0)
    assert deadlines.pass_by(1.02) == [2]
    assert deadlines.pass_by(100.02) == [1]


def test_of_several_that_have_passed_the_earliest_come_first() -> None:
    deadlines = Deadlines(SLOT)
    deadlines.add([1, 2, 3], [3.0, 1.0, 2.0], 0.0)
    assert deadlines.pass_by(9.0) == [2, 3, 1]


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.1, 0.1001, 0.9, 5.0]), min_size=1, max_size=20),
        max_size=20,
    ),
    st.lists(st.floats(0, 1), max_size=80),
)
def test_none_passes_early_or_more_than_a_slot_late(
    rounds: list[list[float]], steps: list[float]
) -> None:
    deadlines, now, due = Deadlines(SLOT), 0.0, dict[int, float]()
    for step in [*steps, 9.0]:
        if rounds:
            waits = rounds.pop()
            tokens = range(1000 * len(rounds), 1000 * len(rounds) + len(waits))
            deadlines.add(tokens, waits, now)
            due |= {token: now + wait for token, wait in zip(tokens, waits, strict=True)}
        now += step
        for token in deadlines.pass_by(now):
            assert due.pop(token) <= now + 1e-9
        assert all(deadline > now - SLOT - 1e-9 for deadline in due.values())
