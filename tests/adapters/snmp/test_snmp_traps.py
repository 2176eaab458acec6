"""Notifications as net-snmp's snmptrap sends them, and as nobody should."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import Trap, TrapKind, TrapOutcome
from linkwatch.model.topology import InterfaceKey, Router, SnmpAccess
from linkwatch.probe.snmp import SnmpPoller
from linkwatch.probe.snmp_planning import plan_for
from linkwatch.probe.snmp_traps import TrapListener
from linkwatch.probe.snmp_usm import Usm
from linkwatch.wire.ifmib import IF_INDEX
from support.snmp import (
    SECRETS,
    SkewedClock,
    config,
    free_port,
    lab_agents,
    resolve,
    router,
    v2c,
    v3,
    watched,
)
from support.waiting import PATIENCE, Changes

SNMPTRAP = shutil.which("snmptrap")
requires_snmptrap = pytest.mark.skipif(
    SNMPTRAP is None and os.environ.get("CI") != "true",
    reason="needs net-snmp's snmptrap (in CI it fails instead)",
)

TRAPS = "1.3.6.1.6.3.1.1.5"
COLD_START, LINK_DOWN, LINK_UP, AUTHENTICATION = (f"{TRAPS}.{n}" for n in (1, 3, 4, 5))
ENGINE = bytes.fromhex("80001f880401020304")
R1, WAN = RouterId("r1"), LinkId("wan")
WAN_LINK = watched("wan", "7", InterfaceKey.INDEX)


@dataclass
class Heard:
    """A listener, what it told, and where."""

    port: int
    poller: SnmpPoller
    listener: TrapListener | None = None
    traps: list[Trap] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def outcomes(self) -> dict[TrapOutcome, int]:
        assert self.listener is not None
        return dict(self.listener.outcomes)

    def take(self, trap: Trap) -> None:
        self.traps.append(trap)
        self.changes.tell()

    async def until(self, outcome: TrapOutcome) -> None:
        """A datagram has come to this."""
        clock = SystemClock()
        async with asyncio.timeout(PATIENCE):
            while not self.outcomes.get(outcome):
                await clock.sleep_until(clock.now().monotonic + 0.01)


@asynccontextmanager
async def listening(*routers: Router, polled: bool = True) -> AsyncIterator[Heard]:
    clock = SystemClock()
    port = free_port()
    new = config(routers, [WAN_LINK], timeout=0.2, traps=("127.0.0.1", port))
    heard = Heard(port, SnmpPoller(clock))
    plan = plan_for(new, resolve)
    heard.listener = TrapListener(clock, heard.poller.watched, heard.take)
    heard.poller.take(plan)
    heard.listener.take(plan)
    await heard.listener.keep_open()
    try:
        if polled:
            for one in routers:
                await heard.poller.poll(one.id)
        yield heard
    finally:
        heard.listener.close()


async def snmptrap(port: int, *how: str, what: Sequence[str] = (LINK_DOWN,)) -> int:
    """Send one; its exit code."""
    assert SNMPTRAP is not None, "snmptrap is not installed"
    child = await asyncio.create_subprocess_exec(
        *(SNMPTRAP, "-m", "", *how, f"127.0.0.1:{port}", "", *what),
        env={"SNMP_PERSISTENT_DIR": "/nonexistent", "MIBS": ""},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await child.wait()


def of_row(kind: str, row: int) -> Sequence[str]:
    return (kind, f"{'.'.join(map(str, IF_INDEX))}.{row}", "i", str(row))


COMMUNITY = ("-v", "2c", "-c", SECRETS["community"])


def as_user(
    engine: bytes | None, boots: int = 1000, auth: str = "auth", level: str = "authPriv"
) -> Sequence[str]:
    assert engine is not None
    return (
        *("-v", "3", "-e", f"0x{engine.hex()}", "-u", "linkwatch", "-l", level),
        *("-a", "SHA", "-A", SECRETS[auth], "-x", "AES", "-X", SECRETS["privacy"]),
        *("-Z", f"{boots},10"),
    )


def play(
    scenario: Callable[[Heard], Awaitable[None]],
    *routers: Router,
    agents: Sequence[Router] | None = None,
) -> None:
    """With simulated agents for the routers, each polled once."""

    async def run() -> None:
        async with (
            lab_agents(config(agents or routers, [WAN_LINK]), SkewedClock()),
            listening(*routers) as heard,
        ):
            await scenario(heard)

    asyncio.run(run())


@requires_snmptrap
@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (of_row(LINK_DOWN, 7), Trap(R1, TrapKind.LINK_DOWN, (WAN,))),
        (of_row(LINK_UP, 7), Trap(R1, TrapKind.LINK_UP, (WAN,))),
        ((LINK_DOWN,), Trap(R1, TrapKind.LINK_DOWN)),
        ((COLD_START,), Trap(R1, TrapKind.COLD_START)),
        ((AUTHENTICATION,), Trap(R1, TrapKind.AUTHENTICATION_FAILURE)),
    ],
)
def test_a_trap_is_told_with_the_link_it_is_about(what: Sequence[str], expected: Trap) -> None:
    async def scenario(heard: Heard) -> None:
        await snmptrap(heard.port, *COMMUNITY, what=what)
        await heard.changes.until(lambda: bool(heard.traps))
        assert heard.traps == [expected]
        assert heard.outcomes == {}

    play(scenario, router(v2c(), free_port()))


@requires_snmptrap
@pytest.mark.parametrize(
    ("how", "what", "outcome"),
    [
        (COMMUNITY, of_row(LINK_DOWN, 8), TrapOutcome.NOT_WATCHED),
        (COMMUNITY, ("1.3.6.1.4.1.8072.2.3.0.1",), TrapOutcome.NOT_WATCHED),
        (("-v", "2c", "-c", "public"), (LINK_DOWN,), TrapOutcome.NOT_AUTHENTIC),
        (as_user(ENGINE), (LINK_DOWN,), TrapOutcome.NOT_AUTHENTIC),
        (
            (*COMMUNITY, "--clientaddr=127.0.0.77"),
            (LINK_DOWN,),
            TrapOutcome.UNKNOWN_SOURCE,
        ),
    ],
)
def test_what_is_no_hint_is_counted_and_tells_nothing(
    how: Sequence[str], what: Sequence[str], outcome: TrapOutcome
) -> None:
    async def scenario(heard: Heard) -> None:
        await snmptrap(heard.port, *how, what=what)
        await heard.until(outcome)
        assert heard.traps == []
        assert heard.outcomes == {outcome: 1}

    play(scenario, router(v2c(), free_port()))


@requires_snmptrap
def test_an_inform_is_acknowledged() -> None:
    async def scenario(heard: Heard) -> None:
        code = await snmptrap(heard.port, "-Ci", "-r", "0", "-t", "5", *COMMUNITY)
        assert code == 0
        assert [trap.kind for trap in heard.traps] == [TrapKind.LINK_DOWN]

    play(scenario, router(v2c(), free_port()))


@requires_snmptrap
def test_the_engine_of_a_v3_trap_is_the_one_that_polls_have_met() -> None:
    async def scenario(heard: Heard) -> None:
        engine = met(heard)
        await snmptrap(heard.port, *as_user(engine), what=of_row(LINK_DOWN, 7))
        await heard.changes.until(lambda: bool(heard.traps))
        assert heard.traps == [Trap(R1, TrapKind.LINK_DOWN, (WAN,))]
        await snmptrap(heard.port, *as_user(ENGINE))
        await heard.until(TrapOutcome.UNKNOWN_ENGINE)
        await snmptrap(heard.port, *as_user(engine, auth="wrong"))
        await heard.until(TrapOutcome.NOT_AUTHENTIC)
        await snmptrap(heard.port, *as_user(engine, boots=999))
        await snmptrap(heard.port, *as_user(engine, level="authNoPriv"))
        assert len(heard.traps) == 1

    play(scenario, router(v3(), free_port()))


@requires_snmptrap
def test_a_trap_is_heard_from_a_router_that_answers_no_poll_any_more() -> None:
    async def scenario(heard: Heard) -> None:
        engine = met(heard)
        watched = heard.poller.watched(R1)
        assert watched is not None
        watched.peer.forget()
        await snmptrap(heard.port, *as_user(engine), what=(COLD_START,))
        await heard.changes.until(lambda: bool(heard.traps))

    play(scenario, router(v3(), free_port()))


@requires_snmptrap
def test_a_configured_engine_is_heard_before_any_poll() -> None:
    async def run() -> None:
        configured = replace(v3(), engine_id=ENGINE)
        async with listening(router(configured, free_port()), polled=False) as heard:
            await snmptrap(heard.port, *as_user(ENGINE), what=(COLD_START,))
            await heard.changes.until(lambda: bool(heard.traps))
            await snmptrap(heard.port, *as_user(ENGINE, boots=999), what=(COLD_START,))
            await heard.until(TrapOutcome.NOT_AUTHENTIC)

    asyncio.run(run())


@requires_snmptrap
def test_a_configured_engine_is_heard_beside_the_one_that_answers_polls() -> None:
    async def scenario(heard: Heard) -> None:
        assert met(heard) != ENGINE
        for boots in (1000, 1001):
            told = len(heard.traps)
            await snmptrap(heard.port, *as_user(ENGINE, boots), what=(COLD_START,))
            await heard.changes.until(lambda: len(heard.traps) > told)  # noqa: B023 awaited here

    port = free_port()
    configured = replace(v3(), engine_id=ENGINE)
    play(scenario, router(configured, port), agents=[router(v3(), port)])


def met(heard: Heard) -> bytes:
    """The engine id that a poll has learnt."""
    watched = heard.poller.watched(R1)
    assert watched is not None
    assert isinstance(watched.peer.security, Usm)
    engine = watched.peer.security.engine_id
    assert engine is not None
    return engine


def test_no_more_is_read_than_a_router_has_to_say() -> None:
    async def scenario(heard: Heard) -> None:
        assert heard.listener is not None
        for _ in range(200):
            heard.listener.received(b"\x30\x00", "127.0.0.1")
        outcomes = heard.outcomes
        assert outcomes[TrapOutcome.MALFORMED] <= 20
        assert outcomes[TrapOutcome.LIMITED] == 200 - outcomes[TrapOutcome.MALFORMED]

    play(scenario, router(v2c(), free_port()))


def test_a_port_that_is_taken_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(heard: Heard) -> None:
        assert heard.listener is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            taken = ("127.0.0.1", other.getsockname()[1])
            heard.listener.take(plan_for(config([one], [], traps=taken), resolve))
            await heard.listener.keep_open()
            assert "traps are not heard: snmp.traps.listen: cannot listen" in caplog.text
        await heard.listener.keep_open()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"noise", taken)
        await heard.until(TrapOutcome.MALFORMED)

    one = router(v2c(), free_port())
    play(scenario, one)


@pytest.mark.parametrize("access", [v2c(), v3()], ids=["v2c", "v3"])
@given(datagram=st.binary(max_size=200))
def test_no_datagram_breaks_the_listener(access: SnmpAccess, datagram: bytes) -> None:
    clock = SystemClock()
    known = replace(access, engine_id=ENGINE) if access.user else access
    plan = plan_for(config([router(known, 161)], [WAN_LINK]), resolve)
    poller, told = SnmpPoller(clock), list[Trap]()
    listener = TrapListener(clock, poller.watched, told.append)
    poller.take(plan)
    listener.take(plan)
    assert listener.received(datagram, "127.0.0.1") is None
    assert sum(listener.outcomes.values()) == 1
    assert told == []
