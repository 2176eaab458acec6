"""What a look at the rosters finds: times with nobody, contacts who cannot be told, dead ends."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from linkwatch.model.ids import CarrierId, ChannelId, ConferenceId, ContactId, RosterId, SiteId
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Level

DutyKey = tuple[CarrierId, Level]


def duty_subject(carrier: CarrierId, level: Level) -> Subject:
    """A carrier's duty at a level, as what a fault is of. No configured id has a `/`."""
    return Subject(SubjectKind.DUTY, f"{carrier}/{level.value}")


def duty_of(subject: Subject) -> DutyKey | None:
    """The carrier and level; None where it is something else."""
    if subject.kind is not SubjectKind.DUTY:
        return None
    carrier, _, level = subject.id.partition("/")
    return CarrierId(carrier), Level(level)


@dataclass(frozen=True, slots=True)
class Period:
    """A bounded stretch of time: `start` inclusive, `end` exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Fewer than wanted on duty for a carrier's sites at a level; `rosters` that answer for them.

    `conference`: the time is that of its window, and `wanted` is what that takes.
    """

    carrier: CarrierId
    level: Level
    sites: tuple[SiteId, ...]
    rosters: tuple[RosterId, ...]
    period: Period
    on_duty: int
    wanted: int
    conference: ConferenceId | None = None
    is_gap = True


class Weakness(StrEnum):
    """Why a contact is of little use."""

    UNREACHABLE = "unreachable"
    """No channel that has a sender reaches them."""
    CHANNEL_UNFIT = "channel_unfit"
    """A channel that lacks their number or address; others reach them."""
    NO_PHONE = "no_phone"
    """They cannot be called."""
    CANNOT_ANSWER = "cannot_answer"
    """They can be told, but have no way to say that they have it."""


@dataclass(frozen=True, slots=True)
class WeakContact:
    """Somebody on these rosters, at these sites, or the department's leader (`is_leader`)."""

    contact: ContactId
    weakness: Weakness
    rosters: tuple[RosterId, ...]
    sites: tuple[SiteId, ...]
    is_leader: bool
    channels: tuple[ChannelId, ...] = ()

    @property
    def is_gap(self) -> bool:
        """Who cannot be told of anything is as good as not there."""
        return self.weakness is Weakness.UNREACHABLE


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """Escalation steps, by priority and number (from 1), that find nobody at all to tell.

    `carrier` None: whatever the carrier.
    """

    carrier: CarrierId | None
    sites: tuple[SiteId, ...]
    steps: tuple[tuple[Priority, int], ...]
    period: Period
    is_gap = True


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Sites for which a carrier has not named the contacts that an order asks for by a day."""

    directive: str
    carrier: CarrierId
    level: Level
    sites: tuple[SiteId, ...]
    due: date
    is_overdue: bool

    @property
    def is_gap(self) -> bool:
        """Before the day it is no more than a reminder."""
        return self.is_overdue


@dataclass(frozen=True, slots=True)
class AlwaysNights:
    """One of several on a roster who has all its nights."""

    roster: RosterId
    contact: ContactId
    nights: int
    is_gap = False


Shortfall = Vacancy | WeakContact | DeadEnd | Unnamed | AlwaysNights


@dataclass(frozen=True, slots=True)
class Occasion:
    """A conference's window, and the carriers at sites that it depends on."""

    conference: ConferenceId
    period: Period
    places: frozenset[tuple[CarrierId, SiteId]]
