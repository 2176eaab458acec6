"""What waits for whom, in which order it goes, and what a restart makes of it."""

from dataclasses import replace
from datetime import timedelta
from math import inf

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Postbox, Untold
from linkwatch.model.people import Role
from linkwatch.model.priority import Priority
from linkwatch.runtime.postboxes import MOST, Address, Postboxes
from support.province import MORNING, moment

HOOK, MAIL = ChannelId("hook"), ChannelId("mail")
NOW = moment(MORNING, 0.0)
CAP = 20


def untold(number: int, who: str = "vnpt-huyen", priority: Priority = Priority.P2) -> Untold:
    return Untold(
        key=f"LW-{number:06}:opened:{who}:hook",
        incident=IncidentId(f"LW-{number:06}"),
        event=IncidentEvent.OPENED,
        ordinal=1,
        contact=ContactId(who),
        channel=HOOK,
        role=Role.DUTY,
        level=None,
        priority=priority,
        since=MORNING + timedelta(seconds=number),
    )


def at(who: str) -> Address:
    return (ContactId(who), HOOK)


def test_the_first_goes_at_once_and_what_follows_together() -> None:
    post = Postboxes()
    post.put(untold(1))
    assert (post.next(CAP), post.due(1000.0, CAP)) == (-inf, [at("vnpt-huyen")])
    assert post.take(at("vnpt-huyen"), 1000.0) == ([untold(1)], [])
    assert post.next(CAP) == inf
    post.put(untold(2))
    post.put(untold(3))
    assert (post.next(CAP), post.due(1004.9, CAP)) == (1005.0, [])
    assert post.due(1005.0, CAP) == [at("vnpt-huyen")]
    assert post.take(at("vnpt-huyen"), 1005.0) == ([untold(2), untold(3)], [])


def test_what_becomes_urgent_takes_along_what_waits() -> None:
    post = Postboxes()
    post.put(untold(1))
    post.take(at("vnpt-huyen"), 1000.0)
    post.put(untold(2))
    post.put(untold(3, priority=Priority.P1))
    assert post.due(1000.0, CAP) == [at("vnpt-huyen")]
    told, _ = post.take(at("vnpt-huyen"), 1000.0)
    assert [one.incident for one in told] == ["LW-000002", "LW-000003"]
    post.put(untold(4))
    assert post.next(CAP) == 1010.0


def test_the_urgent_are_written_to_first_then_who_has_waited_longest() -> None:
    post = Postboxes()
    post.put(untold(2, "a"))
    post.put(untold(1, "b"))
    post.put(untold(3, "c", Priority.P1))
    post.put(replace(untold(4, "b"), channel=MAIL))
    assert post.due(1000.0, CAP) == [at("c"), at("b"), at("a"), (ContactId("b"), MAIL)]


def test_of_very_many_the_urgent_and_the_first_go_and_all_of_one_incident_together() -> None:
    post = Postboxes()
    for number in range(MOST + 2):
        post.put(untold(number))
    post.put(replace(untold(MOST + 1, priority=Priority.P1), key="raised"))
    told, _ = post.take(at("vnpt-huyen"), 1000.0)
    assert {one.incident for one in told} == {
        *(untold(n).incident for n in range(MOST - 1)),
        untold(MOST + 1).incident,
    }
    assert [one.key for one in told][-2:] == [untold(MOST + 1).key, "raised"]
    assert post.next(CAP) == 1005.0
    told, _ = post.take(at("vnpt-huyen"), 1005.0)
    assert list(told) == [untold(MOST - 1), untold(MOST)]
    assert post.next(CAP) == inf


def test_only_what_still_waits_is_stored_and_only_that_is_taken_back() -> None:
    post = Postboxes()
    post.put(untold(1))
    post.take(at("vnpt-huyen"), 1000.0)
    post.put(untold(2))
    assert list(post.unsaved()) == [untold(2)]
    post.put(untold(3))
    told, stored = post.take(at("vnpt-huyen"), 1005.0)
    assert ([*told], [*stored]) == ([untold(2), untold(3)], [untold(2).key])
    assert list(post.unsaved()) == []


def test_a_restart_goes_on_where_it_was() -> None:
    before = Postboxes()
    for second in (0.0, 5.0):
        before.put(untold(int(second)))
        before.take(at("vnpt-huyen"), 1000.0 + second)
    stored = before.postbox(at("vnpt-huyen"), moment(MORNING, 5.0))
    assert [(t - NOW.wall).total_seconds() for t in stored.others] == [0.0, 5.0]

    post, later = Postboxes(), replace(moment(MORNING, 8.0), monotonic=7.0)
    post.restore([untold(9)], [stored], later)
    assert post.incidents == {"LW-000009"}
    assert list(post.unsaved()) == []
    assert post.next(CAP) == 7.0 - 3.0 + 10.0
    assert post.take(at("vnpt-huyen"), 20.0) == ([untold(9)], [untold(9).key])


def test_a_clock_set_back_between_two_runs_makes_nobody_wait_for_it() -> None:
    ahead = tuple(NOW.wall + timedelta(hours=2, seconds=s) for s in (0, 5))
    post = Postboxes()
    post.restore([untold(1)], [Postbox(ContactId("vnpt-huyen"), HOOK, (), ahead)], NOW)
    assert post.next(CAP) == NOW.monotonic + 10.0


def test_what_was_sent_an_hour_before_a_restart_is_forgotten() -> None:
    old = tuple(NOW.wall - timedelta(seconds=3600 + s) for s in (5, 0))
    post = Postboxes()
    post.restore([untold(1)], [Postbox(ContactId("vnpt-huyen"), HOOK, old, old)], NOW)
    assert post.next(CAP) == -inf
