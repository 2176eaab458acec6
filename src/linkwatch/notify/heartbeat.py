"""An external checker that is told that we are well: one GET, which says no more than that."""

import asyncio
import ssl

import httpx

from linkwatch import __version__
from linkwatch.config.settings import Heartbeat
from linkwatch.model.notification import Delivery, DeliveryOutcome

LONGEST = 10.0
"""s for one request at most, and no more than half of the interval."""


class HttpChecker:
    """ports.Checker. The address may hold a token: it is in no log and in no error.

    Redirects and proxies in the environment are not followed, as for channels.
    """

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._url = heartbeat.url
        self._timeout = min(LONGEST, heartbeat.interval / 2)
        self._client = httpx.AsyncClient(
            timeout=self._timeout,
            # The system's authorities, as for channels; without TLS, reading them is for nothing.
            verify=ssl.create_default_context() if self._url.startswith("https:") else False,
            headers={"User-Agent": f"linkwatch/{__version__}"},
            follow_redirects=False,
            trust_env=False,
        )

    async def beat(self) -> Delivery:
        """One request, bounded in time; a 2xx is accepted, anything else has failed."""
        try:
            async with asyncio.timeout(self._timeout):
                async with self._client.stream("GET", self._url) as response:
                    status = response.status_code
        except TimeoutError:
            return Delivery(DeliveryOutcome.IN_DOUBT, f"no answer within {self._timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Only its class: the text may quote the address.
            return Delivery(DeliveryOutcome.FAILED, type(error).__name__)
        accepted = httpx.codes.is_success(status)
        outcome = DeliveryOutcome.ACCEPTED if accepted else DeliveryOutcome.FAILED
        return Delivery(outcome, f"HTTP {status}")

    async def close(self) -> None:
        """Close the kept connection."""
        await self._client.aclose()
