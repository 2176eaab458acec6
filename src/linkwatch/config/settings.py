"""What the adapters need of the configuration: addresses, ports and references to secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from linkwatch.model.ids import ChannelId
from linkwatch.model.inventory import Inventory
from linkwatch.model.secret import SecretRef


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where the daemon listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SnmpSettings:
    """How routers are polled; times in s."""

    interval: float
    conference_interval: float
    timeout: float
    retries: int
    engine: str
    trap_listen: tuple[str, int] | None

    def every(self, *, hurried: bool) -> float:
        """s from one poll to the next; a conference never makes it longer."""
        return min(self.interval, self.conference_interval) if hurried else self.interval


@dataclass(frozen=True, slots=True)
class LogChannel:
    """Messages into the daemon's own log."""

    id: ChannelId


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """JSON by HTTP POST, signed when there is a secret; `ca` is a file of trusted authorities."""

    id: ChannelId
    url: str
    secret: SecretRef | None
    timeout: float
    ca: Path | None = None


class Security(StrEnum):
    """How a connection to a mail server is encrypted: not at all, on request, or from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Mail by SMTP; `sender` is an address, `timeout` (s) bounds a whole attempt."""

    id: ChannelId
    host: str
    port: int
    sender: str
    security: Security
    user: str | None
    password: SecretRef | None
    timeout: float
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class AlertmanagerChannel:
    """Prometheus Alertmanager, API v2; `resend` in s, `labels` go with every alert."""

    id: ChannelId
    url: str
    user: str | None
    password: SecretRef | None
    timeout: float
    resend: float
    labels: Mapping[str, str]
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class UnservedChannel:
    """A channel whose type is known and validated, but has no sender in this version."""

    id: ChannelId
    type: str


Channel = LogChannel | WebhookChannel | EmailChannel | AlertmanagerChannel | UnservedChannel


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An external checker that is told regularly that the daemon is well."""

    url: str
    interval: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is not the province itself. `store_url` None: in the state directory.

    `limits`: messages a minute, of channels that have a limit.
    """

    http: HttpSettings
    store_url: str | None
    snmp: SnmpSettings
    channels: Mapping[ChannelId, Channel]
    heartbeat: Heartbeat | None
    limits: Mapping[ChannelId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """A valid configuration. `files`: all that were read, the first one named by the caller.

    `unused`: one line for each key that is accepted but that no part of this version uses yet.
    """

    inventory: Inventory
    settings: Settings
    files: tuple[Path, ...]
    unused: tuple[str, ...]
