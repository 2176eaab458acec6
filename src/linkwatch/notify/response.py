"""What an HTTP answer means for a message."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from linkwatch.model.notification import Delivery, DeliveryOutcome

_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS = 408, 429


def delivery_of(status: int, retry_after: str | None, now: datetime) -> Delivery:
    """2xx accepted; 429 deferred; 408 and 5xx failed, to be tried again; any other refused."""
    if 200 <= status < 300:
        return Delivery(DeliveryOutcome.ACCEPTED, f"HTTP {status}")
    wait = seconds_of(retry_after, now)
    if status == _TOO_MANY_REQUESTS:
        return Delivery(DeliveryOutcome.DEFERRED, f"HTTP {status}", wait)
    if status == _REQUEST_TIMEOUT or status >= 500:
        return Delivery(DeliveryOutcome.FAILED, f"HTTP {status}", wait)
    if 300 <= status < 400:
        return Delivery(DeliveryOutcome.REFUSED, f"HTTP {status}: redirects are not followed")
    return Delivery(DeliveryOutcome.REFUSED, f"HTTP {status}")


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """A Retry-After header (RFC 9110 section 10.2.3: s, or an HTTP date) in s from `now`.

    None where there is none or it makes no sense.
    """
    if retry_after is None:
        return None
    value = retry_after.strip()
    if value.isascii() and value.isdecimal():
        # Beyond nine digits it is decades either way, and int() refuses thousands.
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    # An HTTP date is always GMT; "-0000" makes it naive.
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(0.0, (at - now).total_seconds())
