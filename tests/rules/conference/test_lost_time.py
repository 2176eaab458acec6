"""What a site lost of a conference, second by second counted beside it."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.conference.lost import LostTime

START, END = 100.0, 200.0


def test_only_what_lies_in_the_conference_counts() -> None:
    lost = LostTime(START, END)
    lost.note(40.0, cut_off=True)
    assert lost.seconds(100.0) == 0
    assert lost.seconds(130.0) == 30
    lost.note(150.0, cut_off=False)
    assert lost.seconds(190.0) == 50
    lost.note(190.0, cut_off=True)
    assert lost.seconds(1000.0) == 60
    lost.note(1000.0, cut_off=False)
    assert lost.seconds(2000.0) == 60


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=12))
def test_it_is_the_sum_of_its_seconds(course: list[tuple[int, bool]]) -> None:
    lost, now, expected, was = LostTime(START, END), 0, 0, False
    for wait, cut_off in course:
        expected += sum(START <= second < END for second in range(now, now + wait)) if was else 0
        now += wait
        lost.note(float(now), cut_off=cut_off)
        was = cut_off
        assert lost.seconds(float(now)) == expected


def test_what_is_lost_stays_lost_when_it_is_put_off() -> None:
    lost = LostTime(START, END)
    lost.note(150.0, cut_off=True)
    lost.move(300.0, 400.0, now=170.0)
    assert lost.seconds(250.0) == 20
    assert lost.seconds(350.0) == 70


def test_a_clock_that_is_set_makes_it_neither_longer_nor_shorter() -> None:
    lost = LostTime(0.0, 10_000.0)
    lost.note(100.0, cut_off=True)
    lost.shift(3600.0)
    assert lost.seconds(3730.0) == 30
    lost.note(3730.0, cut_off=False)
    lost.shift(-3600.0)
    assert lost.seconds(200.0) == 30
