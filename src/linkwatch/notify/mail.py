"""A message as mail: plain text that threads by incident (RFC 5322, RFC 2045, RFC 3834)."""

import quopri
import re
from datetime import UTC
from email.header import Header
from email.utils import format_datetime

from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority

SUBJECT = 200
"""Characters of a subject at most; what stands in front matters most."""
_URGENT = (Priority.P1, Priority.P2)
# What a dot-atom may hold, less the dot; keys have colons.
_APART = re.compile(r"[^A-Za-z0-9_-]+")


def compose(notification: Notification, sender: str, recipient: str) -> bytes:
    """The whole mail, in seven-bit lines; the same bytes at every attempt.

    Its Message-ID follows from the message's key, so a mail server that got it twice can tell.
    All mails on one incident refer to the first one, whether or not this contact was sent it.
    """
    host = sender.rpartition("@")[2]
    headers = {
        "From": sender,
        "To": recipient,
        "Subject": _subject(notification.subject or notification.text.partition("\n")[0]),
        "Date": format_datetime(notification.created_at.astimezone(UTC)),
        "Message-ID": _message_id(notification, notification.key, host),
    }
    first = _first_key(notification)
    if first is not None:
        headers["In-Reply-To"] = headers["References"] = _message_id(notification, first, host)
    headers["Auto-Submitted"] = "auto-generated"
    if notification.priority in _URGENT:
        headers["Importance"] = "high"
    headers["MIME-Version"] = "1.0"
    headers["Content-Type"] = "text/plain; charset=utf-8"
    headers["Content-Transfer-Encoding"] = "quoted-printable"
    # Not by the library's EmailMessage: folding, it loses blanks between encoded words.
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("ascii") + b"\r\n" + _body(notification.text)


def _first_key(notification: Notification) -> str | None:
    """The key of the thread's first mail; None for that one itself, and without an incident."""
    if notification.incident is None:
        return None
    key = (
        f"{notification.incident}:{IncidentEvent.OPENED}:"
        f"{notification.contact}:{notification.channel}"
    )
    return None if key == notification.key else key


def _message_id(notification: Notification, key: str, host: str) -> str:
    """Unique beyond one store: a new one begins to count incidents at 1 again."""
    since = notification.started_at or notification.created_at
    stamp = since.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    return f"<{_APART.sub('.', key)}.{stamp}@{host}>"


def _subject(text: str) -> str:
    """In encoded words where need be; whatever is not to be seen in one line becomes a blank."""
    line = "".join(char if char.isprintable() else " " for char in text[:SUBJECT])
    if line.isascii() and "=?" not in line:
        return line
    return Header(line, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _body(text: str) -> bytes:
    lines = text.encode().splitlines()
    return quopri.encodestring(b"\n".join(lines) + b"\n").replace(b"\n", b"\r\n")
