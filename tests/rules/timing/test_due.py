"""Who is due when, among many."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.timing.due import DueTimes

keys = st.sampled_from(["a", "b", "c", "d"])
dues = st.integers(0, 50).map(float)
acts = st.one_of(
    st.tuples(st.just("set"), keys, dues),
    st.tuples(st.just("drop"), keys, dues),
    st.tuples(st.just("pass"), keys, dues),
)


@given(st.lists(acts, max_size=60))
def test_it_is_what_a_plain_table_of_due_times_says(history: list[tuple[str, str, float]]) -> None:
    beats: DueTimes[str] = DueTimes()
    table: dict[str, float] = {}
    for act, key, time in history:
        if act == "set":
            beats.set(key, time)
            table[key] = time
        elif act == "drop":
            beats.drop(key)
            table.pop(key, None)
        else:
            due = sorted((at, key) for key, at in table.items() if at <= time)
            assert list(beats.pass_by(time)) == [key for _, key in due]
            table = {key: at for key, at in table.items() if at > time}
        assert beats.next_due() == min(table.values(), default=inf)
        assert all((key in beats) == (key in table) for key in "abcd")


def test_who_is_set_anew_while_others_are_due_is_not_due_twice() -> None:
    beats: DueTimes[str] = DueTimes()
    for key in "ab":
        beats.set(key, 1.0)
    passed = []
    for key in beats.pass_by(2.0):
        passed.append(key)
        beats.set(key, 3.0)
    assert passed == ["a", "b"]
    assert beats.next_due() == 3.0
