"""What channels are made with, and why one may not be ready."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.people import Contact
from linkwatch.model.secret import SecretRef
from linkwatch.ports import Clock


class ChannelSetupError(Exception):
    """A channel cannot be made ready as configured; the message is one line, without a secret."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`contacts`: where people are reached now, also by messages written before a change."""

    resolve_secret: Callable[[SecretRef], str]
    clock: Clock
    contacts: Mapping[ContactId, Contact]

    def secret(self, reference: SecretRef | None) -> str | None:
        """The secret, if there is one; what `resolve_secret` raises comes through."""
        return None if reference is None else self.resolve_secret(reference)


def trusting(channel: ChannelId, ca: Path | None) -> ssl.SSLContext:
    """TLS that demands a certificate by one of the authorities in a file, else the system's."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        why = "holds no certificate (PEM)" if isinstance(error, ssl.SSLError) else error.strerror
        raise ChannelSetupError(f"channel {channel}: ca {str(ca)!r}: {why}") from None
