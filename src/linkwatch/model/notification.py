"""Messages on their way: the outbox's rows and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.people import Role
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level


class DeliveryStatus(StrEnum):
    """`pending` until the channel accepted or refused it; `expired`: given up; `handed_on`: the
    contact's next channel has it.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    HANDED_ON = "handed_on"


class DeliveryOutcome(StrEnum):
    """What one attempt came to. `refused`: the peer will never take this message; `deferred`: not
    now, says the peer; `failed`: it cannot have arrived; `in_doubt`: it may have (a time-out after
    sending).
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Trouble(StrEnum):
    """Why a message looks for another channel: it was refused, the channel has failed, or it has
    tried for too long.
    """

    REFUSED = "refused"
    CHANNEL_FAILED = "channel_failed"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one contact by one channel.

    `key` is the idempotency key; `body` the webhook's JSON document (one line); `text` the words
    for a person, `subject` those of a mail's subject, `short` those of a short message: it may have
    to go by another channel yet. `started_at` is the incident's, for `time_to_notify_seconds`;
    `tried` the channels that it was handed on from. A digest has no `incident`, but `incidents`.
    """

    key: str
    incident: IncidentId | None
    event: IncidentEvent
    contact: ContactId
    channel: ChannelId
    priority: Priority
    text: str
    body: str
    created_at: datetime
    started_at: datetime | None
    subject: str = ""
    short: str = ""
    tried: tuple[ChannelId, ...] = ()
    incidents: tuple[IncidentId, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether it is a marked test: nobody waits for it, and no other channel takes it over."""
        return self.event is IncidentEvent.TEST


@dataclass(frozen=True, slots=True)
class Untold:
    """An event of an incident that one contact is yet to hear of by one channel.

    `key` is that of the message which would tell it alone, `ordinal` how often the incident has had
    this event; `priority` the incident's, and `role` and `level` the contact's, when it came up.
    """

    key: str
    incident: IncidentId
    event: IncidentEvent
    ordinal: int
    contact: ContactId
    channel: ChannelId
    role: Role
    level: Level | None
    priority: Priority
    since: datetime


@dataclass(frozen=True, slots=True)
class Postbox:
    """When one contact was written to by one channel within the past hour, oldest first.

    `urgent` are the last few of those that no cap holds for.
    """

    contact: ContactId
    channel: ChannelId
    urgent: tuple[datetime, ...]
    others: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notification with its progress; `next_attempt_at` None once it is settled."""

    notification: Notification
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    recorded: bool = True
    """False: it went out before it could be written (rule: only when the store is dead)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A channel's answer to one attempt; `retry_after` in s where the peer asked for it."""

    outcome: DeliveryOutcome
    detail: str = ""
    retry_after: float | None = None
