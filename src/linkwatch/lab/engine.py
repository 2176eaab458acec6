"""One pysnmp engine that answers for many simulated routers, told apart by where they listen."""

import socket
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config as setup
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.smi import error as smi

from linkwatch.lab.router import SimulatedRouter
from linkwatch.wire.snmpvalue import Oid, Value, ValueType
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS

_SYNTAX = {
    ValueType.INTEGER: rfc1902.Integer32,
    ValueType.COUNTER32: rfc1902.Counter32,
    ValueType.COUNTER64: rfc1902.Counter64,
    ValueType.GAUGE32: rfc1902.Gauge32,
    ValueType.TIME_TICKS: rfc1902.TimeTicks,
}

VarBind = tuple[Any, Any]
"""pysnmp's name and value: the library has no types."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whom an agent lets in: a community, or a user with keys."""

    user: str | None
    community: str | None = field(repr=False)
    auth_protocol: str | None
    auth_key: str | None = field(repr=False)
    privacy_protocol: str | None
    privacy_key: str | None = field(repr=False)
    context: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The security name they have inside an engine."""
        return self.user if self.user is not None else f"community {self.community}"

    @property
    def level(self) -> int:
        """The security level asked of a manager: noAuthNoPriv is 1, authPriv 3 (RFC 3411)."""
        return 1 + (self.auth_protocol is not None) + (self.privacy_protocol is not None)


class AgentEngine:
    """Keeps the credentials and transports of its agents, and hands requests to them."""

    def __init__(self) -> None:
        self._engine = SnmpEngine()
        self._context = context.SnmpContext(self._engine)
        self._instrumentation = _Instrumentation()
        self._credentials: dict[str, Credentials] = {}
        self._context.unregister_context_name(b"")
        for responder in (
            cmdrsp.GetCommandResponder,
            cmdrsp.NextCommandResponder,
            cmdrsp.BulkCommandResponder,
        ):
            responder(self._engine, self._context)

    def accepts(self, credentials: Credentials) -> bool:
        """Whether no other keys are known under this name."""
        return self._credentials.get(credentials.name, credentials) == credentials

    def add(self, router: SimulatedRouter, credentials: Credentials, sock: socket.socket) -> None:
        """Let `router` answer at `sock`."""
        if credentials.name not in self._credentials:
            self._credentials[credentials.name] = credentials
            self._let_in(credentials)
        name = credentials.context.encode()
        if name not in self._context.context_names:
            self._context.register_context_name(name, self._instrumentation)
        domain, transport = _transport(sock, len(self._instrumentation.agents))
        self._instrumentation.agents[domain] = _Agent(router, credentials)
        setup.add_transport(self._engine, domain, transport)

    def _let_in(self, credentials: Credentials) -> None:
        if credentials.user is None:
            index = f"c{len(self._credentials)}"
            setup.add_v1_system(
                self._engine, index, credentials.community, securityName=credentials.name
            )
            return
        auth, privacy = credentials.auth_protocol, credentials.privacy_protocol
        setup.add_v3_user(
            self._engine,
            credentials.user,
            AUTH_PROTOCOLS[auth] if auth else setup.USM_AUTH_NONE,
            credentials.auth_key,
            PRIVACY_PROTOCOLS[privacy] if privacy else setup.USM_PRIV_NONE,
            credentials.privacy_key,
        )

    def close(self) -> None:
        """Stop answering."""
        self._engine.close_dispatcher()


@dataclass(frozen=True, slots=True)
class _Agent:
    router: SimulatedRouter
    lets_in: Credentials


class _Instrumentation:
    """What pysnmp's responders ask for values: a sorted table per agent, made when asked."""

    def __init__(self) -> None:
        self.agents: dict[tuple[int, ...], _Agent] = {}

    def read_variables(self, *names: VarBind, **request: Any) -> list[VarBind]:
        told = self._agent(request).router.variables()
        return [
            (name, _syntax(told[oid]) if (oid := tuple(name)) in told else rfc1905.noSuchInstance)
            for name, _ in names
        ]

    def read_next_variables(self, *names: VarBind, **request: Any) -> list[VarBind]:
        told = self._agent(request).router.variables()
        order = list(told)
        found = [_next(order, tuple(name)) for name, _ in names]
        return [
            (name, rfc1905.endOfMibView)
            if oid is None
            else (rfc1902.ObjectName(oid), _syntax(told[oid]))
            for oid, (name, _) in zip(found, names, strict=True)
        ]

    def _agent(self, request: dict[str, Any]) -> _Agent:
        execution = request["snmpEngine"].observer.get_execution_context(
            "rfc3412.receiveMessage:request"
        )
        agent = self.agents[execution["transportDomain"]]
        name, level = str(execution["securityName"]), int(execution["securityLevel"])
        if (name, level) != (agent.lets_in.name, agent.lets_in.level):
            raise smi.AuthorizationError
        return agent


def _next(order: Sequence[Oid], oid: Oid) -> Oid | None:
    position = bisect_right(order, oid)
    return order[position] if position < len(order) else None


def _syntax(value: Value) -> Any:
    if value.type is ValueType.OCTETS:
        return rfc1902.OctetString(value.octets)
    return _SYNTAX[value.type](value.number)


def _transport(sock: socket.socket, number: int) -> tuple[tuple[int, ...], Any]:
    if sock.family == socket.AF_INET:
        return (*udp.SNMP_UDP_DOMAIN, number), udp.UdpTransport().open_server_mode(sock=sock)
    return (*udp6.SNMP_UDP6_DOMAIN, number), udp6.Udp6Transport().open_server_mode(sock=sock)
