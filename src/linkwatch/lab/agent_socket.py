"""A simulated agent on its UDP socket: requests in, answers out, each at its time."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from itertools import count

import structlog

from linkwatch.lab.agent_access import Access
from linkwatch.lab.agent_ber import Binding, Malformed
from linkwatch.lab.agent_clock import Timekeeper
from linkwatch.lab.agent_happening import LINK_COLUMNS, SNMP_TRAP_OID, Happening, Trap
from linkwatch.lab.agent_lies import broken
from linkwatch.lab.agent_model import Listening
from linkwatch.lab.agent_objects import ticks
from linkwatch.lab.router import SimulatedRouter
from linkwatch.wire.ifmib import SYS_UP_TIME

_AT_ONCE = 64
"""Requests that one agent answers before others have their turn."""
_LARGEST = 65_535

Peer = tuple[str, int] | tuple[str, int, int, int]
Hear = Callable[[SimulatedRouter, Happening], None]
"""Somebody who watches the lab."""

_log = structlog.get_logger()


class LabError(Exception):
    """The agents cannot be simulated as configured; the message says what to change."""


class Agent:
    """One router's agent: answers from `open` to `close`, unless its script closes the port."""

    def __init__(
        self,
        router: SimulatedRouter,
        access: Access,
        keeper: Timekeeper,
        hear: Hear,
        traps_to: tuple[str, int] | None,
    ) -> None:
        self._router = router
        self._access = access
        self._keeper = keeper
        self._hear = hear
        self._traps_to = traps_to
        self._trap_ids = count(1)
        self._socket: socket.socket | None = None
        router.tell = self._happened

    def open(self) -> None:
        """Listen and follow the script; LabError where there is no such address or port to have."""
        self.keep_up()
        for at in self._router.times():
            self._keeper.at(at, self.keep_up)

    def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def keep_up(self) -> None:
        """Let happen what is due, and listen or not as the script has it now."""
        self._router.advance()
        if self._router.listening is Listening.CLOSED:
            self.close()
        elif self._socket is None:
            self._socket = _bound(self._router)
            asyncio.get_running_loop().add_reader(self._socket, self._take)

    def _take(self) -> None:
        for _ in range(_AT_ONCE):
            if self._socket is None:
                return
            try:
                datagram, peer = self._socket.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            self._answer(datagram, peer)

    def _answer(self, datagram: bytes, peer: Peer) -> None:
        self.keep_up()
        if self._router.listening is not Listening.ANSWERS:
            return
        try:
            reply = self._access.reply(datagram)
        except Malformed:
            return  # as every agent does; there is no request to answer
        if reply is None:
            return
        behaviour = self._router.behaviour
        reply = broken(behaviour.lie, reply)
        if behaviour.late:
            due = self._keeper.clock.now() + behaviour.late
            self._keeper.at(due, partial(self._send, reply, peer))
        else:
            self._send(reply, peer)

    def _send(self, datagram: bytes, peer: Peer) -> None:
        if self._socket is None:
            return  # closed since
        try:
            self._socket.sendto(datagram, peer)
        except OSError as error:
            _log.warning("lab_agent_cannot_send", router=self._router.router.id, error=str(error))

    def _happened(self, happening: Happening) -> None:
        self._hear(self._router, happening)
        answers = self._router.listening is Listening.ANSWERS
        if happening.trap is not None and self._traps_to is not None and answers:
            bindings = self._bindings(happening, happening.trap)
            self._send(self._access.trap(next(self._trap_ids), bindings), self._traps_to)

    def _bindings(self, happening: Happening, trap: Trap) -> list[Binding]:
        """sysUpTime and snmpTrapOID first (RFC 3416, section 4.2.6)."""
        bindings: list[Binding] = [
            (SYS_UP_TIME, ticks(happening.at - self._router.started)),
            (SNMP_TRAP_OID, trap.value),
        ]
        if happening.index is not None:
            view = self._router.view()
            objects = [(*column, happening.index) for column in LINK_COLUMNS]
            bindings += [(oid, view.get(oid)) for oid in objects]
        return bindings


def _bound(router: SimulatedRouter) -> socket.socket:
    address = loopback(router)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind((str(address), router.access.port))
    except OSError as error:
        if sock is not None:
            sock.close()
        raise LabError(
            f"router {router.router.id}: cannot listen at {address} port {router.access.port}: "
            f"{error.strerror}"
        ) from error
    return sock


def loopback(router: SimulatedRouter) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Its address, if that is no real router's."""
    identity, given = router.router.id, router.router.address
    try:
        address = ipaddress.ip_address(given)
    except ValueError as error:
        raise LabError(f"router {identity}: {given} is not an IP address") from error
    if not address.is_loopback:
        raise LabError(
            f"router {identity}: {address} may be a real router's; "
            "agents are simulated at 127.0.0.0/8 and ::1 only"
        )
    return address
