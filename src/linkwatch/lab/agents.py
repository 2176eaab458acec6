"""Simulated SNMP agents: real SNMP over real UDP, at the addresses the configuration gives.

All agents of one process share what takes time to make: message types and hashed pass phrases.
Each has an SNMP engine of its own, with its id, boots and clock.
"""

import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from typing import Protocol

from linkwatch.config.settings import Config
from linkwatch.lab.agent_access import Access
from linkwatch.lab.agent_clock import LabClock, Timekeeper
from linkwatch.lab.agent_community import CommunityAccess
from linkwatch.lab.agent_happening import Happening
from linkwatch.lab.agent_keys import Credentials, Phrases, UserKeys
from linkwatch.lab.agent_model import AgentScript
from linkwatch.lab.agent_socket import Agent, LabError, loopback
from linkwatch.lab.agent_user import UserAccess
from linkwatch.lab.router import SimulatedRouter, links_by_router
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import SnmpVersion

Secrets = Callable[[SecretRef], str]

_OTHER_FILES = 128
"""Open files that are no agents' sockets."""


class Audience(Protocol):
    """Who watches the lab."""

    def opened(self, count: int, of: int) -> None:
        """So many agents listen."""
        ...

    def happened(self, router: SimulatedRouter, happening: Happening) -> None:
        """The script has done something to a router, or somebody was not let in."""
        ...


class Nobody:
    """An audience that is not there."""

    def opened(self, count: int, of: int) -> None:
        """See `Audience`."""

    def happened(self, router: SimulatedRouter, happening: Happening) -> None:
        """See `Audience`."""


async def serve(
    config: Config,
    secrets: Secrets,
    clock: LabClock,
    ready: Callable[[int], None],
    *,
    script: AgentScript | None = None,
    audience: Audience | None = None,
) -> None:
    """Answer for every router that may be asked; `ready` gets their number once all listen.

    Runs until cancelled, or for as long as the script. LabError where an address is not this
    machine's own or is taken.
    """
    script = script or AgentScript()
    routers = simulate(config, clock, script)
    with answering(routers, secrets, clock, traps_to=script.traps_to, audience=audience) as keeper:
        if script.duration is not None:
            keeper.at(clock.began + script.duration, keeper.end)
        ready(len(routers))
        await keeper.run()


def simulate(
    config: Config, clock: LabClock, script: AgentScript | None = None
) -> list[SimulatedRouter]:
    """A simulated router for each configured one that has SNMP."""
    script = script or AgentScript()
    return [
        SimulatedRouter(
            config.inventory.routers[router],
            links,
            clock,
            script.routers.get(router),
            script.seed,
        )
        for router, links in links_by_router(config.inventory).items()
    ]


@contextmanager
def answering(
    routers: Sequence[SimulatedRouter],
    secrets: Secrets,
    clock: LabClock,
    *,
    traps_to: tuple[str, int] | None = None,
    audience: Audience | None = None,
) -> Iterator[Timekeeper]:
    """Let them all answer until the end of the block; LabError, and none does.

    What a script has for a time of its own waits for the timekeeper, whose `run` is the caller's.
    """
    audience = audience or Nobody()
    _allow_open_files(len(routers) + _OTHER_FILES)
    keeper, phrases = Timekeeper(clock), Phrases()
    with ExitStack() as stack:
        for count, router in enumerate(routers, start=1):
            _check_place(router, traps_to)
            access = _access(router, secrets, phrases)
            agent = Agent(router, access, keeper, audience.happened, traps_to)
            stack.callback(agent.close)
            agent.open()
            audience.opened(count, len(routers))
        yield keeper


def _access(router: SimulatedRouter, secrets: Secrets, phrases: Phrases) -> Access:
    def secret(ref: SecretRef | None) -> str | None:
        return None if ref is None else secrets(ref)

    configured = router.access
    if configured.version is SnmpVersion.V2C and configured.community is not None:
        return CommunityAccess(router, secrets(configured.community))
    if configured.version is SnmpVersion.V3 and configured.user is not None:
        credentials = Credentials(
            user=configured.user,
            auth_protocol=configured.auth_protocol,
            auth_key=secret(configured.auth_key),
            privacy_protocol=configured.privacy_protocol,
            privacy_key=secret(configured.privacy_key),
            context=configured.context,
        )
        return UserAccess(router, UserKeys(credentials, router.engine_id, phrases))
    raise LabError(
        f"router {router.router.id}: SNMP of version {configured.version} lets nobody in"
    )


def _check_place(router: SimulatedRouter, traps_to: tuple[str, int] | None) -> None:
    """Also of an agent that does not listen yet. Its traps come from where it is asked."""
    address = loopback(router)
    if traps_to is not None and ip_address(traps_to[0]).version != address.version:
        raise LabError(
            f"router {router.router.id}: traps from {address} cannot go to {traps_to[0]}: "
            "both must be IPv4, or IPv6"
        )


def _allow_open_files(count: int) -> None:
    """Each agent has a socket of its own: more than the usual soft limit may be needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
