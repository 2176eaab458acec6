"""One attempt to deliver a message, and the account given of it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence

import structlog

from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.journal import Attempted, Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
)

ATTEMPT_LIMIT = 60.0
"""s for one attempt: a net under the channels' own time-outs."""

log = structlog.get_logger(__name__)


async def attempt(
    sending: Coroutine[object, object, Delivery], channel: ChannelId, what: str
) -> Delivery:
    """Await one call of a channel; always ends, and never raises but when cancelled."""
    try:
        async with asyncio.timeout(ATTEMPT_LIMIT):
            return await sending
    except TimeoutError:
        return Delivery(DeliveryOutcome.IN_DOUBT, f"no end within {ATTEMPT_LIMIT:g} s")
    except Exception as error:
        # A fault in one channel's code must not end the delivery on all others.
        log.exception("channel failed", channel=channel, what=what)
        return Delivery(DeliveryOutcome.FAILED, f"fault in the channel: {type(error).__name__}")


def account_for(
    record: Callable[[Sequence[Record]], None], row: OutboxRow, delivery: Delivery, now: Moment
) -> None:
    """Write down and log what became of a message; `row` is as it stands after it."""
    record([Attempted(row, now.wall, delivery.outcome, delivery.detail)])
    line = log.bind(
        key=row.notification.key,
        channel=row.notification.channel,
        attempts=row.attempts,
        outcome=delivery.outcome.value,
        detail=delivery.detail,
    )
    match row.status:
        case DeliveryStatus.ACCEPTED:
            line.info("message accepted")
        case DeliveryStatus.PENDING:
            line.warning("message not accepted yet")
        case DeliveryStatus.HANDED_ON:
            line.warning("message goes by another channel")
        case DeliveryStatus.REFUSED | DeliveryStatus.EXPIRED:
            line.error("message given up")


def notify_seconds(message: Notification, now: Moment) -> float | None:
    """From the first lost probe to now; only an opening message measures how fast we tell.

    A digest does so once, by the earliest that it opens.
    """
    opens = message.event in (IncidentEvent.OPENED, IncidentEvent.DIGEST)
    if not opens or message.started_at is None:
        return None
    return (now.wall - message.started_at).total_seconds()
