"""The table of waits."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.timing.pending import Pending


def test_a_wait_ends_by_answer_or_by_deadline_but_once() -> None:
    pending: Pending[str] = Pending(0.02)
    pending.add([(1, "answered"), (2, "lost")], [1.0, 1.0])
    assert pending.get(1) == "answered"
    assert pending.pop(1, None) == "answered"
    assert pending.pop(1, None) is None
    assert pending.expire(0.99) == []
    assert pending.expire(1.02) == ["lost"]
    assert pending.expire(9.0) == []
    assert len(pending) == 0


def test_forgotten_waits_do_not_expire() -> None:
    pending: Pending[str] = Pending(0.02)
    pending.add(enumerate(("a", "b", "a")), [1.0] * 3)
    pending.forget(lambda value: value == "a")
    assert pending.expire(2.0) == ["b"]


def test_a_short_deadline_added_late_does_not_wait_for_the_long_one() -> None:
    pending: Pending[str] = Pending(0.02)
    pending.add([(1, "long")], [100.0])
    pending.add([(2, "short")], [1.0])
    assert pending.expire(1.02) == ["short"]
    assert pending.expire(100.02) == ["long"]


@given(
    st.lists(st.floats(0, 50), max_size=40),
    st.lists(st.floats(0, 1), max_size=80),
)
def test_nothing_expires_early_or_more_than_a_slot_late(
    deadlines: list[float], steps: list[float]
) -> None:
    pending: Pending[float] = Pending(0.02)
    pending.add(enumerate(deadlines), deadlines)
    now, left = 0.0, sorted(deadlines)
    for step in steps:
        now += step
        expired = pending.expire(now)
        assert all(deadline <= now + 1e-9 for deadline in expired)
        for deadline in expired:
            left.remove(deadline)
        assert all(deadline > now - 0.02 - 1e-9 for deadline in left)
    assert len(pending) == len(left)
