"""Every engine against Debian's snmpd and against simulated agents: one suite for all."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    OperStatus,
    PollOutcome,
    PollResult,
)
from linkwatch.model.topology import InterfaceKey, Router, SnmpAccess
from linkwatch.probe.snmp_ber import decode
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS, UNSUPPORTED
from support.snmp import (
    Agent,
    SkewedClock,
    Snmpd,
    config,
    every_user,
    free_port,
    lab_agents,
    poller_for,
    requires_snmpd,
    router,
    v2c,
    v3,
    watched,
)

AgentFactory = Callable[[SnmpAccess, SkewedClock], AbstractAsyncContextManager[Agent]]

LO = watched("lo", "lo")
STEADY = {None, Discard.CLOCK, Discard.SHORT}
"""Of a second reading: a real agent's own time has hardly moved between two polls."""


async def poll_twice(access: SnmpAccess, port: int, clock: SkewedClock, engine: str) -> PollResult:
    """The second poll: the first is a discovery as well, which no fast engine does itself."""
    r1 = router(access, port)
    poller = await poller_for(config([r1], [LO], timeout=0.3, engine=engine), clock)
    await poller.poll(r1)
    clock.advance(3)
    return await poller.poll(r1)


def outcome(
    agent: AgentFactory, lets_in: SnmpAccess, asked_as: SnmpAccess, engine: str
) -> PollResult:
    async def run() -> PollResult:
        clock = SkewedClock()
        async with agent(lets_in, clock) as there:
            return await poll_twice(asked_as, there.port, clock, engine)

    return asyncio.run(run())


@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_an_interface_is_read(agent: AgentFactory, access: SnmpAccess, engine: str) -> None:
    result = outcome(agent, access, access, engine)
    assert result.outcome is PollOutcome.OK, result.detail
    assert result.faults == ()
    (sample,) = result.samples
    assert sample.link == LinkId("lo")
    assert sample.oper is OperStatus.UP
    assert sample.discard in STEADY


@requires_snmpd
def test_snmpd_understands_every_protocol_it_has(tmp_path: Path, engine: str) -> None:
    """All levels, hashes and ciphers, and each pair of them."""
    daemon = Snmpd(tmp_path)
    daemon.start()
    try:
        routers = [
            replace(router(user, daemon.port), id=RouterId(str(user.user).lower()))
            for user in every_user()
        ]
        asyncio.run(poll_all_twice(routers, SkewedClock(), engine))
    finally:
        daemon.stop()


def test_simulated_agents_understand_every_pair_of_protocols(engine: str) -> None:
    async def run() -> None:
        clock = SkewedClock()
        pairs = [(a, p) for a in AUTH_PROTOCOLS for p in PRIVACY_PROTOCOLS if p not in lacks]
        routers = [
            router(v3(f"{a}-{p}", (a, "auth"), (p, "privacy")), 1161, f"r{n}", f"127.91.0.{n}")
            for n, (a, p) in enumerate(pairs, start=1)
        ]
        async with lab_agents(config(routers, []), clock):
            await poll_all_twice(routers, clock, engine)

    lacks = UNSUPPORTED[engine].privacy
    asyncio.run(run())


async def poll_all_twice(routers: list[Router], clock: SkewedClock, engine: str) -> None:
    poller = await poller_for(config(routers, [], engine=engine), clock)
    for _ in range(2):
        for one in routers:
            result = await poller.poll(one)
            assert result.outcome is PollOutcome.OK, (one.snmp, result.detail)


@requires_snmpd
@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_ipv6(tmp_path: Path, access: SnmpAccess, engine: str) -> None:
    async def run() -> PollResult:
        clock = SkewedClock()
        r1 = router(access, daemon.port, address="::1")
        poller = await poller_for(config([r1], [LO], engine=engine), clock)
        await poller.poll(r1)
        return await poller.poll(r1)

    daemon = Snmpd(tmp_path, "::1")
    daemon.start()
    try:
        result = asyncio.run(run())
    finally:
        daemon.stop()
    assert result.outcome is PollOutcome.OK, result.detail
    assert [sample.link for sample in result.samples] == [LO.id]


def test_a_context_is_asked_for_by_its_name() -> None:
    """gufo-snmp knows no contexts: a configuration that has both is refused."""

    async def run() -> list[PollOutcome]:
        clock = SkewedClock()
        there = replace(router(v3(), free_port()), snmp=replace(v3(), context="wan"))
        assert there.snmp is not None
        there = replace(there, snmp=replace(there.snmp, port=free_port()))
        outcomes = []
        async with lab_agents(config([there], []), clock):
            for context in ("wan", "lan"):
                assert there.snmp is not None
                asked = replace(there, snmp=replace(there.snmp, context=context))
                poller = await poller_for(config([asked], [], timeout=0.3), clock)
                outcomes.append((await poller.poll(asked)).outcome)
        return outcomes

    wan, lan = asyncio.run(run())
    assert wan is PollOutcome.OK
    assert lan is not PollOutcome.OK


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        pytest.param(v2c("wrong"), PollOutcome.TIMEOUT, id="wrong community is silence"),
        pytest.param(v3("nobody"), PollOutcome.UNKNOWN_USER, id="unknown user"),
        pytest.param(v3(auth=("SHA", "wrong")), PollOutcome.WRONG_KEY, id="wrong auth key"),
        pytest.param(v3(auth=("SHA256", "auth")), PollOutcome.WRONG_KEY, id="wrong protocol"),
        pytest.param(v3(privacy=("AES128", "wrong")), None, id="wrong privacy key"),
    ],
)
def test_a_refusal_is_told_apart(
    agent: AgentFactory, access: SnmpAccess, expected: PollOutcome | None, engine: str
) -> None:
    lets_in = v2c() if access.community else v3()
    result = outcome(agent, lets_in, access, engine)
    # What becomes of a wrongly encrypted request is up to the agent: silence, or a report.
    allowed = {expected} if expected else {PollOutcome.TIMEOUT, PollOutcome.WRONG_KEY}
    assert result.outcome in allowed
    assert result.samples == ()
    assert not any(secret in repr(result) for secret in ("horse", "staple", "another-pass"))


def test_a_security_level_that_is_too_low_is_not_let_in(agent: AgentFactory, engine: str) -> None:
    result = outcome(agent, v3(), v3(privacy=None), engine)
    assert result.outcome is PollOutcome.AUTHORIZATION


@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_a_closed_port_is_not_a_time_out(access: SnmpAccess, engine: str) -> None:
    result = asyncio.run(poll_twice(access, free_port(), SkewedClock(), engine))
    assert result.outcome is PollOutcome.PORT_CLOSED


@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_a_silent_port_is_a_time_out(access: SnmpAccess, engine: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        result = asyncio.run(poll_twice(access, port, SkewedClock(), engine))
    assert result.outcome is PollOutcome.TIMEOUT
    assert result.detail == "no answer to 2 attempts in 0.75 s"


def test_an_interface_that_is_not_there_is_a_fault_of_its_own(
    agent: AgentFactory, engine: str
) -> None:
    async def run() -> PollResult:
        clock = SkewedClock()
        async with agent(v3(), clock) as there:
            r1 = router(v3(), there.port)
            links = [
                LO,
                watched("by-index", "1", InterfaceKey.INDEX),
                watched("no-name", "Gi0/99"),
                watched("no-alias", "GLI-0000", InterfaceKey.ALIAS),
                watched("no-index", "4000", InterfaceKey.INDEX),
            ]
            poller = await poller_for(config([r1], links, engine=engine), clock)
            await poller.poll(r1)
            return await poller.poll(r1)

    result = asyncio.run(run())
    assert result.outcome is PollOutcome.OK
    assert {sample.link for sample in result.samples} == {LinkId("lo"), LinkId("by-index")}
    assert dict(result.faults) == {
        LinkId("no-name"): InterfaceFault.MISSING,
        LinkId("no-alias"): InterfaceFault.MISSING,
        LinkId("no-index"): InterfaceFault.MISSING,
    }


@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_a_restart_costs_one_sample_and_says_so(
    agent: AgentFactory, access: SnmpAccess, engine: str
) -> None:
    async def run() -> list[Discard | None]:
        clock = SkewedClock()
        async with agent(access, clock) as there:
            r1 = router(access, there.port)
            poller = await poller_for(config([r1], [LO], engine=engine), clock)
            discards = []
            for event in ("", "", "restart", ""):
                if event:
                    clock.advance(60)
                    there.restart()
                clock.advance(3)
                result = await poller.poll(r1)
                assert result.outcome is PollOutcome.OK, result.detail
                discards.append(result.samples[0].discard)
            return discards

    first, second, restarted, after = asyncio.run(run())
    assert first is Discard.FIRST
    assert second in STEADY, "only our clock was set forward, a real agent's was not"
    assert restarted is Discard.RESTART
    assert after in STEADY


def test_rates_cover_the_readings_that_came_too_soon_and_are_never_negative(
    agent: AgentFactory, engine: str
) -> None:
    async def run() -> list[InterfaceSample]:
        clock, real = SkewedClock(), SystemClock()
        samples: list[InterfaceSample] = []
        async with agent(v2c(), clock) as there, asyncio.timeout(20):
            r1 = router(v2c(), there.port)
            poller = await poller_for(config([r1], [LO], engine=engine), clock)
            while not samples or samples[-1].discard is not None:
                # A real agent's own time passes no faster than ours.
                await real.sleep_until(real.now().monotonic + 0.25)
                clock.advance(0.25)
                # An agent on a busy machine may leave a poll without an answer.
                samples.extend((await poller.poll(r1)).samples)
        return samples

    *pending, last = asyncio.run(run())
    assert {sample.discard for sample in pending[1:]} == {Discard.SHORT}
    assert last.span >= 2.0
    for rate in last.rates.values():
        assert rate is not None
        assert rate >= 0


class Spoiler(asyncio.DatagramProtocol):
    """Stands between a router and whoever asks it, and spoils the digests of the answers."""

    def __init__(self, router_at: tuple[str, int]) -> None:
        self._router = router_at
        self._asker: Any = None
        self._transport: Any = None
        self.spoils = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if addr != self._router:
            self._asker = addr
            self._transport.sendto(data, self._router)
            return
        if self.spoils:
            message = decode(data, SNMPv3Message())
            digest = bytes(decode(bytes(message[2]), UsmSecurityParameters())[4])
            data = data.replace(digest, bytes(len(digest)), 1) if digest else data
        self._transport.sendto(data, self._asker)


def test_who_checks_the_digest_of_an_answer(engine: str) -> None:
    """What `check-config` says of the engines: one that begins to check loses its warning."""

    async def run() -> PollResult:
        clock = SkewedClock()
        port = free_port()
        real = router(v3(), port)
        loop = asyncio.get_running_loop()
        transport, between = await loop.create_datagram_endpoint(
            lambda: Spoiler((real.address, port)),
            local_addr=("127.0.0.1", 0),
        )
        try:
            async with lab_agents(config([real], [LO]), clock):
                asked = router(v3(), transport.get_extra_info("sockname")[1])
                poller = await poller_for(config([asked], [LO], timeout=0.3, engine=engine), clock)
                assert (await poller.poll(asked)).outcome is PollOutcome.OK
                assert (await poller.poll(asked)).outcome is PollOutcome.OK
                between.spoils = True
                return await poller.poll(asked)
        finally:
            transport.close()

    result = asyncio.run(run())
    checks = UNSUPPORTED[engine].verifies
    assert result.outcome is (PollOutcome.BAD_RESPONSE if checks else PollOutcome.OK)
