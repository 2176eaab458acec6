"""The Poller on pysnmp: all routers of a configuration, each with its own credentials."""

import asyncio
import traceback
from collections.abc import Callable, Mapping

import structlog

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import InterfaceRef, Router, SnmpAccess, SnmpVersion
from linkwatch.ports import Clock
from linkwatch.probe.snmp_community import Community
from linkwatch.probe.snmp_keys import MAX_USER, KeyMaker
from linkwatch.probe.snmp_outcome import PollFailure, SnmpSetupError
from linkwatch.probe.snmp_router import Reading, Target, WatchedRouter
from linkwatch.probe.snmp_security import Security
from linkwatch.probe.snmp_usm import Usm

Secrets = Callable[[SecretRef], str]

_MAX_ROUNDS = 4

_log = structlog.get_logger()


class SnmpPoller:
    """Meets the Poller port. Nothing can be polled before the first `prepare` is committed."""

    def __init__(self, clock: Clock, secrets: Secrets) -> None:
        self._clock = clock
        self._secrets = secrets
        self._routers: dict[RouterId, WatchedRouter] = {}
        self._limit = 0.0

    async def prepare(self, config: Config) -> Callable[[], None]:
        """Resolve all secrets and make keys of them.

        SnmpSetupError names what is missing; what `secrets` raises passes through.
        """
        # Each pass phrase costs milliseconds of hashing, in which no probe could be sent.
        routers = await asyncio.to_thread(_watched_routers, config, self._secrets)
        settings = config.settings.snmp

        def commit() -> None:
            for router, watched in routers.items():
                if router in self._routers:
                    watched.adopt(self._routers[router])
            self._routers = routers
            self._limit = _MAX_ROUNDS * settings.timeout * (settings.retries + 1)

        return commit

    async def poll(self, router: Router) -> PollResult:
        """One poll of a configured router; see the port."""
        try:
            reading = await self._bounded(router.id)
        except PollFailure as failure:
            return PollResult(
                router.id, self._clock.now().wall, failure.outcome, detail=failure.detail
            )
        return PollResult(
            router.id,
            self._clock.now().wall,
            PollOutcome.OK,
            samples=reading.samples,
            faults=reading.faults,
        )

    async def _bounded(self, router: RouterId) -> Reading:
        """However slowly a router answers a walk, its poll comes to an end."""
        watched = self._routers.get(router)
        if watched is None:
            raise PollFailure(PollOutcome.LOCAL_FAILURE, "not a router that may be asked")
        try:
            async with asyncio.timeout(self._limit):
                return await watched.poll(self._clock)
        except PollFailure:
            raise
        except TimeoutError as error:
            raise PollFailure(
                PollOutcome.TIMEOUT, f"the poll took longer than {self._limit:g} s"
            ) from error
        except Exception as error:
            # The library is made to read hostile bytes: what escapes it costs this poll, not the
            # daemon. Its texts quote what it worked on, keys too, and are told nobody.
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            _log.error(
                "snmp_poll_broke", router=router, error=kind, at=f"{place.name}:{place.lineno}"
            )
            raise PollFailure(PollOutcome.LOCAL_FAILURE, f"internal error: {kind}") from error

    async def close(self) -> None:
        """Forget all keys; sockets live no longer than a poll."""
        self._routers = {}


def _watched_routers(config: Config, secrets: Secrets) -> dict[RouterId, WatchedRouter]:
    maker = KeyMaker()
    watched = _watched_links(config.inventory)
    routers: dict[RouterId, WatchedRouter] = {}
    problems: list[str] = []
    for router in config.inventory.routers.values():
        if router.snmp is None:
            continue
        try:
            security = _security(router.snmp, secrets, maker)
        except ValueError as error:
            problems.append(f"router {router.id}: {error}")
            continue
        target = Target(
            router.id,
            router.address,
            router.snmp.port,
            security,
            watched.get(router.id, {}),
        )
        routers[router.id] = WatchedRouter(target, config.settings.snmp)
    if problems:
        raise SnmpSetupError("; ".join(problems))
    return routers


def _watched_links(inventory: Inventory) -> Mapping[RouterId, Mapping[LinkId, InterfaceRef]]:
    watched: dict[RouterId, dict[LinkId, InterfaceRef]] = {}
    for link in inventory.links.values():
        if link.interface is not None:
            watched.setdefault(link.interface.router, {})[link.id] = link.interface
    return watched


def _security(access: SnmpAccess, secrets: Secrets, maker: KeyMaker) -> Security:
    if access.version is SnmpVersion.V2C:
        if access.community is None:
            raise SnmpSetupError("SNMPv2c needs a community")
        return Community(secrets(access.community))
    if access.user is None:
        raise SnmpSetupError("SNMPv3 needs a user")
    if len(access.user.encode()) > MAX_USER:
        raise SnmpSetupError(f"the user name has more than {MAX_USER} bytes")
    auth = _pair(access.auth_protocol, access.auth_key, secrets)
    privacy = _pair(access.privacy_protocol, access.privacy_key, secrets)
    return Usm(access.user, maker.keys(auth, privacy), access.context)


def _pair(protocol: str | None, key: SecretRef | None, secrets: Secrets) -> tuple[str, str] | None:
    if protocol is None or key is None:
        return None
    return protocol, secrets(key)
