"""The simulated agents: where they may stand, how soon they do, and what they carry."""

import asyncio
import resource
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.config.settings import Config
from linkwatch.lab import agents
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_model import AgentScript, InterfaceCourse
from linkwatch.lab.agent_socket import LabError
from linkwatch.lab.interface import SimulatedInterface
from linkwatch.lab.traffic import TrafficCurve
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.moment import Span
from linkwatch.model.topology import ContractedRate, InterfaceKey
from support.lab import lab, scripted
from support.snmp import (
    SkewedClock,
    config,
    free_port,
    lab_agents,
    poller_for,
    resolve,
    router,
    v2c,
    v3,
    watched,
)
from support.waiting import Changes, ManualClock

BOOST = Span(datetime(2021, 5, 9, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC))


def serve(new: Config) -> None:
    async def run() -> None:
        clock = LabClock(SkewedClock())
        await asyncio.wait_for(agents.serve(new, resolve, clock, lambda count: None), 5)

    asyncio.run(run())


def test_serve_tells_how_many_listen_answers_and_gives_the_ports_back() -> None:
    async def run() -> None:
        routers = [
            router(v3(), free_port(), "r1"),
            router(v2c(), free_port("127.0.0.2"), "r2", "127.0.0.2"),
            replace(router(v2c(), 161, "r3", "10.0.0.1"), snmp=None),
        ]
        new = config(routers, [watched("wan", "Gi0/0")])
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            clock = LabClock(SkewedClock())
            serving = tasks.create_task(agents.serve(new, resolve, clock, ready.set_result))
            assert await asyncio.wait_for(ready, 5) == 2
            poller = await poller_for(new, SkewedClock())
            for one in routers[:2]:
                assert (await poller.poll(one)).outcome is PollOutcome.OK
            serving.cancel()
        for one in routers[:2]:
            assert (await poller.poll(one)).outcome is PollOutcome.PORT_CLOSED

    asyncio.run(run())


@pytest.mark.parametrize("address", ["192.0.2.1", "0.0.0.0", "2001:db8::1"])  # noqa: S104 refused
def test_a_real_address_is_refused(address: str) -> None:
    with pytest.raises(LabError) as refused:
        serve(config([router(v2c(), 1161, "r1", address)], []))
    assert str(refused.value) == (
        f"router r1: {address} may be a real router's; "
        "agents are simulated at 127.0.0.0/8 and ::1 only"
    )


def test_a_router_that_lets_nobody_in_is_refused() -> None:
    with pytest.raises(LabError, match="router r1: SNMP of version 3 lets nobody in"):
        serve(config([router(replace(v3(), user=None), 1161)], []))


def test_traps_stay_in_their_routers_family() -> None:
    async def run() -> None:
        async with lab(
            config([router(v2c(), free_port())], []), "traps_to: '[::1]:1162'\nrouters: {r1: {}}"
        ):
            raise AssertionError("it must not start")

    with pytest.raises(LabError) as refused:
        asyncio.run(run())
    assert str(refused.value) == (
        "router r1: traps from 127.0.0.1 cannot go to ::1: both must be IPv4, or IPv6"
    )


def test_an_agent_may_stand_at_an_ipv6_address() -> None:
    async def run() -> None:
        r1 = router(v3(), free_port("127.0.0.1"), address="::1")
        new, clock = config([r1], [watched("wan", "Gi0/0")]), SkewedClock()
        async with lab_agents(new, clock):
            result = await (await poller_for(new, clock)).poll(r1)
            assert result.outcome is PollOutcome.OK, result.detail

    asyncio.run(run())


def test_a_real_address_is_refused_before_its_agent_listens() -> None:
    new = config([router(v2c(), 1161, "r1", "192.0.2.1")], [])
    closed = scripted("routers: {r1: {agent: closed}}", new)

    async def run() -> None:
        clock = LabClock(SkewedClock())
        serving = agents.serve(new, resolve, clock, lambda count: None, script=closed)
        await asyncio.wait_for(serving, 5)

    with pytest.raises(LabError, match=r"192\.0\.2\.1 may be a real router's"):
        asyncio.run(run())


def test_a_name_is_refused() -> None:
    with pytest.raises(LabError, match=r"router r1: router\.example is not an IP address"):
        serve(config([router(v2c(), 1161, "r1", "router.example")], []))


def test_a_taken_port_is_named_and_the_others_given_back() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        free = free_port()
        first, second = router(v2c(), free, "r1"), router(v2c(), port, "r2")
        with pytest.raises(LabError) as refused:
            serve(config([first, second], []))
    assert str(refused.value) == (
        f"router r2: cannot listen at 127.0.0.1 port {port}: Address already in use"
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", free))


def test_agents_end_with_their_script() -> None:
    async def run() -> None:
        changes = Changes()
        clock = ManualClock(changes)
        new = config([router(v2c(), free_port())], [])
        script = AgentScript(duration=60.0)
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.ensure_future(
            agents.serve(new, resolve, LabClock(clock), ready.set_result, script=script)
        )
        await asyncio.wait_for(ready, 5)
        await changes.until(lambda: clock.sleeping() == [60.0])
        clock.advance(60)
        await asyncio.wait_for(serving, 5)

    asyncio.run(run())


def test_a_port_that_cannot_be_opened_again_ends_them_all() -> None:
    async def run() -> None:
        port = free_port()
        r1 = router(v2c(), port)
        script = "routers: {r1: {changes: [{at: 5s, agent: closed}, {at: 15s, agent: answers}]}}"
        async with lab(config([r1], []), script) as there:
            await there.pass_time(10)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
                taken.bind(("127.0.0.1", port))
                there.clock.advance(10)
                await asyncio.wait([there.running], timeout=5)

    with pytest.raises(LabError, match=r"router r1: cannot listen at 127\.0\.0\.1 port"):
        asyncio.run(run())


@pytest.fixture
def few_files() -> Iterator[None]:
    """A soft limit of open files that is below what a province needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (240, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_files")
def test_240_agents_with_keys_of_their_own_all_answer() -> None:
    async def run() -> None:
        port = free_port()
        routers = [
            router(v3(), port, f"r{n}", f"127.77.{n // 200}.{n % 200 + 1}") for n in range(240)
        ]
        new, clock = config(routers, [], timeout=10.0), SkewedClock()
        async with lab_agents(new, clock) as there:
            assert len({one.engine_id for one in there.values()}) == 240
            poller = await poller_for(new, clock)
            for one in routers:
                result = await poller.poll(one)
                assert result.outcome is PollOutcome.OK, (one.address, result.detail)

    asyncio.run(run())


def test_an_engine_has_the_id_it_is_given() -> None:
    given_ = bytes.fromhex("8000000001020304")
    access = replace(v3(), engine_id=given_)
    [simulated] = agents.simulate(config([router(access, 161)], []), LabClock(SkewedClock()))
    assert simulated.engine_id == given_


@given(
    st.text(max_size=20), st.floats(1.6e9, 1.9e9), st.floats(0.01, 100_000), st.floats(0.01, 1000)
)
def test_the_traffic_stays_between_a_fifth_and_three_fifths(
    key: str, start: float, first: float, second: float
) -> None:
    curve = TrafficCurve.of(key)
    assert 0.2 <= curve.at(start) <= 0.6
    middle, end = start + first, start + first + second
    whole = curve.between(start, end)
    assert whole == pytest.approx(
        curve.between(start, middle) + curve.between(middle, end), rel=1e-6, abs=0.2
    )
    assert 0.19 * (end - start) - 0.2 <= whole <= 0.61 * (end - start) + 0.2


def test_traffic_follows_the_contract_in_force_and_fits_the_port() -> None:
    base = watched("wan", "GLI-1", InterfaceKey.ALIAS)
    boosted = replace(
        base,
        contracted=(
            ContractedRate(20_000_000, 20_000_000),
            ContractedRate(150_000_000, None, BOOST),
        ),
    )
    before, during = (datetime(2021, 5, day, tzinfo=UTC).timestamp() for day in (1, 15))
    row = SimulatedInterface.of(boosted, 3, before, InterfaceCourse())
    assert (row.name, row.alias, row.index) == ("lab3", "GLI-1", 3)
    assert row.contracted(before) == (20_000_000, 20_000_000)
    assert row.contracted(during) == (150_000_000, 100_000_000)
    assert row.line_rate() == 1_000_000_000
