"""The queue before the store: what a long outage may cost, and what it may not."""

from dataclasses import replace
from datetime import UTC, datetime

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import IncidentEvent, Status, TimelineEntry
from linkwatch.model.journal import Attempted, Enqueue, Note, SaveIncident, SaveLoad, SaveUsual
from linkwatch.model.load import MonthLoad
from linkwatch.model.notification import DeliveryOutcome, Notification, OutboxRow
from linkwatch.model.priority import Priority
from linkwatch.model.usual import UsualDelay
from linkwatch.runtime.backlog import Backlog
from support import province

AT = datetime(2021, 5, 15, tzinfo=UTC)
INCIDENT = province.incident(AT)
MESSAGE = Notification(
    key="LW-000001:opened:duty:hook",
    incident=INCIDENT.id,
    event=IncidentEvent.OPENED,
    contact=ContactId("duty"),
    channel=ChannelId("hook"),
    priority=Priority.P1,
    text="",
    body="{}",
    created_at=AT,
    started_at=AT,
)


def note(number: int) -> Note:
    return Note(TimelineEntry(INCIDENT.id, AT, f"step{number}"))


def attempted(attempts: int) -> Attempted:
    row = OutboxRow(MESSAGE, attempts=attempts)
    return Attempted(row, AT, DeliveryOutcome.FAILED, "HTTP 503")


def test_what_failed_goes_before_what_came_since() -> None:
    backlog = Backlog()
    backlog.add([note(1)], 10.0)
    backlog.take()
    backlog.add([note(2)], 11.0)

    backlog.failed()

    assert backlog.oldest == 10.0
    assert backlog.take() == [note(1), note(2)]


def test_oldest_follows_what_is_in_flight_then_what_waits() -> None:
    backlog = Backlog()
    backlog.add([note(1)], 10.0)
    backlog.take()
    backlog.add([note(2)], 11.0)
    assert (backlog.oldest, len(backlog)) == (10.0, 2)

    backlog.done()
    assert (backlog.oldest, len(backlog)) == (11.0, 1)

    backlog.take()
    backlog.done()
    assert (backlog.oldest, len(backlog)) == (None, 0)


def test_messages_in_flight_are_listed_too() -> None:
    second = replace(MESSAGE, key="second")
    backlog = Backlog()
    backlog.add([Enqueue(MESSAGE), note(1)], 0.0)
    backlog.take()
    backlog.add([Enqueue(second)], 0.0)

    assert list(backlog.messages) == [MESSAGE, second]


def test_beyond_the_limit_only_last_states_messages_and_late_notes_are_kept() -> None:
    acknowledged = replace(INCIDENT, status=Status.ACKNOWLEDGED)
    backlog = Backlog(limit=5)

    backlog.add([SaveIncident(INCIDENT), note(1), Enqueue(MESSAGE), attempted(1)], 0.0)
    backlog.add([note(2), attempted(2), SaveIncident(acknowledged), note(3)], 1.0)

    assert backlog.oldest == 0.0
    assert backlog.take() == [
        Enqueue(MESSAGE),
        note(2),
        attempted(2),
        SaveIncident(acknowledged),
        note(3),
    ]
    assert backlog.dropped == 2


def test_of_a_links_month_only_the_last_is_kept() -> None:
    link = INCIDENT.links[0]
    months = [
        *(SaveLoad(MonthLoad(link, "2021-05", {1: count}, {})) for count in (1, 2, 3)),
        SaveLoad(MonthLoad(link, "2021-06", {1: 1}, {})),
    ]
    backlog = Backlog(limit=3)

    backlog.add(months, 0.0)

    assert backlog.take() == months[2:]
    assert backlog.dropped == 0


def test_of_what_is_usual_of_a_link_only_the_last_is_kept() -> None:
    link = INCIDENT.links[0]
    lessons = [SaveUsual(UsualDelay(link, {7: (0.01, 0.0005, n)})) for n in range(1, 5)]
    backlog = Backlog(limit=3)

    backlog.add(lessons, 0.0)

    assert backlog.take() == lessons[-1:]
    assert backlog.dropped == 0


def test_no_message_and_no_last_state_is_ever_dropped() -> None:
    backlog = Backlog(limit=3)
    messages = [Enqueue(replace(MESSAGE, key=f"k{n}")) for n in range(50)]

    for number, message in enumerate(messages):
        backlog.add([message, note(number), SaveIncident(INCIDENT)], 0.0)

    left = backlog.take()
    assert [record for record in left if isinstance(record, Enqueue)] == messages
    assert [r for r in left if isinstance(r, SaveIncident)][-1] == SaveIncident(INCIDENT)
    assert len(left) <= 2 * (len(messages) + 1) + 3
