"""One channel's queue: urgent first, in order where order matters, one place kept free."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Notification, OutboxRow
from linkwatch.model.priority import Priority
from linkwatch.runtime.lane import HOLD, Lane, Parcel

AT = datetime(2021, 5, 15, tzinfo=UTC)


def parcel(
    key: str,
    priority: Priority = Priority.P1,
    *,
    incident: str | None = None,
    due: float = 0.0,
    age: float = 0.0,
) -> Parcel:
    """A message; of an incident of its own unless one is named."""
    message = Notification(
        key=key,
        incident=IncidentId(incident or key),
        event=IncidentEvent.OPENED,
        contact=ContactId("duty"),
        channel=ChannelId("hook"),
        priority=priority,
        text="",
        body="{}",
        created_at=AT - timedelta(seconds=age),
        started_at=AT,
    )
    return Parcel(OutboxRow(message), due, born=due - age)


def lane_of(*parcels: Parcel, concurrent: int = 10) -> Lane:
    lane = Lane(concurrent)
    for one in parcels:
        lane.add(one, 0.0)
    return lane


def take_all(lane: Lane, now: float = 0.0) -> list[str]:
    taken = []
    while (one := lane.take(now)) is not None:
        taken.append(one.key)
    return taken


def test_urgent_first_then_oldest() -> None:
    lane = lane_of(
        parcel("p3", Priority.P3),
        parcel("p1"),
        parcel("p2", Priority.P2),
        parcel("p1-older", age=5.0),
    )

    assert take_all(lane) == ["p1-older", "p1", "p2", "p3"]


def test_nothing_goes_before_it_is_due() -> None:
    lane = lane_of(parcel("now"), parcel("later", due=10.0))

    assert take_all(lane) == ["now"]
    assert lane.next_due == 10.0
    assert take_all(lane, 10.0) == ["later"]
    assert lane.next_due == inf


def test_places_are_limited_and_the_last_is_for_urgent_ones() -> None:
    lane = lane_of(*(parcel(f"p3-{n}", Priority.P3) for n in range(4)), concurrent=3)
    assert take_all(lane) == ["p3-0", "p3-1"]

    for one in (parcel("p1"), parcel("p1-more")):
        lane.add(one, 0.0)
    assert take_all(lane) == ["p1"]


def test_a_place_is_free_again_when_its_message_lands() -> None:
    lane = lane_of(parcel("a"), parcel("b"), parcel("c"), concurrent=1)
    first, second = lane.take(0.0), None
    assert first is not None

    lane.again(first, first.row, due=60.0, now=0.0)
    second = lane.take(0.0)
    assert second is not None
    assert second.key == "b"
    lane.settle(second, 0.0)
    assert take_all(lane) == ["c"]


def test_messages_of_one_conversation_go_one_after_the_other() -> None:
    lane = lane_of(parcel("opened", incident="LW-1"), parcel("resolved", incident="LW-1"))
    opened = lane.take(0.0)
    assert opened is not None
    assert lane.take(0.0) is None

    lane.again(opened, opened.row, due=5.0, now=1.0)
    assert take_all(lane, 4.0) == []
    again = lane.take(5.0)
    assert again is opened
    lane.settle(opened, 6.0)
    assert take_all(lane, 6.0) == ["resolved"]


def test_a_message_that_never_gets_through_lets_later_ones_pass_in_the_end() -> None:
    lane = lane_of(parcel("opened", incident="LW-1"), parcel("reminder", incident="LW-1"))
    opened = lane.take(0.0)
    assert opened is not None
    lane.again(opened, opened.row, due=HOLD, now=HOLD - 1)
    assert lane.take(HOLD) is opened

    lane.again(opened, opened.row, due=HOLD + 60, now=HOLD + 1)
    reminder = lane.take(HOLD + 1)
    assert reminder is not None
    assert reminder.key == "reminder"

    assert lane.overtaken_by(reminder) == [opened]
    lane.settle(reminder, HOLD + 2)
    assert take_all(lane, HOLD + 100) == []
    assert lane.next_due == inf


def test_what_is_in_flight_is_not_overtaken() -> None:
    lane = lane_of(parcel("opened", incident="LW-1"), parcel("reminder", incident="LW-1"))
    opened = lane.take(0.0)
    assert opened is not None
    lane.again(opened, opened.row, due=HOLD, now=HOLD)
    taken = [lane.take(HOLD), lane.take(HOLD)]
    [reminder] = [one for one in taken if one is not None and one is not opened]

    assert lane.overtaken_by(reminder) == []


def test_clear_leaves_only_what_is_in_flight() -> None:
    lane = lane_of(parcel("a", incident="LW-1"), parcel("b", incident="LW-1"), parcel("c"))
    a = lane.take(0.0)
    assert a is not None

    assert [one.key for one in lane.clear()] == ["b", "c"]
    assert lane.next_due == inf
    lane.settle(a, 0.0)
    assert take_all(lane) == []


def test_what_is_withdrawn_lets_later_ones_of_its_conversation_go() -> None:
    lane = lane_of(
        parcel("opened", incident="LW-1"), parcel("resolved", incident="LW-1"), parcel("other")
    )
    head = lane.head(0.0)
    assert head is not None
    assert head.key == "opened"
    assert lane.head(0.0) is head

    lane.withdraw([head], 0.0)
    assert sorted(one.key for one in lane.waiting()) == ["other", "resolved"]
    assert sorted(take_all(lane)) == ["other", "resolved"]


def test_ten_thousand_messages_are_no_burden() -> None:
    lane = lane_of(*(parcel(f"k{n:05d}", age=n) for n in range(10_000)), concurrent=20_000)

    assert len(take_all(lane)) == 10_000


def digest(key: str, *incidents: str) -> Parcel:
    """A message on several incidents."""
    one = parcel(key)
    about = tuple(map(IncidentId, incidents))
    message = replace(one.row.notification, incident=None, incidents=about)
    one.row = replace(one.row, notification=message)
    return one


def test_a_digest_waits_for_what_was_said_before_of_any_of_its_incidents() -> None:
    opened, other = parcel("opened", incident="a"), parcel("other", incident="b")
    lane = lane_of(opened, other, digest("digest", "a", "b"), parcel("resolved", incident="b"))
    assert take_all(lane) == ["opened", "other"]
    lane.settle(other, 1.0)
    assert take_all(lane, 1.0) == []
    lane.settle(opened, 2.0)
    assert take_all(lane, 2.0) == ["digest"]


def test_what_comes_after_a_digest_does_not_overtake_it() -> None:
    first = digest("digest", "a", "b")
    lane = lane_of(first, parcel("a", incident="a"), parcel("b", incident="b"), parcel("c"))
    assert take_all(lane) == ["digest", "c"]
    lane.again(first, first.row, 60.0, 1.0)
    assert take_all(lane, 1.0) == []
    assert take_all(lane, 60.0) == ["digest"]
    lane.settle(first, 61.0)
    assert take_all(lane, 61.0) == ["a", "b"]


def test_only_what_says_nothing_else_is_overtaken() -> None:
    single, many = parcel("single", incident="a"), digest("digest", "a", "b")
    lane = lane_of(single)
    lane.take(0.0)
    lane.again(single, single.row, 1000.0, 0.0)
    lane.add(many, HOLD)
    assert take_all(lane, HOLD) == ["digest"]
    lane.again(many, many.row, 1000.0, HOLD)
    last = parcel("last", incident="a")
    lane.add(last, 2 * HOLD)
    assert take_all(lane, 2 * HOLD) == ["last"]

    assert [p.key for p in lane.overtaken_by(last)] == ["single"]
    lane.settle(last, 2 * HOLD)
    assert [p.key for p in lane.waiting()] == ["digest"]


def test_a_digest_that_is_taken_out_lets_all_of_them_go_on() -> None:
    many = digest("digest", "a", "b")
    lane = lane_of(many, parcel("a", incident="a"), parcel("b", incident="b"))
    lane.withdraw([many], 0.0)
    assert take_all(lane) == ["a", "b"]


def test_another_contacts_digest_holds_nothing_back() -> None:
    many = digest("digest", "a", "b")
    stranger = replace(many.row.notification, contact=ContactId("somebody else"))
    many.row = replace(many.row, notification=stranger)
    lane = lane_of(many, parcel("a", incident="a"))
    lane.take(0.0)
    lane.again(many, many.row, 60.0, 0.0)
    assert take_all(lane) == ["a"]


def test_what_is_taken_out_together_does_not_come_back() -> None:
    first, held_back = digest("digest", "a", "b"), parcel("a", incident="a")
    lane = lane_of(first, held_back, parcel("b", incident="b"))
    lane.withdraw([first, held_back], 0.0)
    assert take_all(lane) == ["b"]
    assert lane.waiting() == []
