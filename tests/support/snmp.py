"""SNMP routers for tests: a configuration of them, Debian's snmpd, and simulated agents."""

import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.lab import agents
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.router import SimulatedRouter
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.model.topology import (
    InterfaceKey,
    InterfaceRef,
    Link,
    LinkKind,
    Router,
    SnmpAccess,
    SnmpVersion,
)
from linkwatch.ports import Clock
from linkwatch.probe.snmp import SnmpPoller
from linkwatch.probe.snmp_planning import plan_for
from support.province import CHU_SE, VNPT, inventory, link

SNMPD = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")

requires_snmpd = pytest.mark.skipif(
    SNMPD is None and os.environ.get("CI") != "true",
    reason="needs Debian's snmpd (in CI it fails instead)",
)

SECRETS = {
    "community": "not-so-public",
    "auth": "correct-horse-battery",
    "privacy": "staple-of-the-province",
    "wrong": "another-pass-phrase",
}


def ref(name: str) -> SecretRef:
    """A reference to one of SECRETS."""
    return SecretRef(SecretSource.ENV, name)


def resolve(reference: SecretRef) -> str:
    """What the references of these tests stand for."""
    return SECRETS[reference.name]


def v2c(community: str = "community") -> SnmpAccess:
    """SNMPv2c."""
    return SnmpAccess(SnmpVersion.V2C, community=ref(community))


def v3(
    user: str = "linkwatch",
    auth: tuple[str, str] | None = ("SHA", "auth"),
    privacy: tuple[str, str] | None = ("AES128", "privacy"),
) -> SnmpAccess:
    """SNMPv3; (protocol, name of the secret) for each step."""
    return SnmpAccess(
        SnmpVersion.V3,
        user=user,
        auth_protocol=auth[0] if auth else None,
        auth_key=ref(auth[1]) if auth else None,
        privacy_protocol=privacy[0] if privacy else None,
        privacy_key=ref(privacy[1]) if privacy else None,
    )


_GIVEN: set[int] = set()


def free_port(address: str = "127.0.0.1") -> int:
    """A UDP port nobody listens on just now, and no other one than any given before."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
            port: int = sock.getsockname()[1]
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


def router(access: SnmpAccess, port: int, name: str = "r1", address: str = "127.0.0.1") -> Router:
    """A router at a port of this machine."""
    return Router(RouterId(name), CHU_SE, address, None, replace(access, port=port))


def watched(name: str, interface: str, key: InterfaceKey = InterfaceKey.NAME) -> Link:
    """A link on an interface of router `r1`."""
    base = link(LinkId(name), CHU_SE, LinkKind.WAN, VNPT, ())
    return replace(base, interface=InterfaceRef(RouterId("r1"), key, interface))


def config(
    routers: Sequence[Router],
    links: Sequence[Link],
    *,
    interval: float = 30.0,
    conference_interval: float = 30.0,
    timeout: float = 1.0,
    retries: int = 1,
    engine: str = "pysnmp",
    traps: tuple[str, int] | None = None,
) -> Config:
    """A configuration of nothing but these."""
    province = replace(
        inventory(),
        routers={one.id: one for one in routers},
        links={one.id: one for one in links},
    )
    snmp = SnmpSettings(interval, conference_interval, timeout, retries, engine, traps)
    settings = Settings(HttpSettings("127.0.0.1", 0), None, snmp, {}, None)
    return Config(province, settings, (), ())


@dataclass
class SkewedClock:
    """A clock that stands unless moved, for the poller and for simulated routers alike."""

    seconds: float = 1_000_000.0
    start: datetime = field(default_factory=lambda: datetime(2021, 5, 14, 2, 0, tzinfo=UTC))

    def now(self) -> Moment:
        """Both clocks."""
        return Moment(self.seconds, self.start + timedelta(seconds=self.seconds))

    async def sleep_until(self, monotonic: float) -> None:
        """Move on at once."""
        self.seconds = max(self.seconds, monotonic)

    def epoch(self) -> float:
        """The wall clock in s since the epoch."""
        return self.now().wall.timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class LocalPoller:
    """Meets the Poller port in the test's own process, where time is the test's."""

    def __init__(self, clock: Clock) -> None:
        self.core = SnmpPoller(clock)

    async def poll(self, router: Router) -> PollResult:
        """One poll."""
        return await self.core.poll(router.id)

    async def prepare(self, config: Config) -> Callable[[], None]:
        """As the port has it."""
        plan = plan_for(config, resolve)
        return lambda: self.core.take(plan)


async def poller_for(new: Config, clock: Clock) -> LocalPoller:
    """A poller with this configuration taken."""
    poller = LocalPoller(clock)
    (await poller.prepare(new))()
    return poller


@dataclass(frozen=True)
class Agent:
    """An agent with an interface `lo` at 127.0.0.1, and the means to start it anew."""

    port: int
    restart: Callable[[], None]


@asynccontextmanager
async def lab_agent(access: SnmpAccess, clock: SkewedClock) -> AsyncIterator[Agent]:
    """A simulated router."""
    port = free_port()
    new = config([router(access, port)], [watched("lo", "lo")])
    async with lab_agents(new, clock) as there:
        yield Agent(port, there[RouterId("r1")].restart)


@asynccontextmanager
async def lab_agents(
    new: Config, clock: SkewedClock, secrets: Callable[[SecretRef], str] = resolve
) -> AsyncIterator[Mapping[RouterId, SimulatedRouter]]:
    """Simulated routers for a whole configuration."""
    time = LabClock(clock)
    simulated = agents.simulate(new, time)
    with agents.answering(simulated, secrets, time):
        yield {one.router.id: one for one in simulated}


class Snmpd:
    """Debian's snmpd in the foreground, with a configuration and a state of its own."""

    def __init__(self, directory: Path, address: str = "127.0.0.1") -> None:
        self.port = free_port()
        at = f"udp6:[{address}]" if ":" in address else f"udp:{address}"
        self._listen = f"{at}:{self.port}"
        self._directory = directory
        # Its persistent file is called snmpd.conf too.
        self._config = directory / "agent.conf"
        self._config.write_text(_snmpd_config(), encoding="ascii")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return once it listens."""
        assert SNMPD is not None, "snmpd is not installed"
        self._process = subprocess.Popen(
            [
                *(SNMPD, "-f", "-Lo", "-C", "-c", str(self._config)),
                *("-p", str(self._directory / "pid"), self._listen),
            ],
            env={"SNMP_PERSISTENT_DIR": str(self._directory), "MIBS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            assert "Error" not in line, line
            if line.startswith("NET-SNMP version"):
                return
        raise AssertionError("snmpd ended before it listened")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=10)
            self._process = None

    def restart(self) -> None:
        """End it and start it anew: its engine counts one boot more."""
        self.stop()
        self.start()


SNMPD_AUTH = {
    "MD5": "MD5",
    "SHA": "SHA",
    "SHA224": "SHA-224",
    "SHA256": "SHA-256",
    "SHA384": "SHA-384",
    "SHA512": "SHA-512",
}
SNMPD_PRIVACY = {
    "DES": "DES",
    "AES128": "AES",
    "AES192": "AES-192",
    "AES256": "AES-256",
    "AES192C": "AES192C",
    "AES256C": "AES256C",
}
"""Our names of the protocols that Debian's snmpd 5.9 has, and its own."""


def every_user() -> Sequence[SnmpAccess]:
    """A user for each combination of protocols snmpd has; all may read."""
    return [
        v3("linkwatch"),
        v3("open", None, None),
        *(v3(f"only-{auth}", (auth, "auth"), None) for auth in SNMPD_AUTH),
        *(
            v3(f"{auth}-{privacy}", (auth, "auth"), (privacy, "privacy"))
            for auth in SNMPD_AUTH
            for privacy in SNMPD_PRIVACY
        ),
    ]


def _snmpd_config() -> str:
    # Nobody reads its log once it runs: a pipe that is full would hold it up.
    lines = ["dontLogTCPWrappersConnects yes"]
    lines.append(f"rocommunity {SECRETS['community']} 127.0.0.1")
    lines.append(f"rocommunity6 {SECRETS['community']} ::1")
    for user in every_user():
        words = ["createUser", str(user.user)]
        if user.auth_protocol:
            words += [SNMPD_AUTH[user.auth_protocol], f'"{SECRETS["auth"]}"']
        if user.privacy_protocol:
            words += [SNMPD_PRIVACY[user.privacy_protocol], f'"{SECRETS["privacy"]}"']
        level = ("noauth", "auth", "priv")[bool(user.auth_protocol) + bool(user.privacy_protocol)]
        lines += [" ".join(words), f"rouser {user.user} {level}"]
    return "\n".join(lines) + "\n"
