"""The channel `log`: messages into the daemon's own log."""

import structlog

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification

_log = structlog.get_logger(__name__)


class LogNotifier:
    """Writes one structured line a message; the logging pipeline escapes what it holds.

    At level warning, so that a daemon told to log only what matters still tells.
    """

    def __init__(self, channel: ChannelId) -> None:
        self._id = channel

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._id

    async def send(self, notification: Notification) -> Delivery:
        """Always accepted."""
        _log.warning(
            "notification",
            channel=self._id,
            key=notification.key,
            notified=notification.event.value,
            priority=notification.priority.value,
            incident=notification.incident,
            contact=notification.contact,
            text=notification.text,
        )
        return Delivery(DeliveryOutcome.ACCEPTED)

    async def close(self) -> None:
        """Nothing to give back."""
