"""Simulated SNMP agents: real SNMP over real UDP, at the addresses the configuration gives.

All agents of one process share pysnmp's engine: one each would cost a tenth of a second and a
megabyte apiece. A user name has one set of keys in an engine, so there are as many engines as
sets of keys under one name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime

from linkwatch.config.settings import Config
from linkwatch.lab.engine import AgentEngine, Credentials
from linkwatch.lab.router import Now, SimulatedRouter
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import Router, SnmpAccess

Secrets = Callable[[SecretRef], str]


class LabError(Exception):
    """The agents cannot be simulated as configured; the message says what to change."""


async def serve(config: Config, secrets: Secrets, ready: Callable[[int], None]) -> None:
    """Answer for every router that may be asked; `ready` gets their number once all listen.

    Runs until cancelled. LabError where an address is not this machine's own or is taken.
    """
    routers = simulate(config, _wall_clock)
    with ExitStack() as stack:
        start(routers, secrets, stack)
        ready(len(routers))
        await asyncio.Event().wait()


def simulate(config: Config, now: Now) -> list[SimulatedRouter]:
    """A simulated router for each configured one that has SNMP."""
    links = config.inventory.links.values()
    return [
        SimulatedRouter.of(
            router,
            [link for link in links if link.interface and link.interface.router == router.id],
            now,
        )
        for router in config.inventory.routers.values()
        if router.snmp is not None
    ]


def start(routers: Iterable[SimulatedRouter], secrets: Secrets, stack: ExitStack) -> None:
    """Let them all answer until `stack` is closed; LabError, and none does."""
    engines: list[AgentEngine] = []
    for simulated in routers:
        access = simulated.router.snmp
        if access is None:
            continue
        sock = stack.enter_context(_bind(simulated.router, access.port))
        credentials = _credentials(access, secrets)
        engine = next((one for one in engines if one.accepts(credentials)), None)
        if engine is None:
            engine = AgentEngine()
            stack.callback(engine.close)
            engines.append(engine)
        engine.add(simulated, credentials, sock)


def _bind(router: Router, port: int) -> socket.socket:
    try:
        address = ipaddress.ip_address(router.address)
    except ValueError as error:
        raise LabError(f"router {router.id}: {router.address} is not an IP address") from error
    if not address.is_loopback:
        raise LabError(
            f"router {router.id}: {address} may be a real router's; "
            "agents are simulated at 127.0.0.0/8 and ::1 only"
        )
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind((str(address), port))
    except OSError as error:
        sock.close()
        raise LabError(
            f"router {router.id}: cannot listen at {address} port {port}: {error.strerror}"
        ) from error
    return sock


def _credentials(access: SnmpAccess, secrets: Secrets) -> Credentials:
    def secret(ref: SecretRef | None) -> str | None:
        return None if ref is None else secrets(ref)

    return Credentials(
        user=access.user,
        community=secret(access.community),
        auth_protocol=access.auth_protocol,
        auth_key=secret(access.auth_key),
        privacy_protocol=access.privacy_protocol,
        privacy_key=secret(access.privacy_key),
        context=access.context,
    )


def _wall_clock() -> float:
    now = datetime.now(UTC)  # noqa: TID251 a simulated router has a clock of its own
    return now.timestamp()
