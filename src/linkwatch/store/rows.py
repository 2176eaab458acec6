"""Records of a turn as rows, gathered by table: one statement a table, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, Table, bindparam, delete
from sqlalchemy.dialects.sqlite import Insert, insert

from linkwatch.model.boost import Evidence
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.journal import (
    Attempted,
    DropUntold,
    Enqueue,
    KeepUntold,
    Note,
    Record,
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
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.notification import OutboxRow, Postbox, Untold
from linkwatch.model.people import Swap
from linkwatch.store import documents
from linkwatch.store.schema import (
    attempt,
    availability,
    boost_evidence,
    incident,
    maintenance,
    month_load,
    outbox,
    postbox,
    swap,
    target_verified,
    timeline,
    untold,
    usual_delay,
)

Values = dict[str, str | int | datetime | None]


def _upsert(table: Table, *changing: str) -> Insert:
    """Insert; where the primary key is known, change these columns only."""
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in changing},
    )


_SAVE = _upsert(incident, "key", "status", "priority", "kind", "opened_at", "resolved_at", "body")
_PROGRESS = _upsert(outbox, "status", "attempts", "next_attempt_at", "recorded")
_ENQUEUE = insert(outbox).on_conflict_do_nothing()
_VERIFY = insert(target_verified).on_conflict_do_nothing()
_SWAP = _upsert(swap, "removed_at", "removed_by")
_WORK = _upsert(maintenance, "end_at", "body")
_LOAD = _upsert(month_load, "body")
_AVAILABILITY = _upsert(availability, "body")
_USUAL = _upsert(usual_delay, "body")
_WAIT = insert(untold).on_conflict_do_nothing()
_TOLD = delete(untold).where(untold.c.key == bindparam("told"))
_POSTBOX = _upsert(postbox, "body")


@dataclass(slots=True)
class Batch:
    """Rows by table, in the order of the records; of what is saved whole only the last state."""

    incidents: dict[str, Values] = field(default_factory=dict)
    notes: list[Values] = field(default_factory=list)
    enqueued: list[Values] = field(default_factory=list)
    progress: list[Values] = field(default_factory=list)
    attempts: list[Values] = field(default_factory=list)
    verified: list[Values] = field(default_factory=list)
    swaps: dict[int, Values] = field(default_factory=dict)
    works: dict[int, Values] = field(default_factory=dict)
    traces: list[Values] = field(default_factory=list)
    loads: dict[tuple[str, str], Values] = field(default_factory=dict)
    availability: dict[str, Values] = field(default_factory=dict)
    usual: dict[str, Values] = field(default_factory=dict)
    waits: dict[str, Values] = field(default_factory=dict)
    told: list[Values] = field(default_factory=list)
    postboxes: dict[tuple[str, str], Values] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Batch":
        """Sort the records into their tables."""
        batch = cls()
        for record in records:
            batch._add(record)
        return batch

    def _add(self, record: Record) -> None:
        match record:
            case SaveIncident(incident=saved):
                self.incidents[saved.id] = _incident(saved)
            case Note(entry=entry):
                self.notes.append(_note(entry))
            case Verified():
                self.verified.append(_verified(record))
            case SaveSwap(swap=saved_swap):
                self.swaps[saved_swap.number] = _swap(saved_swap)
            case SaveWork(work=work):
                self.works[work.number or 0] = _work(work)
            case Enqueue() | Attempted() | KeepUntold() | DropUntold() | SavePostbox():
                self._add_post(record)
            case _:
                self._add_of_link(record)

    def _add_of_link(self, record: Traced | SaveLoad | SaveUsual | SaveAvailability) -> None:
        match record:
            case SaveAvailability(availability=counted):
                self.availability[counted.link] = {
                    "link": counted.link,
                    "body": documents.availability.write(counted),
                }
            case Traced(evidence=evidence):
                self.traces.append(_trace(evidence))
            case SaveLoad(load=load):
                self.loads[load.link, load.month] = _load(load)
            case SaveUsual(usual=usual):
                self.usual[usual.link] = {
                    "link": usual.link,
                    "body": documents.usual.write(usual),
                }
            case _:
                assert_never(record)

    def _add_post(
        self, record: Enqueue | Attempted | KeepUntold | DropUntold | SavePostbox
    ) -> None:
        match record:
            case Enqueue(notification=notification):
                row = OutboxRow(notification, next_attempt_at=notification.created_at)
                self.enqueued.append(_outbox(row))
            case Attempted():
                self.progress.append(_outbox(record.row))
                self.attempts.append(_attempt(record))
            case KeepUntold(untold=waiting):
                self.waits[waiting.key] = _wait(waiting)
            case DropUntold(keys=keys):
                # What came and went since the last commit was never there.
                self.told += [{"told": key} for key in keys if self.waits.pop(key, None) is None]
            case SavePostbox(postbox=box):
                self.postboxes[box.contact, box.channel] = _box(box)

    def write(self, connection: Connection) -> None:
        """Execute inside the caller's transaction: messages before what became of them."""
        steps = (
            (_SAVE, list(self.incidents.values())),
            (insert(timeline), self.notes),
            (_ENQUEUE, self.enqueued),
            (_PROGRESS, self.progress),
            (insert(attempt), self.attempts),
            (_VERIFY, self.verified),
            (_SWAP, list(self.swaps.values())),
            (_WORK, list(self.works.values())),
            (insert(boost_evidence), self.traces),
            (_LOAD, list(self.loads.values())),
            (_AVAILABILITY, list(self.availability.values())),
            (_USUAL, list(self.usual.values())),
            (_WAIT, list(self.waits.values())),
            (_TOLD, self.told),
            (_POSTBOX, list(self.postboxes.values())),
        )
        for statement, rows in steps:
            if rows:
                connection.execute(statement, rows)


def _incident(saved: Incident) -> Values:
    return {
        "id": saved.id,
        "key": f"{saved.family}:{saved.subject}",
        "status": saved.status.value,
        "priority": saved.priority.value,
        "kind": saved.kind.value,
        "opened_at": saved.opened_at,
        "resolved_at": saved.resolved_at,
        "body": documents.incidents.write(saved),
    }


def _note(entry: TimelineEntry) -> Values:
    return {
        "incident": entry.incident,
        "at": entry.at,
        "what": entry.what,
        "detail": entry.detail,
    }


def _outbox(row: OutboxRow) -> Values:
    notification = row.notification
    return {
        "key": notification.key,
        "incident": notification.incident,
        "channel": notification.channel,
        "priority": notification.priority.value,
        "status": row.status.value,
        "attempts": row.attempts,
        "created_at": notification.created_at,
        "next_attempt_at": row.next_attempt_at,
        "recorded": row.recorded,
        "body": documents.notifications.write(notification),
    }


def _attempt(record: Attempted) -> Values:
    return {
        "key": record.row.notification.key,
        "at": record.at,
        "outcome": record.outcome.value,
        "detail": record.detail,
    }


def _verified(record: Verified) -> Values:
    return {"link": record.link, "address": record.address, "at": record.at}


def _swap(saved: Swap) -> Values:
    return {
        "number": saved.number,
        "roster": saved.roster,
        "contact": saved.contact,
        "start_at": saved.span.start,
        "end_at": saved.span.end,
        "by": saved.by,
        "made_at": saved.made_at,
        "removed_at": saved.removed_at,
        "removed_by": saved.removed_by,
    }


def _work(saved: Maintenance) -> Values:
    return {
        "number": saved.number,
        "end_at": saved.ended_at or saved.span.end,
        "body": documents.works.write(saved),
    }


def _trace(evidence: Evidence) -> Values:
    return {
        "link": evidence.link,
        "at": evidence.at,
        "body": documents.evidence.write(evidence),
    }


def _load(load: MonthLoad) -> Values:
    return {"link": load.link, "month": load.month, "body": documents.loads.write(load)}


def _wait(waiting: Untold) -> Values:
    return {
        "key": waiting.key,
        "incident": waiting.incident,
        "body": documents.untold.write(waiting),
    }


def _box(box: Postbox) -> Values:
    return {
        "contact": box.contact,
        "channel": box.channel,
        "body": documents.postboxes.write(box),
    }
