"""The marked tests that the daemon sends the operators by itself."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import DeliveryStatus

DAILY = "daily-"
"""What the key of a daily test begins with; its local day and time follow."""


def daily_key(local: datetime, contact: ContactId, channel: ChannelId) -> str:
    """The idempotency key of a channel's test of a local day: in the outbox, the mark that it left.

    With the time: what could not be tried in its time may be sent again on the same day.
    """
    return f"{DAILY}{local:%Y%m%dT%H%M}:{IncidentEvent.TEST}:{contact}:{channel}"


def day_of(key: str) -> date:
    """The local day of a daily test by its key; ValueError where it is none."""
    day = key.removeprefix(DAILY)[:8]
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))


class TrialResult(StrEnum):
    """What came of a channel's daily test: as it is shown."""

    NEVER = "never"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DailyTest:
    """A channel's test of one local day; `ended_at` None: it is still on its way."""

    key: str
    channel: ChannelId
    day: date
    sent_at: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    ended_at: datetime | None = None
    detail: str = ""

    @property
    def result(self) -> TrialResult:
        """What came of it."""
        if self.status is DeliveryStatus.ACCEPTED:
            return TrialResult.ACCEPTED
        return TrialResult.WAITING if self.status is DeliveryStatus.PENDING else TrialResult.FAILED
