"""A channel that is configured, but whose type this version cannot send by."""

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification


class UnservedNotifier:
    """Refuses each message with the reason, so that the journal shows who was not reached."""

    def __init__(self, channel: ChannelId, kind: str) -> None:
        self._id = channel
        self._kind = kind

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._id

    async def send(self, notification: Notification) -> Delivery:  # noqa: ARG002 the port's signature
        """Always refused."""
        reason = f"channels of type {self._kind} are not served by this version"
        return Delivery(DeliveryOutcome.REFUSED, reason)

    async def close(self) -> None:
        """Nothing to give back."""
