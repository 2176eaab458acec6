"""The poller against Debian's snmpd and against simulated agents: one suite for both."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    OperStatus,
    PollOutcome,
    PollResult,
)
from linkwatch.model.topology import InterfaceKey, SnmpAccess
from support.snmp import (
    Agent,
    SkewedClock,
    config,
    free_port,
    poller_for,
    router,
    v2c,
    v3,
    watched,
)

AgentFactory = Callable[[SnmpAccess, SkewedClock], AbstractAsyncContextManager[Agent]]

LO = watched("lo", "lo")


async def poll_once(access: SnmpAccess, port: int, clock: SkewedClock) -> PollResult:
    r1 = router(access, port)
    poller = await poller_for(config([r1], [LO], timeout=0.3), clock)
    return await poller.poll(r1)


def outcome(agent: AgentFactory, lets_in: SnmpAccess, asked_as: SnmpAccess) -> PollResult:
    async def run() -> PollResult:
        clock = SkewedClock()
        async with agent(lets_in, clock) as there:
            return await poll_once(asked_as, there.port, clock)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "access",
    [
        pytest.param(v2c(), id="v2c"),
        pytest.param(v3(), id="authPriv SHA AES128"),
        pytest.param(v3("modern", ("SHA512", "auth"), ("AES256", "privacy")), id="SHA512 AES256"),
        pytest.param(v3("old", ("MD5", "auth"), ("DES", "privacy")), id="MD5 DES"),
        pytest.param(v3("signed", ("SHA256", "auth"), None), id="authNoPriv SHA256"),
        pytest.param(v3("open", None, None), id="noAuthNoPriv"),
    ],
)
def test_an_interface_is_read_at_every_security_level(
    agent: AgentFactory, access: SnmpAccess
) -> None:
    result = outcome(agent, access, access)
    assert result.outcome is PollOutcome.OK, result.detail
    assert result.faults == ()
    (sample,) = result.samples
    assert sample.link == LinkId("lo")
    assert sample.oper is OperStatus.UP
    assert sample.discard is Discard.FIRST
    assert sample.receive_rate is None
    assert sample.transmit_rate is None


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
    agent: AgentFactory, access: SnmpAccess, expected: PollOutcome | None
) -> None:
    lets_in = v2c() if access.community else v3()
    result = outcome(agent, lets_in, access)
    # What becomes of a wrongly encrypted request is up to the agent: silence, or a report.
    allowed = {expected} if expected else {PollOutcome.TIMEOUT, PollOutcome.WRONG_KEY}
    assert result.outcome in allowed
    assert result.samples == ()
    assert not any(secret in repr(result) for secret in ("horse", "staple", "another-pass"))


def test_a_security_level_that_is_too_low_is_not_let_in(agent: AgentFactory) -> None:
    result = outcome(agent, v3(), v3(privacy=None))
    assert result.outcome is PollOutcome.AUTHORIZATION


def test_a_closed_port_is_not_a_time_out() -> None:
    result = asyncio.run(poll_once(v3(), free_port(), SkewedClock()))
    assert result.outcome is PollOutcome.PORT_CLOSED


def test_a_silent_port_is_a_time_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        result = asyncio.run(poll_once(v3(), silent.getsockname()[1], SkewedClock()))
    assert result.outcome is PollOutcome.TIMEOUT
    assert result.detail == "no answer in 2 attempts of 0.3 s"


def test_an_interface_that_is_not_there_is_a_fault_of_its_own(agent: AgentFactory) -> None:
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
            poller = await poller_for(config([r1], links), clock)
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
def test_a_restart_costs_one_sample_and_says_so(agent: AgentFactory, access: SnmpAccess) -> None:
    async def run() -> list[Discard | None]:
        clock = SkewedClock()
        async with agent(access, clock) as there:
            r1 = router(access, there.port)
            poller = await poller_for(config([r1], [LO]), clock)
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
    hardly_moved = {None, Discard.CLOCK, Discard.SHORT}
    assert second in hardly_moved, "only our clock was set forward, a real agent's was not"
    assert restarted is Discard.RESTART
    assert after in hardly_moved


def test_rates_cover_the_readings_that_came_too_soon_and_are_never_negative(
    agent: AgentFactory,
) -> None:
    async def run() -> list[InterfaceSample]:
        clock = SkewedClock()
        samples: list[InterfaceSample] = []
        async with agent(v2c(), clock) as there, asyncio.timeout(20):
            r1 = router(v2c(), there.port)
            poller = await poller_for(config([r1], [LO]), clock)
            while not samples or samples[-1].discard is not None:
                clock.advance(0.25)
                samples.append((await poller.poll(r1)).samples[0])
        return samples

    *pending, last = asyncio.run(run())
    assert {sample.discard for sample in pending[1:]} == {Discard.SHORT}
    assert last.span >= 2.0
    for rate in last.rates.values():
        assert rate is not None
        assert rate >= 0
