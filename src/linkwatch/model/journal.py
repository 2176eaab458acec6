"""What the writer thread puts into the store, one commit for all that one turn decided."""

from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.availability import SavedAvailability
from linkwatch.model.boost import Evidence
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.load import MonthLoad
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.notification import (
    DeliveryOutcome,
    Notification,
    OutboxRow,
    Postbox,
    Untold,
)
from linkwatch.model.people import Swap
from linkwatch.model.trial import DailyTest
from linkwatch.model.usual import UsualDelay


@dataclass(frozen=True, slots=True)
class SaveIncident:
    """Write the incident as it is now."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Note:
    """Append to an incident's timeline."""

    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put a message into the outbox; released to the dispatcher once committed."""

    notification: Notification


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt's outcome and the row as it is after it."""

    row: OutboxRow
    at: datetime
    outcome: DeliveryOutcome
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A target answered for the first time ever."""

    link: LinkId
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SaveSwap:
    """Write a swap of duty as it is now."""

    swap: Swap


@dataclass(frozen=True, slots=True)
class SaveWork:
    """Write work announced by command as it is now; it has a number."""

    work: Maintenance


@dataclass(frozen=True, slots=True)
class Traced:
    """A trace of what a boosted link really carries was found or told."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SaveLoad:
    """Write a link's month as it is now."""

    load: MonthLoad


@dataclass(frozen=True, slots=True)
class SaveUsual:
    """Write what is usual of a link as it is known now."""

    usual: UsualDelay


@dataclass(frozen=True, slots=True)
class KeepUntold:
    """Something waits for a contact's next message."""

    untold: Untold


@dataclass(frozen=True, slots=True)
class DropUntold:
    """These wait no more: the message that tells them is written in the same commit."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavePostbox:
    """Write when a contact was written to as it is now."""

    postbox: Postbox


@dataclass(frozen=True, slots=True)
class SaveAvailability:
    """Write a link's availability as it is counted now."""

    availability: SavedAvailability


Record = (
    SaveIncident
    | Note
    | Enqueue
    | Attempted
    | Verified
    | Traced
    | SaveLoad
    | SaveUsual
    | SaveSwap
    | KeepUntold
    | DropUntold
    | SavePostbox
    | SaveWork
    | SaveAvailability
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restart finds in the store."""

    open_incidents: tuple[Incident, ...] = ()
    recent_incidents: tuple[Incident, ...] = ()
    """Closed ones that may still be reopened, or that somebody is yet to hear of."""
    outbox: tuple[OutboxRow, ...] = ()
    verified: frozenset[tuple[LinkId, str]] = frozenset()
    swaps: tuple[Swap, ...] = ()
    """Those that stand and are not over."""
    last_swap: int = 0
    """The highest number ever given."""
    works: tuple[Maintenance, ...] = ()
    """Those announced by command that are not over."""
    last_work: int = 0
    """The highest number ever given."""
    evidence: tuple[Evidence, ...] = ()
    """In the order they came."""
    loads: tuple[MonthLoad, ...] = ()
    """Of this month, and perhaps of others."""
    usual: tuple[UsualDelay, ...] = ()
    untold: tuple[Untold, ...] = ()
    """In the order they came."""
    postboxes: tuple[Postbox, ...] = ()
    tests: tuple[DailyTest, ...] = ()
    """Daily tests of channels, of the last days, oldest first."""
    availability: tuple[SavedAvailability, ...] = ()
