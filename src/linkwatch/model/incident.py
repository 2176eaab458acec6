"""Incidents: one fault of one cause, its life and its timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from linkwatch.model.finding import Direction, Family, Kind
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    ContactId,
    IncidentId,
    LinkId,
    RosterId,
    SiteId,
)
from linkwatch.model.maintenance import Bearing, UnderWork
from linkwatch.model.path import Confidence, Whereabouts
from linkwatch.model.people import EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.topology import Level


class Status(StrEnum):
    """Where an incident stands. `withdrawn`: what it is of left the configuration."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    FLAPPING = "flapping"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self in (Status.RESOLVED, Status.WITHDRAWN)


class IncidentEvent(StrEnum):
    """What a message is about."""

    OPENED = "opened"
    RAISED = "raised"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    HANDED_OVER = "handed_over"
    FLAPPING = "flapping"
    UPDATED = "updated"
    DIGEST = "digest"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told, in which part, by which channels."""

    contact: ContactId
    role: Role
    level: Level | None
    channels: tuple[ChannelId, ...]


class Via(StrEnum):
    """How somebody said that they have it, or has it without a word."""

    PHONE = "phone"
    LINK = "link"
    SMS_REPLY = "sms_reply"
    TELEGRAM = "telegram"
    COMMAND = "command"
    SHIFT_CHANGE = "shift_change"


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody has it in hand, since `at`, and that counts until `until`.

    `eta` is when they mean to be done, if they said so; `by` who wrote it down; `roster` the one
    that had them on duty, which hands the incident on when the shift changes; `reminded` whether
    they have heard that it will lapse.
    """

    contact: ContactId
    at: datetime
    until: datetime
    eta: datetime | None
    via: Via
    by: str
    note: str = ""
    roster: RosterId | None = None
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an incident has come along its rows of the escalation table.

    A step is due `after` s from `zero`; `done` are the numbers (from 0) of those taken in the row
    of each priority, `repeats` how often all were told again, `last_at` when anybody was told last.
    The clock stands still from `paused_at` on, while somebody has it or work mutes it.
    """

    zero: datetime
    done: Mapping[Priority, tuple[int, ...]]
    last_at: datetime
    repeats: int = 0
    paused_at: datetime | None = None
    began: datetime | None = None
    """When they were told first, or anew; unlike `zero` no pause moves it. None: not known."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault. Replaced, never changed; written whole at each change.

    `started_at`: send time of the first probe of the deciding run; `opened_at`: the verdict;
    `restored_at`: the first good probe; `resolved_at`: closed. `escalation` is the table as it
    stood when the incident opened; `events` counts the messages of each event so far, for their
    keys. A fault that comes and goes is bad in spells: this one began at `spell_at`, those before
    it that nobody was told of lasted `served` s together, and `announce_at` is when enough has
    been suffered to tell somebody (None: nothing to wait for). `changes` are the times it came
    and went; `good_since` is when a flapping one was last seen well. `carrier` answers for it,
    None: the agency itself; `links` are those it touches.
    """

    id: IncidentId
    family: Family
    subject: Subject
    kind: Kind
    severity: Severity
    priority: Priority
    status: Status
    started_at: datetime
    opened_at: datetime
    spell_at: datetime
    announce_at: datetime | None
    site: SiteId
    carrier: CarrierId | None
    circuit: str | None
    links: tuple[LinkId, ...] = ()
    announced_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    conference: ConferenceId | None = None
    measured: Mapping[Metric, float] = field(default_factory=dict)
    threshold: Mapping[Metric, float] = field(default_factory=dict)
    direction: Direction | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None
    served: float = 0.0
    changes: tuple[datetime, ...] = ()
    good_since: datetime | None = None
    worst_told: int = 0
    """Rank of the worst that its people have heard of; only what is worse is told as raised."""
    highest_told: Priority | None = None
    """The highest priority that they have heard of."""
    told: tuple[Told, ...] = ()
    is_half_told: bool = False
    """Whether people have heard of it, and are to hear of it anew, by itself."""
    events: Mapping[IncidentEvent, int] = field(default_factory=dict)
    progress: Progress | None = None
    """None: nobody has been told yet."""
    taken: Taken | None = None
    acknowledged_at: datetime | None = None
    """When somebody first had it, since it was last told anew."""
    declined: tuple[ContactId, ...] = ()
    """Those who have said that it is not theirs; they are not asked again."""
    closed_by: str | None = None
    """Who closed it by hand, and why; the fault itself may go on."""
    closed_why: str = ""
    maintenance: UnderWork | None = None
    """The work that it falls into, or has outlasted."""
    withheld: tuple[IncidentEvent, ...] = ()
    """Events that those who know of it have not heard, for it was muted."""
    path: Whereabouts | None = None
    """Where on the way it lies, as far as traces have told."""
    carriers: tuple[CarrierId, ...] = ()
    """Where it is of no single one: all whose links it touches."""
    affects: tuple[SiteId, ...] = ()
    """The sites of its links, its own first."""
    affects_told: int = 0
    """Of how many sites its people have heard."""
    caused_by: IncidentId | None = None
    """The incident that explains it: nobody is told of this one while that goes on."""
    confidence: Confidence | None = None
    """How far it is to be believed that it is one cause; None: it is not guessed."""
    escalation: Mapping[Priority, tuple[EscalationStep, ...]] = field(default_factory=dict)

    @property
    def is_owed_its_end(self) -> bool:
        """Whether somebody has heard of it, and not yet that it is over."""
        return self.announced_at is not None or self.is_half_told

    @property
    def bad_since(self) -> datetime:
        """When its present spell began: with its first sign, or, where there was one before, when
        it was bad again beyond doubt.
        """
        return self.started_at if self.spell_at == self.opened_at else self.spell_at

    @property
    def is_muted(self) -> bool:
        """Whether work explains it: nobody is told anything but its end."""
        return self.maintenance is not None and self.maintenance.bearing is Bearing.MUTED

    @property
    def key(self) -> tuple[Family, Subject]:
        """The identity of the fault: bad again means the same incident while this is open."""
        return (self.family, self.subject)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an incident's history; `what` is a short code, `detail` plain English."""

    incident: IncidentId
    at: datetime
    what: str
    detail: str = ""
