"""Listens for what routers send unasked. Every datagram is told as a trap, or counted.

A router is known by the address it sends from; what is good for nothing else than a hint is told
at once. No more is looked at than a router has to say: to read a datagram costs milliseconds.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import Trap, TrapOutcome
from linkwatch.ports import Clock
from linkwatch.probe.snmp_listen import bound, plain_address
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.probe.snmp_plan import Plan, Planned
from linkwatch.probe.snmp_router import WatchedRouter
from linkwatch.probe.snmp_security import Unheard
from linkwatch.timing.pace import TokenBucket
from linkwatch.wire.notification import Notice, read_notice

_EACH_PER_SECOND, _EACH_AT_ONCE = 2.0, 10.0
_ALL_PER_SECOND, _ALL_AT_ONCE = 50.0, 100.0
"""Datagrams that are read, of one address and of all: at 2 ms each a tenth of a core at most."""
_NAMES_EVERY = 60.0

_log = logging.getLogger(__name__)


class TrapListener:
    """Hears the routers of a plan. `find` gives one with all that is known of it."""

    def __init__(
        self,
        clock: Clock,
        find: Callable[[RouterId], WatchedRouter | None],
        told: Callable[[Trap], None],
    ) -> None:
        self.outcomes: Counter[TrapOutcome] = Counter()
        self._clock = clock
        self._find = find
        self._told = told
        self._wanted: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._routers: dict[str, list[RouterId]] = {}
        self._named: Sequence[Planned] = ()
        self._names_due = 0.0
        self._limits: dict[str, TokenBucket] = {}
        self._all = TokenBucket(_ALL_PER_SECOND, _ALL_AT_ONCE)

    def take(self, plan: Plan) -> None:
        """From now on by this plan; `keep_open` follows."""
        if plan.trap_listen != self._wanted:
            self.close()
        self._wanted = plan.trap_listen
        self._routers = {}
        named = []
        for planned in plan.routers:
            address = plain_address(planned.address)
            if address is None:
                named.append(planned)
            else:
                self._routers.setdefault(address, []).append(planned.router)
        self._named, self._names_due = named, float("-inf")
        self._limits = {a: limit for a, limit in self._limits.items() if a in self._routers}

    async def keep_open(self) -> None:
        """Open what is not open, and follow the routers that are configured by name."""
        now = self._clock.now().monotonic
        if self._wanted is None:
            return
        if self._transport is None:
            await self._open(*self._wanted)
        if self._named and now >= self._names_due:
            self._names_due = now + _NAMES_EVERY
            for planned in self._named:
                await self._look_up(planned)

    def close(self) -> None:
        """Hear no more."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def received(self, datagram: bytes, source: str) -> bytes | None:
        """One datagram; the answer it waits for, if it does."""
        now = self._clock.now().monotonic
        try:
            answer, trap = self._hear(datagram, source, now)
        except Unheard as why:
            self.outcomes[why.outcome] += 1
            return None
        if trap is None:
            self.outcomes[TrapOutcome.NOT_WATCHED] += 1
        else:
            self._told(trap)
        return answer

    def _hear(self, datagram: bytes, source: str, now: float) -> tuple[bytes | None, Trap | None]:
        routers = self._routers.get(source)
        if routers is None:
            raise Unheard(TrapOutcome.UNKNOWN_SOURCE)
        limit = self._limits.get(source)
        if limit is None:
            limit = self._limits[source] = TokenBucket(_EACH_PER_SECOND, _EACH_AT_ONCE)
        if not (limit.take(now) and self._all.take(now)):
            raise Unheard(TrapOutcome.LIMITED)
        refused = Unheard(TrapOutcome.UNKNOWN_SOURCE)
        # Several routers may be reached at one address, by different ports.
        for router in routers:
            watched = self._find(router)
            if watched is None:
                continue
            security = watched.peer.security
            try:
                notification = security.hear(datagram, now)
            except Unheard as why:
                refused = why
                continue
            notice = read_notice(notification.variables)
            return security.acknowledge(notification), _trap(watched, notice)
        raise refused

    async def _open(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Inbox(self.received), sock=bound(host, port)
            )
        except SnmpSetupError as error:
            # It could be had when the configuration was taken: somebody has it for a moment.
            _log.error("traps are not heard: %s", error)
            return
        self._transport = transport

    async def _look_up(self, planned: Planned) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(planned.address, planned.port, type=socket.SOCK_DGRAM)
        except OSError:
            return
        for *_, peer in found:
            routers = self._routers.setdefault(str(peer[0]), [])
            if planned.router not in routers:
                routers.append(planned.router)


class _Inbox(asyncio.DatagramProtocol):
    """Hands each datagram on with the address it came from."""

    def __init__(self, received: Callable[[bytes, str], bytes | None]) -> None:
        self._received = received
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        source = plain_address(str(addr[0]).partition("%")[0])
        answer = self._received(data, source or "")
        if answer is not None:
            self._transport.sendto(answer, addr)


def _trap(watched: WatchedRouter, notice: Notice | None) -> Trap | None:
    """What is to be told; None where it is about nothing that is watched."""
    if notice is None:
        return None
    router = watched.planned.router
    if notice.row is None:
        return Trap(router, notice.kind)
    links = watched.links_on(notice.row)
    if links is None:
        return Trap(router, notice.kind)
    return Trap(router, notice.kind, links) if links else None
