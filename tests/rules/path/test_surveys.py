"""When ways are looked at: each in its turn, soon until it is known, seldom from then on."""

from linkwatch.model.ids import LinkId
from linkwatch.path.surveys import (
    FIRST_LOOKS,
    LATER,
    SOON,
    SOON_AT_MOST,
    UNSEEN,
    UNWELL,
    Course,
    Surveys,
)

A = LinkId("a")
COURSE: Course = (0, "10.9.9.9", None)
MANY = {LinkId(f"l{number}"): COURSE for number in range(400)}


def following(courses: dict[LinkId, Course]) -> Surveys:
    surveys = Surveys()
    assert surveys.follow(courses, 0.0) == []
    return surveys


def test_the_first_looks_are_spread() -> None:
    surveys = following(MANY)
    spread = len(MANY) / FIRST_LOOKS
    times = []
    for second in range(round(spread) + 1):
        times += [second] * len(surveys.due(float(second)))
    assert len(times) == len(MANY)
    assert max(times.count(second) for second in set(times)) <= 4 * FIRST_LOOKS


def test_each_is_due_once_until_it_is_told_on() -> None:
    surveys = following({A: COURSE})
    at = surveys.next
    assert surveys.due(at) == [A]
    assert surveys.due(at + 10 * LATER) == []
    surveys.wait(A, at, well=True)
    assert surveys.next == at + UNSEEN
    surveys.wait(A, at, well=False)
    assert surveys.due(at + UNWELL) == [A]


def test_a_way_that_is_known_is_looked_at_seldom_and_so_is_one_that_never_will_be() -> None:
    surveys = following({A: COURSE})
    for _ in range(SOON_AT_MOST - 1):
        surveys.looked(A, 100.0, settled=False)
        assert surveys.due(100.0 + SOON) == [A]
    surveys.looked(A, 100.0, settled=False)
    assert surveys.due(100.0 + LATER - 1) == []
    assert surveys.due(100.0 + LATER) == [A]
    known = following({A: COURSE})
    known.looked(A, 100.0, settled=True)
    assert known.due(100.0 + LATER - 1) == []


def test_a_way_that_has_become_another_is_looked_at_soon_again() -> None:
    surveys = following({A: COURSE})
    for _ in range(2 * SOON_AT_MOST):
        surveys.looked(A, 100.0, settled=True)
    surveys.looked(A, 100.0, settled=False)
    assert surveys.due(100.0 + SOON) == [A]


def test_a_reload_keeps_what_stays_and_names_what_does_not() -> None:
    surveys = following({A: COURSE, LinkId("b"): COURSE, LinkId("c"): COURSE})
    surveys.due(10.0)
    surveys.looked(A, 10.0, settled=True)
    moved: Course = (0, "10.9.9.8", None)
    changed = surveys.follow({A: COURSE, LinkId("b"): moved}, 11.0)
    assert sorted(changed) == ["b", "c"]
    assert surveys.course(LinkId("c")) is None
    assert surveys.due(20.0) == ["b"]
    assert surveys.due(10.0 + LATER) == [A]
