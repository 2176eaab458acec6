"""What a configuration wants polled, with its secrets in hand: all that the polling needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.topology import InterfaceRef

GUFO = "gufo"
"""The engine of the extra `fast`."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a router lets us in: a community, or a user with (protocol, pass phrase) pairs.

    `engine_id` None: learnt by polling. Secrets are kept out of `repr`.
    """

    community: str | None = field(default=None, repr=False)
    user: str = ""
    auth: tuple[str, str] | None = field(default=None, repr=False)
    privacy: tuple[str, str] | None = field(default=None, repr=False)
    context: str = ""
    engine_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One router: where it is, how it lets us in, and which of its interfaces carry links."""

    router: RouterId
    address: str
    port: int
    credentials: Credentials
    watched: Mapping[LinkId, InterfaceRef]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to be polled and listened to; times in s, attempts as in `snmp_session.waits`."""

    engine: str
    interval: float
    timeout: float
    retries: int
    trap_listen: tuple[str, int] | None
    routers: tuple[Planned, ...]
