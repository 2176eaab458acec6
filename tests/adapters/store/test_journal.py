"""The journal keeps what it is given, in one commit, over restarts, and says so when it cannot."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkwatch.model.availability import SavedAvailability
from linkwatch.model.boost import Evidence, EvidenceKind
from linkwatch.model.finding import Direction
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId, RosterId
from linkwatch.model.incident import Incident, IncidentEvent, Status, TimelineEntry
from linkwatch.model.journal import (
    Attempted,
    DropUntold,
    Enqueue,
    KeepUntold,
    Note,
    Restored,
    SaveAvailability,
    SaveIncident,
    SaveLoad,
    SavePostbox,
    SaveSwap,
    SaveUsual,
    SaveWork,
    Traced,
    Verified,
)
from linkwatch.model.load import MonthLoad
from linkwatch.model.moment import Span
from linkwatch.model.notification import (
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
    Postbox,
    Untold,
)
from linkwatch.model.people import Role, Swap
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.model.trial import daily_key
from linkwatch.model.usual import UsualDelay
from linkwatch.ports import StoreError
from linkwatch.store import SqlJournal, default_url, open_journal
from support import province

NOW = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = LinkId("chu-se-wan")


def incident(number: int, status: Status = Status.OPEN, at: datetime = NOW) -> Incident:
    return province.incident(
        at,
        id=IncidentId(f"LW-{number:06d}"),
        status=status,
        resolved_at=at if status.is_closed else None,
    )


def message(key: str, at: datetime = NOW) -> Notification:
    return Notification(
        key=key,
        incident=IncidentId("LW-000001"),
        event=IncidentEvent.OPENED,
        contact=ContactId("vnpt-tinh-a"),
        channel=ChannelId("hook"),
        priority=Priority.P1,
        text="MẤT KẾT NỐI",
        body='{"version": "1"}',
        created_at=at,
        started_at=at,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return default_url(tmp_path)


@pytest.fixture
def journal(url: str) -> Iterator[SqlJournal]:
    with closing(open_journal(url, now=NOW, busy_timeout=0.02)) as opened:
        yield opened


def pragma(journal: SqlJournal, text: str) -> object:
    """Ask or set something of the journal's own connection: another would not show it."""
    with journal._engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {text}").scalar()


def reopened(journal: SqlJournal, url: str) -> SqlJournal:
    journal.close()
    return open_journal(url, now=NOW)


def test_a_new_store_is_empty(journal: SqlJournal) -> None:
    assert journal.restore(NOW) == Restored()


def test_open_incidents_and_those_closed_lately_come_back(journal: SqlJournal, url: str) -> None:
    journal.write(
        [
            SaveIncident(incident(1)),
            SaveIncident(incident(2, Status.ACKNOWLEDGED)),
            SaveIncident(incident(3, Status.RESOLVED, NOW - HOUR)),
            SaveIncident(incident(4, Status.WITHDRAWN, NOW - 3 * HOUR)),
        ]
    )

    with closing(reopened(journal, url)) as again:
        restored = again.restore(closed_since=NOW - 2 * HOUR)

    assert [i.id for i in restored.open_incidents] == ["LW-000001", "LW-000002"]
    assert [i.id for i in restored.recent_incidents] == ["LW-000003"]


def test_the_last_state_of_an_incident_counts(journal: SqlJournal) -> None:
    closed = replace(incident(1), status=Status.RESOLVED, resolved_at=NOW + HOUR)

    journal.write([SaveIncident(incident(1)), SaveIncident(closed)])
    assert journal.restore(NOW).recent_incidents == (closed,)
    journal.write([SaveIncident(incident(1))])
    assert journal.restore(NOW).open_incidents == (incident(1),)


def test_timeline_keeps_its_order(journal: SqlJournal) -> None:
    entries = [TimelineEntry(incident(1).id, NOW, f"step{n}", "đã báo") for n in range(20)]
    other = TimelineEntry(incident(2).id, NOW, "opened")

    journal.write([*map(Note, entries), Note(other)])

    assert journal.timeline(incident(1).id) == entries


def test_outbox_comes_back_oldest_first(journal: SqlJournal, url: str) -> None:
    late, early = message("k:late", NOW + HOUR), message("k:early")
    journal.write([Enqueue(late), Enqueue(early)])

    with closing(reopened(journal, url)) as again:
        rows = again.restore(NOW).outbox

    assert rows == (
        OutboxRow(early, next_attempt_at=NOW),
        OutboxRow(late, next_attempt_at=NOW + HOUR),
    )


def test_a_known_key_is_left_as_it_is(journal: SqlJournal) -> None:
    first = message("k:1")
    tried = OutboxRow(first, attempts=2, next_attempt_at=NOW + HOUR)
    journal.write([Enqueue(first), Attempted(tried, NOW, DeliveryOutcome.FAILED, "HTTP 503")])

    journal.write([Enqueue(replace(first, text="another"))])

    assert journal.restore(NOW).outbox == (tried,)


@pytest.mark.parametrize(
    "status", [DeliveryStatus.ACCEPTED, DeliveryStatus.REFUSED, DeliveryStatus.EXPIRED]
)
def test_what_is_settled_is_not_sent_again(journal: SqlJournal, status: DeliveryStatus) -> None:
    row = OutboxRow(message("k:1"), status=status, attempts=1)

    journal.write([Enqueue(row.notification), Attempted(row, NOW, DeliveryOutcome.IN_DOUBT, "")])

    assert journal.restore(NOW).outbox == ()


def test_an_attempt_at_a_message_not_yet_written_brings_the_message(journal: SqlJournal) -> None:
    row = OutboxRow(message("k:1"), attempts=1, next_attempt_at=NOW, recorded=False)

    journal.write([Attempted(row, NOW, DeliveryOutcome.FAILED, "no connection")])
    journal.write([Enqueue(row.notification)])

    assert journal.restore(NOW).outbox == (row,)


def test_verified_targets_come_back_once(journal: SqlJournal) -> None:
    first = Verified(LINK, "127.0.17.10", NOW)

    journal.write([first, first])
    journal.write([first, Verified(LINK, "127.0.17.20", NOW)])

    assert journal.restore(NOW).verified == {(LINK, "127.0.17.10"), (LINK, "127.0.17.20")}


def trace(at: datetime, rate: int) -> Evidence:
    return Evidence(
        LINK, EvidenceKind.CONFIRMED, at, rate, Direction.RECEIVE, "đo tốc độ", "Trực TT"
    )


def test_traces_of_boosts_come_back_in_the_order_they_came(journal: SqlJournal, url: str) -> None:
    late, early = trace(NOW + HOUR, 90_000_000), trace(NOW, 60_000_000)
    hint = Evidence(LINK, EvidenceKind.PORT_SPEED, NOW + 2 * HOUR, 10**10)

    journal.write([Traced(late), Traced(early), Traced(hint)])

    with closing(reopened(journal, url)) as again:
        assert again.restore(NOW).evidence == (late, early, hint)


def test_a_links_months_come_back_as_they_were_last_saved(journal: SqlJournal, url: str) -> None:
    other = LinkId("chu-se-inet")
    may = MonthLoad(LINK, "2021-05", {0: 3, 170: 12}, {12: 15})
    wrong_clock = MonthLoad(LINK, "2099-01", {5: 1}, {})
    journal.write([SaveLoad(MonthLoad(LINK, "2021-04", {1: 1}, {1: 1})), SaveLoad(wrong_clock)])
    journal.write([SaveLoad(replace(may, receive={0: 1})), SaveLoad(may)])
    journal.write([SaveLoad(MonthLoad(other, "2021-04", {2: 2}, {})), SaveLoad(may)])

    with closing(reopened(journal, url)) as again:
        assert again.restore(NOW).loads == (may, wrong_clock)
        first_of_may = datetime(2021, 5, 1, 0, 10, tzinfo=UTC)
        assert len(again.restore(first_of_may).loads) == 4


def test_what_is_usual_of_a_link_comes_back_as_it_was_last_saved(
    journal: SqlJournal, url: str
) -> None:
    first = UsualDelay(LINK, {7: (0.01, 0.0005, 1)})
    last = UsualDelay(LINK, {7: (0.0101, 0.0006, 2), 47: (0.02, 0.001, 24)})
    journal.write([SaveUsual(first)])
    journal.write([SaveUsual(first), SaveUsual(last)])

    with closing(reopened(journal, url)) as again:
        assert again.restore(NOW).usual == (last,)


def test_numbers_never_repeat(journal: SqlJournal, url: str) -> None:
    blocks = [journal.reserve_numbers(10), journal.reserve_numbers(1)]
    with closing(reopened(journal, url)) as again:
        blocks.append(again.reserve_numbers(5))

    assert blocks == [range(1, 11), range(11, 12), range(12, 17)]


def test_numbers_given_back_come_again_and_used_ones_do_not(journal: SqlJournal) -> None:
    journal.reserve_numbers(10)
    journal.reserve_numbers(10)

    journal.give_back_numbers(14)
    assert journal.reserve_numbers(3) == range(14, 17)

    journal.give_back_numbers(8)
    assert journal.reserve_numbers(2) == range(8, 10)


def test_a_block_has_at_least_one_number(journal: SqlJournal) -> None:
    with pytest.raises(ValueError, match="at least one"):
        journal.reserve_numbers(0)


def test_a_locked_store_is_an_error_and_nothing_is_written(journal: SqlJournal, url: str) -> None:
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"could not be written: database is locked"):
            journal.write([SaveIncident(incident(1))])
        with pytest.raises(StoreError, match=r"could not be reserved: database is locked"):
            journal.reserve_numbers(1)
        other.execute("ROLLBACK")

    journal.write([SaveIncident(incident(2))])
    assert [i.id for i in journal.restore(NOW).open_incidents] == ["LW-000002"]


def test_a_full_disk_is_an_error_without_values_and_all_or_nothing(journal: SqlJournal) -> None:
    pages = pragma(journal, "page_count")
    pragma(journal, f"max_page_count = {pages}")
    large = [Enqueue(replace(message(f"k:{n}"), body="secret" * 1000)) for n in range(10)]

    with pytest.raises(StoreError, match="database or disk is full") as caught:
        journal.write([SaveIncident(incident(1)), *large])
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert journal.restore(NOW).open_incidents == ()

    pragma(journal, "max_page_count = 100000")
    journal.write([SaveIncident(incident(1)), *large])
    assert len(journal.restore(NOW).outbox) == 10


def test_a_damaged_row_is_left_out_and_told(journal: SqlJournal) -> None:
    journal.write([SaveIncident(incident(1)), SaveIncident(incident(2))])
    with closing(sqlite3.connect(journal.path)) as other:
        other.execute("UPDATE incident SET body = '{\"kind\": \"x\"}' WHERE id = 'LW-000001'")
        other.commit()

    with capture_logs() as logs:
        restored = journal.restore(NOW)

    assert [i.id for i in restored.open_incidents] == ["LW-000002"]
    assert [(line["log_level"], line["key"]) for line in logs] == [("error", "LW-000001")]


def test_connection_is_durable(journal: SqlJournal) -> None:
    assert pragma(journal, "journal_mode") == "wal"
    assert pragma(journal, "synchronous") == 2
    assert pragma(journal, "foreign_keys") == 1


def test_a_transaction_has_the_write_lock_from_its_first_moment(journal: SqlJournal) -> None:
    with (
        journal._engine.begin(),
        closing(sqlite3.connect(journal.path, isolation_level=None, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def swap(number: int, start: datetime | None, end: datetime | None) -> Swap:
    roster, contact = RosterId("vnpt-tinh"), ContactId("vnpt-tinh-b")
    return Swap(number, roster, contact, Span(start, end), by="trực", made_at=NOW)


def test_swaps_come_back_until_they_are_over_or_taken_back(journal: SqlJournal, url: str) -> None:
    over, now, open_ended, undone = (
        swap(1, None, NOW - HOUR),
        swap(2, NOW, NOW + HOUR),
        swap(3, NOW - HOUR, None),
        swap(4, NOW, NOW + HOUR),
    )
    journal.write([SaveSwap(each) for each in (over, now, open_ended, undone)])
    journal.write([SaveSwap(replace(undone, removed_at=NOW, removed_by="trưởng ca"))])

    with closing(reopened(journal, url)) as again:
        restored = again.restore(NOW)

    assert restored.swaps == (now, open_ended)
    # A number that was ever given names one swap for good.
    assert restored.last_swap == 4


def untold(number: int, event: str = "opened") -> Untold:
    return Untold(
        key=f"LW-{number:06}:{event}:vnpt-tinh-a:hook",
        incident=IncidentId(f"LW-{number:06}"),
        event=IncidentEvent(event),
        ordinal=1,
        contact=ContactId("vnpt-tinh-a"),
        channel=ChannelId("hook"),
        role=Role.PROVINCE,
        level=Level.PROVINCE,
        priority=Priority.P2,
        since=NOW,
    )


def box(*others: datetime) -> Postbox:
    return Postbox(ContactId("vnpt-tinh-a"), ChannelId("hook"), (NOW,), others)


def test_what_waits_for_a_digest_is_kept_until_that_is_written(journal: SqlJournal) -> None:
    waiting = [untold(n) for n in (3, 1, 2)]
    journal.write([KeepUntold(one) for one in waiting] + [SavePostbox(box(NOW))])
    restored = journal.restore(NOW)
    assert restored.untold == tuple(waiting)
    assert restored.postboxes == (box(NOW),)

    later = NOW + timedelta(seconds=5)
    journal.write(
        [
            Enqueue(
                replace(message("digest"), incident=None, incidents=(IncidentId("LW-000003"),))
            ),
            SavePostbox(box(NOW, later)),
            DropUntold((waiting[0].key, waiting[2].key)),
        ]
    )
    restored = journal.restore(NOW)
    assert restored.untold == (waiting[1],)
    assert restored.postboxes == (box(NOW, later),)
    assert [row.notification.incidents for row in restored.outbox] == [("LW-000003",)]


def test_what_came_and_went_since_the_last_commit_was_never_there(journal: SqlJournal) -> None:
    journal.write([KeepUntold(untold(1)), KeepUntold(untold(2)), DropUntold((untold(1).key,))])
    assert journal.restore(NOW).untold == (untold(2),)
    journal.write([KeepUntold(untold(2))])
    assert journal.restore(NOW).untold == (untold(2),)


def test_an_incident_that_somebody_is_yet_to_hear_of_comes_back_however_old(
    journal: SqlJournal,
) -> None:
    old = NOW - 2 * HOUR
    journal.write([SaveIncident(incident(n, Status.RESOLVED, old)) for n in (1, 2)])
    journal.write([KeepUntold(untold(2, "resolved"))])
    assert [i.id for i in journal.restore(NOW - HOUR).recent_incidents] == ["LW-000002"]


def test_daily_tests_come_back_with_what_became_of_them(journal: SqlJournal, url: str) -> None:
    def test_of(day: int, channel: str = "hook") -> Notification:
        at = NOW.replace(day=day)
        key = daily_key(at, ContactId("truc"), ChannelId(channel))
        return replace(
            message(key, at),
            incident=None,
            event=IncidentEvent.TEST,
            contact=ContactId("truc"),
            channel=ChannelId(channel),
        )

    def attempted(of: Notification, status: DeliveryStatus, at: datetime) -> Attempted:
        return Attempted(OutboxRow(of, status), at, DeliveryOutcome.FAILED, f"ended {status}")

    other = replace(message("recheck-20210515T000000:test:truc:hook"), event=IncidentEvent.TEST)
    tests = [test_of(1), test_of(13), test_of(14, "sms"), test_of(15)]
    journal.write([*map(Enqueue, tests), Enqueue(other), Enqueue(message("LW-000001:x"))])
    journal.write([attempted(tests[1], DeliveryStatus.PENDING, NOW)])
    journal.write(
        [
            attempted(tests[1], DeliveryStatus.ACCEPTED, NOW + HOUR),
            attempted(tests[3], DeliveryStatus.PENDING, NOW),
        ]
    )

    with closing(reopened(journal, url)) as again:
        found = again.restore(NOW).tests

    assert [(t.channel, t.day.day, t.status, t.ended_at, t.detail) for t in found] == [
        ("hook", 13, DeliveryStatus.ACCEPTED, NOW + HOUR, "ended accepted"),
        ("sms", 14, DeliveryStatus.PENDING, None, ""),
        ("hook", 15, DeliveryStatus.PENDING, None, "ended pending"),
    ]
    assert [t.sent_at for t in found] == [t.created_at for t in tests[1:]]


def test_work_comes_back_until_it_is_over_or_ended(journal: SqlJournal, url: str) -> None:
    over, now, to_come, ended = (
        replace(province.work(start, end), number=number)
        for number, start, end in (
            (1, NOW - 2 * HOUR, NOW - HOUR),
            (2, NOW - HOUR, NOW + HOUR),
            (3, NOW + HOUR, NOW + 2 * HOUR),
            (4, NOW - HOUR, NOW + HOUR),
        )
    )
    journal.write([SaveWork(each) for each in (over, now, to_come, ended)])
    agreed = replace(now, accepted_by="Trung tâm")
    journal.write([SaveWork(agreed), SaveWork(replace(ended, ended_at=NOW, ended_by="trực"))])

    with closing(reopened(journal, url)) as again:
        restored = again.restore(NOW - timedelta(minutes=10))

    assert restored.works == (agreed, to_come)
    assert restored.last_work == 4


def test_the_availability_last_saved_comes_back(journal: SqlJournal, url: str) -> None:
    first = SavedAvailability(LINK, NOW - HOUR, {"2021-05-14": (1, 2, 3, 4)})
    later = SavedAvailability(LINK, NOW, {"2021-05-14": (1, 2, 3, 4), "2021-05-15": (5, 0, 0, 0)})
    journal.write([SaveAvailability(first)])
    journal.write([SaveAvailability(later)])

    with closing(reopened(journal, url)) as again:
        assert again.restore(NOW).availability == (later,)
