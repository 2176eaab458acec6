"""The engine that is always there: messages and keys by pysnmp, the exchange by us."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from linkwatch.ports import Clock
from linkwatch.probe.snmp_community import Community
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_plan import Credentials, Planned
from linkwatch.probe.snmp_security import Security
from linkwatch.probe.snmp_session import UdpSession
from linkwatch.probe.snmp_udp import connect


def security_for(credentials: Credentials, maker: KeyMaker) -> Security:
    """The security of one router, by its version."""
    if credentials.community is not None:
        return Community(credentials.community)
    from linkwatch.probe.snmp_usm import Usm  # noqa: PLC0415  the ciphers: 7 MB for SNMPv3 alone

    keys = maker.keys(credentials.auth, credentials.privacy)
    return Usm(credentials.user, keys, credentials.context, credentials.engine_id)


class PysnmpPeer:
    """One router; meets `snmp_peer.Peer`. A socket of its own for each poll."""

    def __init__(
        self, planned: Planned, security: Security, clock: Clock, waits: Sequence[float]
    ) -> None:
        self._security = security
        self._address, self._port = planned.address, planned.port
        self._clock = clock
        self._waits = waits

    @property
    def security(self) -> Security:
        """The router's, by its version."""
        return self._security

    @asynccontextmanager
    async def session(self, first: int = 0) -> AsyncIterator[UdpSession]:
        """A session over a socket that is closed at its end; its attempts from `first` on."""
        async with connect(self._address, self._port) as channel:
            yield UdpSession(channel, self.security, self._clock, self._waits[first:])

    def adopt(self, older: object) -> None:
        """Keep the router's engine and clock."""
        if isinstance(older, PysnmpPeer):
            self.security.adopt(older.security)

    def forget(self) -> None:
        """Discover the router's engine anew."""
        self.security.forget()
