"""One HTTP request as an attempt to deliver: what was answered, and what is in doubt."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from linkwatch import __version__
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.notify.response import delivery_of
from linkwatch.notify.setup import trusting
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


class HttpSender:
    """Posts to one URL; `timeout` (s) bounds a whole attempt. Proxies in the environment and
    redirects are not followed: alerts go where the configuration says, and nowhere else.
    """

    def __init__(
        self,
        channel: ChannelId,
        url: str,
        timeout: float,
        clock: Clock,
        *,
        ca: Path | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._clock = clock
        self._client = httpx.AsyncClient(
            # Connecting gets half, so that its failure is told from a silence after sending.
            timeout=httpx.Timeout(timeout, connect=timeout / 2),
            limits=httpx.Limits(max_connections=CONNECTIONS),
            headers={"User-Agent": f"linkwatch/{__version__}"},
            follow_redirects=False,
            trust_env=False,
            auth=login,
            # Without TLS, reading the system's authorities would be for nothing.
            verify=trusting(channel, ca) if url.startswith("https:") else False,
        )

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """One attempt. What may have arrived without an answer is in doubt."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(body, headers)
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

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        async with self._client.stream(
            "POST", self._url, content=body, headers=headers
        ) as response:
            now = self._clock.now().wall
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
