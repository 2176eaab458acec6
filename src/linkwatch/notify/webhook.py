"""The channel `webhook`: the JSON document by HTTP POST, signed."""

from linkwatch.config.settings import WebhookChannel
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, Notification
from linkwatch.notify.http import HttpSender
from linkwatch.notify.setup import Surroundings
from linkwatch.notify.signature import signed_headers


class WebhookNotifier:
    """Posts a message's `body` as it is, to one URL."""

    def __init__(self, channel: WebhookChannel, around: Surroundings) -> None:
        self._id = channel.id
        self._secret = around.secret(channel.secret)
        self._clock = around.clock
        self._sender = HttpSender(
            channel.id, channel.url, channel.timeout, around.clock, ca=channel.ca
        )

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._id

    async def send(self, notification: Notification) -> Delivery:
        """One attempt."""
        body = notification.body.encode()
        now = self._clock.now().wall
        headers = signed_headers(notification.key, body, now, self._secret)
        return await self._sender.post(body, headers)

    async def close(self) -> None:
        """Close the kept connections."""
        await self._sender.close()
