"""The headers that tell a receiver who sent a webhook, and when."""

import hmac
from datetime import datetime


def signed_headers(key: str, body: bytes, at: datetime, secret: str | None) -> dict[str, str]:
    """Idempotency key, time (whole s since 1970) and, with a secret, the signature.

    The signature is `sha256=` and the hex HMAC-SHA256 of timestamp, a full stop and the body.
    """
    timestamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Linkwatch-Timestamp": timestamp,
    }
    if secret is not None:
        digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
        headers["X-Linkwatch-Signature"] = f"sha256={digest}"
    return headers
