"""The channel `webhook`: the JSON document by HTTP POST, signed."""

import asyncio
from contextlib import suppress

import httpx

from linkwatch import __version__
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.notify.response import delivery_of
from linkwatch.notify.signature import signed_headers
from linkwatch.ports import Clock

CONNECTIONS = 8
BODY_BOUND = 4096
"""Bytes of an answer that are read, only so that its connection can be used again."""
BODY_TIME = 0.5

# The request cannot have left: nothing was connected, or it never was a request.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


class WebhookNotifier:
    """Posts to one URL; `timeout` (s) bounds a whole attempt. Proxies in the environment and
    redirects are not followed: alerts go where the configuration says, and nowhere else.
    """

    def __init__(
        self, channel: ChannelId, url: str, secret: str | None, timeout: float, clock: Clock
    ) -> None:
        self._id = channel
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._clock = clock
        self._client = httpx.AsyncClient(
            # Connecting gets half, so that its failure is told from a silence after sending.
            timeout=httpx.Timeout(timeout, connect=timeout / 2),
            limits=httpx.Limits(max_connections=CONNECTIONS),
            headers={"User-Agent": f"linkwatch/{__version__}"},
            follow_redirects=False,
            trust_env=False,
        )

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._id

    async def send(self, notification: Notification) -> Delivery:
        """Post the body. What may have arrived without an answer is in doubt."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(notification)
        except _NOT_SENT as error:
            return Delivery(
                DeliveryOutcome.FAILED, f"not sent: {str(error) or type(error).__name__}"
            )
        except TimeoutError:
            return Delivery(DeliveryOutcome.IN_DOUBT, f"no answer within {self._timeout:g} s")
        except httpx.HTTPError as error:
            # Only its class: the text may quote what the peer sent.
            return Delivery(DeliveryOutcome.IN_DOUBT, f"no answer: {type(error).__name__}")

    async def close(self) -> None:
        """Close the kept connections."""
        await self._client.aclose()

    async def _post(self, notification: Notification) -> Delivery:
        now = self._clock.now().wall
        body = notification.body.encode()
        headers = signed_headers(notification.key, body, now, self._secret)
        async with self._client.stream(
            "POST", self._url, content=body, headers=headers
        ) as response:
            delivery = delivery_of(response.status_code, response.headers.get("Retry-After"), now)
            # The status has decided; what may go wrong with the rest changes nothing.
            with suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(BODY_TIME):
                    await _read_some(response)
            return delivery


async def _read_some(response: httpx.Response) -> None:
    """Read the raw body up to `BODY_BOUND`; a longer one costs the connection."""
    left = BODY_BOUND
    async for chunk in response.aiter_raw():
        left -= len(chunk)
        if left < 0:
            return
