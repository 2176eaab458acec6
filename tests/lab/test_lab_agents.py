"""The simulated agents: where they may stand, how soon they do, and what they carry."""

import asyncio
import socket
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.config.settings import Config
from linkwatch.lab import agents
from linkwatch.lab.agents import LabError
from linkwatch.lab.router import SimulatedInterface
from linkwatch.lab.traffic import TrafficCurve
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.moment import Span
from linkwatch.model.topology import ContractedRate, InterfaceKey
from support.snmp import (
    SkewedClock,
    config,
    free_port,
    poller_for,
    resolve,
    router,
    v2c,
    v3,
    watched,
)

BOOST = Span(datetime(2021, 5, 9, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC))


def serve(new: Config) -> None:
    async def run() -> None:
        await asyncio.wait_for(agents.serve(new, resolve, lambda count: None), 5)

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
            serving = tasks.create_task(agents.serve(new, resolve, ready.set_result))
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


def test_a_province_of_agents_is_up_in_three_seconds() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        routers = [
            router(v3(), 1161, f"r{n}", f"127.77.{n // 200}.{n % 200 + 1}") for n in range(240)
        ]
        simulated = agents.simulate(config(routers, []), SkewedClock().epoch)
        started = loop.time()
        with ExitStack() as stack:
            agents.start(simulated, resolve, stack)
            return loop.time() - started

    assert asyncio.run(run()) < 3.0


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
    row = SimulatedInterface.of(boosted, 3, before)
    assert (row.name, row.alias, row.index) == ("lab3", "GLI-1", 3)
    assert row.contracted(before) == (20_000_000, 20_000_000)
    assert row.contracted(during) == (150_000_000, 100_000_000)
    assert row.megabits() == 1000
