"""The journal on SQLAlchemy Core: what the rules decided, in one commit each turn."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Engine, func, literal_column, select

from linkwatch.model.availability import SavedAvailability
from linkwatch.model.boost import Evidence
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId, RosterId
from linkwatch.model.incident import Incident, Status, TimelineEntry
from linkwatch.model.journal import Record, Restored
from linkwatch.model.load import MonthLoad
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Span
from linkwatch.model.notification import DeliveryStatus, OutboxRow, Postbox, Untold
from linkwatch.model.people import Swap
from linkwatch.model.trial import DAILY, DailyTest, day_of
from linkwatch.model.usual import UsualDelay
from linkwatch.store import documents
from linkwatch.store.errors import translated
from linkwatch.store.rows import Batch
from linkwatch.store.schema import (
    attempt,
    availability,
    boost_evidence,
    incident,
    maintenance,
    month_load,
    number_block,
    outbox,
    postbox,
    swap,
    target_verified,
    timeline,
    untold,
    usual_delay,
)

_log = structlog.get_logger(__name__)
_CLOSED = [status.value for status in Status if status.is_closed]

TESTS_KEPT = timedelta(days=7)
"""How far back daily tests are looked for: longer ago says nothing of today."""

R = TypeVar("R")
T = TypeVar("T")


class SqlJournal:
    """`ports.Journal`; made by `open_journal`. For one thread at a time."""

    def __init__(
        self, engine: Engine, on_close: Callable[[], None], path: Path, backup: Path | None
    ) -> None:
        self._engine = engine
        self._on_close = on_close
        self.path = path
        self.backup = backup
        """The copy made before a migration, if there was one."""

    def restore(self, closed_since: datetime) -> Restored:
        """All that `Restored` names; closed incidents and months of load only from then on."""
        closed_at = func.coalesce(incident.c.resolved_at, incident.c.opened_at)
        closed = incident.c.status.in_(_CLOSED)
        matters = (closed_at >= closed_since) | incident.c.id.in_(select(untold.c.incident))
        with translated("the store could not be read"), self._engine.connect() as connection:
            return Restored(
                open_incidents=_incidents(connection, ~closed),
                recent_incidents=_incidents(connection, closed & matters),
                outbox=_pending(connection),
                verified=frozenset(
                    (LinkId(row.link), row.address)
                    for row in connection.execute(
                        select(target_verified.c.link, target_verified.c.address)
                    )
                ),
                swaps=_swaps(connection, closed_since),
                last_swap=connection.execute(
                    select(func.coalesce(func.max(swap.c.number), 0))
                ).scalar_one(),
                works=_works(connection, closed_since),
                last_work=connection.execute(
                    select(func.coalesce(func.max(maintenance.c.number), 0))
                ).scalar_one(),
                evidence=_evidence(connection),
                loads=_loads(connection, closed_since),
                usual=_usual(connection),
                untold=_untold(connection),
                postboxes=_postboxes(connection),
                tests=_tests(connection, closed_since - TESTS_KEPT),
                availability=_availability(connection),
            )

    def reserve_numbers(self, count: int) -> range:
        """The next `count` incident numbers, from 1; theirs for good once this returns."""
        if count < 1:
            raise ValueError("at least one number must be reserved")
        next_free = select(func.coalesce(func.max(number_block.c.first + number_block.c.size), 1))
        with translated("numbers could not be reserved"), self._engine.begin() as connection:
            first = connection.execute(next_free).scalar_one()
            connection.execute(number_block.insert().values(first=first, size=count))
        return range(first, first + count)

    def give_back_numbers(self, first: int) -> None:
        """Numbers from `first` on were reserved and never used; the next reservation has them."""
        block = number_block.c
        with translated("numbers could not be given back"), self._engine.begin() as connection:
            connection.execute(number_block.delete().where(block.first >= first))
            connection.execute(
                number_block.update()
                .where(block.first + block.size > first)
                .values(size=first - block.first)
            )

    def write(self, records: Sequence[Record]) -> None:
        """All in one commit, or StoreError and nothing. A known outbox key stays as it is."""
        batch = Batch.of(records)
        with translated("the store could not be written"), self._engine.begin() as connection:
            batch.write(connection)

    def timeline(self, incident: IncidentId) -> Sequence[TimelineEntry]:
        """An incident's history in the order it was written."""
        entries = (
            select(timeline.c.at, timeline.c.what, timeline.c.detail)
            .where(timeline.c.incident == incident)
            .order_by(timeline.c.number)
        )
        with translated("the store could not be read"), self._engine.connect() as connection:
            return [
                TimelineEntry(incident, row.at, row.what, row.detail)
                for row in connection.execute(entries)
            ]

    def close(self) -> None:
        """Close the connection, then let another daemon have the store."""
        self._engine.dispose()
        self._on_close()


def _incidents(connection: Connection, which: ColumnElement[bool]) -> tuple[Incident, ...]:
    rows = connection.execute(
        select(incident.c.id, incident.c.body)
        .where(which)
        .order_by(incident.c.opened_at, incident.c.id)
    )
    return _readable(((row.id, row.body) for row in rows), documents.incidents.read)


def _pending(connection: Connection) -> tuple[OutboxRow, ...]:
    columns = outbox.c
    rows = connection.execute(
        select(
            columns.key, columns.attempts, columns.next_attempt_at, columns.recorded, columns.body
        )
        .where(columns.status == DeliveryStatus.PENDING.value)
        .order_by(columns.created_at, columns.key)
    )
    return _readable(
        ((row.key, row) for row in rows),
        lambda row: OutboxRow(
            documents.notifications.read(row.body),
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            recorded=row.recorded,
        ),
    )


def _swaps(connection: Connection, over_since: datetime) -> tuple[Swap, ...]:
    """Those that stand and were not over yet at that time."""
    rows = connection.execute(
        select(swap)
        .where(
            swap.c.removed_at.is_(None) & (swap.c.end_at.is_(None) | (swap.c.end_at > over_since))
        )
        .order_by(swap.c.number)
    )
    return tuple(
        Swap(
            row.number,
            RosterId(row.roster),
            ContactId(row.contact),
            Span(row.start_at, row.end_at),
            row.by,
            row.made_at,
        )
        for row in rows
    )


def _works(connection: Connection, over_since: datetime) -> tuple[Maintenance, ...]:
    """Those that were not over yet at that time; none that was ended before its time."""
    columns = maintenance.c
    rows = connection.execute(
        select(columns.number, columns.body)
        .where(columns.end_at > over_since)
        .order_by(columns.number)
    )
    known = _readable(((str(row.number), row.body) for row in rows), documents.works.read)
    return tuple(work for work in known if work.ended_at is None)


def _evidence(connection: Connection) -> tuple[Evidence, ...]:
    columns = boost_evidence.c
    rows = connection.execute(select(columns.number, columns.body).order_by(columns.number))
    return _readable(((str(row.number), row.body) for row in rows), documents.evidence.read)


def _loads(connection: Connection, since: datetime) -> tuple[MonthLoad, ...]:
    columns = month_load.c
    # Months are local ones: by the day before, this month's are among them wherever we are.
    month = (since.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m")
    rows = connection.execute(
        select(columns.link, columns.body)
        .where(columns.month >= month)
        .order_by(columns.link, columns.month)
    )
    return _readable(((row.link, row.body) for row in rows), documents.loads.read)


def _usual(connection: Connection) -> tuple[UsualDelay, ...]:
    columns = usual_delay.c
    rows = connection.execute(select(columns.link, columns.body).order_by(columns.link))
    return _readable(((row.link, row.body) for row in rows), documents.usual.read)


def _untold(connection: Connection) -> tuple[Untold, ...]:
    columns = untold.c
    rows = connection.execute(select(columns.key, columns.body).order_by(columns.number))
    return _readable(((row.key, row.body) for row in rows), documents.untold.read)


def _postboxes(connection: Connection) -> tuple[Postbox, ...]:
    columns = postbox.c
    rows = connection.execute(select(columns.contact, columns.channel, columns.body))
    named = ((f"{row.contact} {row.channel}", row.body) for row in rows)
    return _readable(named, documents.postboxes.read)


def _tests(connection: Connection, since: datetime) -> tuple[DailyTest, ...]:
    """In the order they were sent, whatever the clock said: their messages are the marks of it."""
    first, beyond = f"{DAILY}{since:%Y%m%d}", f"{DAILY}:"
    tried = (
        select(attempt.c.key, attempt.c.at, attempt.c.detail)
        .where(attempt.c.key.between(first, beyond))
        .order_by(attempt.c.number)
    )
    last = {row.key: (row.at, row.detail) for row in connection.execute(tried)}
    columns = outbox.c
    sent = (
        select(columns.key, columns.channel, columns.status, columns.created_at)
        .where(columns.key.between(first, beyond))
        .order_by(literal_column("rowid"))
    )
    found = []
    for key, channel, status, sent_at in connection.execute(sent):
        ended_at, detail = last.get(key, (None, ""))
        over = status != DeliveryStatus.PENDING.value
        found.append(
            DailyTest(
                key,
                ChannelId(channel),
                day_of(key),
                sent_at,
                DeliveryStatus(status),
                ended_at if over else None,
                detail,
            )
        )
    return tuple(found)


def _availability(connection: Connection) -> tuple[SavedAvailability, ...]:
    columns = availability.c
    rows = connection.execute(select(columns.link, columns.body).order_by(columns.link))
    return _readable(((row.link, row.body) for row in rows), documents.availability.read)


def _readable(rows: Iterable[tuple[str, R]], read: Callable[[R], T]) -> tuple[T, ...]:
    """All that can be read: one damaged row must not keep the daemon, and all others, down."""
    found: list[T] = []
    for key, row in rows:
        try:
            found.append(read(row))
        except ValidationError as error:
            # Names of fields only: pydantic's own text and traceback quote the values.
            fields = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            _log.error("stored row left out: unreadable", key=key, fields=fields)  # noqa: TRY400 see above
    return tuple(found)
