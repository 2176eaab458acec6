"""What should move, and does not."""

from linkwatch.timing.standstill import Standstill


def test_who_moves_or_is_new_stands_not_still() -> None:
    still = Standstill[str]()
    assert still.look([("a", 0, 10.0), ("b", None, 10.0)], 100.0) == ()
    assert still.look([("a", 1, 10.0), ("b", None, 10.0)], 110.0) == ()
    assert still.look([("a", 1, 10.0), ("b", None, 10.0)], 120.0) == ("b",)
    assert still.look([("a", 1, 10.0), ("b", "x", 10.0)], 121.0) == ("a",)
    assert still.look([("a", 2, 10.0), ("b", "x", 10.0)], 131.0) == ()


def test_each_has_the_time_it_is_given() -> None:
    still = Standstill[str]()
    signs = [("a", 0, 5.0), ("b", 0, 50.0)]
    still.look(signs, 0.0)
    assert still.look(signs, 6.0) == ("a",)
    assert still.look(signs, 51.0) == ("a", "b")


def test_who_left_is_forgotten() -> None:
    still = Standstill[str]()
    still.look([("a", 0, 5.0)], 0.0)
    still.look([], 1.0)
    assert still.look([("a", 0, 5.0)], 100.0) == ()
