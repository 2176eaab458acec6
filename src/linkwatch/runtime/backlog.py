"""What has been decided and is not yet written: a queue that a dead store cannot bloat."""

from collections.abc import Iterable, Iterator, Sequence

from linkwatch.model.journal import (
    Attempted,
    Enqueue,
    Note,
    Record,
    SaveAvailability,
    SaveIncident,
    SaveLoad,
    SavePostbox,
    SaveUsual,
)
from linkwatch.model.notification import Notification

LIMIT = 20_000
"""Records waiting before the queue is condensed."""


class Backlog:
    """Records in the order of submission: some in flight (being committed), the rest waiting.

    All that waits goes into the next commit, so condensing it changes nothing that a reader of the
    store could tell but this: of what is saved whole and each message the last state is kept, and
    beyond `limit` the oldest timeline notes are dropped and counted. Messages are never dropped;
    an incident has a finite number of them, so open incidents bound the memory.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._condense_at = limit
        self._waiting: list[Record] = []
        self._waiting_since: float | None = None
        self._in_flight: list[Record] = []
        self._in_flight_since: float | None = None
        self.dropped = 0
        """Timeline notes and intermediate attempts given up since the start."""

    def __len__(self) -> int:
        return len(self._in_flight) + len(self._waiting)

    @property
    def oldest(self) -> float | None:
        """When (monotonic s) the longest waiting record was submitted."""
        return self._waiting_since if self._in_flight_since is None else self._in_flight_since

    @property
    def messages(self) -> Iterator[Notification]:
        """The messages among all records, oldest first."""
        for records in (self._in_flight, self._waiting):
            yield from (r.notification for r in records if isinstance(r, Enqueue))

    def add(self, records: Iterable[Record], at: float) -> None:
        """Append what one turn decided."""
        self._waiting.extend(records)
        if self._waiting and self._waiting_since is None:
            self._waiting_since = at
        if len(self._waiting) > self._condense_at:
            self._condense()

    def take(self) -> Sequence[Record]:
        """All that waits, now in flight until `done` or `failed`."""
        self._in_flight, self._waiting = self._waiting, []
        self._in_flight_since, self._waiting_since = self._waiting_since, None
        return self._in_flight

    def done(self) -> None:
        """What was in flight is written."""
        self._in_flight, self._in_flight_since = [], None
        self._condense_at = self._limit

    def failed(self) -> None:
        """What was in flight waits again, before all that came since."""
        self._waiting[:0] = self._in_flight
        self._waiting_since = self._in_flight_since
        self._in_flight, self._in_flight_since = [], None

    def _condense(self) -> None:
        last = {_identity(record): i for i, record in enumerate(self._waiting)}
        kept = [
            record
            for i, record in enumerate(self._waiting)
            if (identity := _identity(record)) is None or last[identity] == i
        ]
        attempts = _count_attempts(self._waiting) - _count_attempts(kept)
        surplus = max(0, len(kept) - self._limit)
        self._waiting = list(_without_notes(kept, surplus))
        self.dropped += attempts + len(kept) - len(self._waiting)
        # Twice what is left: condensing stays cheap however little it gains.
        self._condense_at = max(self._limit, 2 * len(self._waiting))


def _identity(record: Record) -> tuple[type, str] | None:
    """What a later record of the same identity replaces; None: nothing replaces it."""
    name = _name(record)
    return None if name is None else (type(record), name)


def _name(record: Record) -> str | None:
    match record:
        case SaveIncident(incident=incident):
            return incident.id
        case Attempted(row=row):
            return row.notification.key
        case SaveLoad(load=load):
            return f"{load.link} {load.month}"
        case SaveUsual(usual=known) | SaveAvailability(availability=known):
            return known.link
        case SavePostbox(postbox=box):
            return f"{box.contact} {box.channel}"
        case _:
            return None


def _count_attempts(records: Iterable[Record]) -> int:
    return sum(isinstance(record, Attempted) for record in records)


def _without_notes(records: Iterable[Record], surplus: int) -> Iterator[Record]:
    """All but the first `surplus` timeline notes."""
    for record in records:
        if surplus and isinstance(record, Note):
            surplus -= 1
        else:
            yield record
