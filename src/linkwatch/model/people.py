"""Who is told: carriers, contacts, rosters and the escalation table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from linkwatch.model.ids import CarrierId, ChannelId, ContactId, RosterId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level


@dataclass(frozen=True, slots=True)
class Carrier:
    """A telecom carrier. `restore_target` in s by priority."""

    id: CarrierId
    name: str
    short: str
    reference: tuple[str, ...]
    restore_target: Mapping[Priority, float]


class Answer(StrEnum):
    """How a contact can acknowledge."""

    PHONE = "phone"
    LINK = "link"
    SMS_REPLY = "sms_reply"
    TELEGRAM = "telegram"


class Address(StrEnum):
    """What a channel needs of a contact."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on duty, or a duty desk. `channels` in order of preference."""

    id: ContactId
    name: str
    phones: tuple[str, ...]
    email: str | None
    channels: tuple[ChannelId, ...]
    answers_by: frozenset[Answer]


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members take turns of `shift` seconds from `start` on, round and round.

    `start` is in the zone whose clocks the shifts follow.
    """

    start: datetime
    shift: float
    members: tuple[ContactId, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One contact on duty for one span: an override, a swap, or a line of a CSV schedule."""

    contact: ContactId
    span: Span


@dataclass(frozen=True, slots=True)
class Roster:
    """A duty roster: exactly one of `rotation`, `standing` and `schedule` is its base.

    `overrides` stand in the configuration, `swaps` were made by command. `min_normal` and
    `min_conference`: how many are to be on duty at once.
    """

    id: RosterId
    carrier: CarrierId | None
    level: Level
    areas: tuple[SiteId, ...]
    rotation: Rotation | None
    standing: ContactId | None
    schedule: tuple[Turn, ...]
    overrides: tuple[Turn, ...]
    min_normal: int = 1
    min_conference: int = 1
    swaps: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Swap:
    """An override made by command: who made it and when; `removed_at` once it was taken back."""

    number: int
    roster: RosterId
    contact: ContactId
    span: Span
    by: str
    made_at: datetime
    removed_at: datetime | None = None
    removed_by: str | None = None


class Role(StrEnum):
    """A part somebody plays in an escalation step."""

    DUTY = "duty"
    UP = "up"
    PROVINCE = "province"
    LEADER = "leader"
    SITE = "site"
    OPERATOR = "operator"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class DailyHours:
    """Local times of day, `start` inclusive, `end` exclusive; may run across midnight."""

    start: time
    end: time

    def contain(self, local: time) -> bool:
        """Whether a local time of day lies inside."""
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """After `after` s tell `notify`; or, with `repeat`, all told so far, `times` times."""

    after: float = 0.0
    notify: tuple[Role, ...] = ()
    all_channels: bool = False
    when_wide: bool = False
    task_call: bool = False
    hours: DailyHours | None = None
    repeat: float | None = None
    times: int = 0


@dataclass(frozen=True, slots=True)
class Operators:
    """The ICT Centre's own room. `daily_test`: the local time from which each channel sends whoever
    is on duty there a marked test; None: never.
    """

    hotline: str | None
    roster: RosterId | None
    daily_test: time | None = None
