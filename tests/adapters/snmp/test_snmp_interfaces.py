"""Which row carries a link, as routers restart and are rewired, and what its rates are."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from linkwatch.lab.router import SimulatedRouter
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    PollOutcome,
    PollResult,
)
from linkwatch.model.topology import InterfaceKey, Link
from linkwatch.wire import ifmib
from support.snmp import (
    SkewedClock,
    config,
    free_port,
    lab_agents,
    poller_for,
    router,
    v2c,
    v3,
    watched,
)

WAN = watched("wan", "GigabitEthernet0/0")
INET = watched("inet", "FTTH 017", InterfaceKey.ALIAS)
Poll = Callable[[], Awaitable[PollResult]]
Scenario = Callable[[SimulatedRouter, SkewedClock, Poll], Awaitable[None]]


def play(scenario: Scenario, *links: Link) -> None:
    """Run a scenario with one simulated router that carries `links`; a poll takes 30 s."""

    async def run() -> None:
        clock = SkewedClock()
        r1 = router(v3(), free_port())
        new = config([r1], links or (WAN, INET))
        async with lab_agents(new, clock) as there:
            poller = await poller_for(new, clock)

            async def poll() -> PollResult:
                clock.advance(30)
                return await poller.poll(r1)

            await scenario(there[RouterId("r1")], clock, poll)

    asyncio.run(run())


def samples(result: PollResult) -> dict[LinkId, InterfaceSample]:
    assert result.outcome is PollOutcome.OK, result.detail
    return {sample.link: sample for sample in result.samples}


def test_rates_are_those_of_the_traffic() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        for _ in range(20):
            start = clock.epoch()
            taken = samples(await poll())
            for row in there.interfaces:
                sample = taken[row.link.id]
                for rate, direction in (
                    (sample.receive_rate, row.receive),
                    (sample.transmit_rate, row.transmit),
                ):
                    load = direction.curve.between(start, clock.epoch()) / 30
                    assert rate == pytest.approx(load * 20_000_000, rel=0.01)
                    assert 0.2 <= load <= 0.6

    play(scenario)


def test_32_bit_counters_are_asked_for_only_where_there_are_no_others() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        there.absent = {ifmib.IF_HC_IN_OCTETS, ifmib.IF_HC_OUT_OCTETS, ifmib.IF_HIGH_SPEED}
        await poll()
        sample = samples(await poll())[WAN.id]
        assert sample.receive_rate is not None
        assert 0.2 * 20_000_000 <= sample.receive_rate <= 0.6 * 20_000_000
        assert sample.line_rate == 100_000_000

    play(scenario)


def test_a_new_index_after_a_restart_is_found_at_once() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        wan, inet = there.interfaces
        wan.index, inet.index = inet.index, wan.index
        clock.advance(60)
        there.restart()
        taken = samples(await poll())
        assert {sample.discard for sample in taken.values()} == {Discard.RESTART}
        after = samples(await poll())
        assert {sample.discard for sample in after.values()} == {None}
        assert after[WAN.id].receive_bytes == int(wan.receive.octets)

    play(scenario)


def test_rows_that_change_places_without_a_restart_mix_no_counters() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        wan, inet = there.interfaces
        wan.index, inet.index = inet.index, wan.index
        taken = samples(await poll())
        assert {sample.discard for sample in taken.values()} == {Discard.DISCONTINUITY}
        assert taken[WAN.id].receive_bytes == int(wan.receive.octets)

    play(scenario)


def test_a_renamed_interface_is_missing_until_it_has_its_name_again() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        there.interfaces[0].name = "GigabitEthernet0/1"
        result = await poll()
        assert result.faults == ((WAN.id, InterfaceFault.MISSING),)
        assert samples(result).keys() == {INET.id}
        there.interfaces[0].name = "GigabitEthernet0/0"
        clock.advance(60)
        assert samples(await poll()).keys() == {WAN.id, INET.id}

    play(scenario)


def test_two_rows_of_one_alias_are_ambiguous() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        there.interfaces[0].alias = "FTTH 017"
        result = await poll()
        assert result.faults == ((INET.id, InterfaceFault.AMBIGUOUS),)
        assert samples(result).keys() == {WAN.id}

    play(scenario)


def test_an_alias_given_twice_later_is_noticed_within_the_hour() -> None:
    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        there.interfaces[0].alias = "FTTH 017"
        assert (await poll()).faults == ()
        clock.advance(3600)
        assert (await poll()).faults == ((INET.id, InterfaceFault.AMBIGUOUS),)

    play(scenario)


def test_many_interfaces_of_one_router_are_all_read() -> None:
    links = [watched(f"l{n}", f"Gi0/{n}") for n in range(30)]

    async def scenario(there: SimulatedRouter, clock: SkewedClock, poll: Poll) -> None:
        await poll()
        taken = samples(await poll())
        assert taken.keys() == {link.id for link in links}
        assert {sample.discard for sample in taken.values()} == {None}

    play(scenario, *links)


def test_a_reload_keeps_the_readings_of_what_stays() -> None:
    async def run() -> None:
        clock = SkewedClock()
        r1 = router(v3(), free_port())
        old = config([r1], [WAN, INET])
        async with lab_agents(old, clock):
            poller = await poller_for(old, clock)
            await poller.poll(r1)
            moved = replace(INET, id=LinkId("inet-2"))
            (await poller.prepare(config([r1], [WAN, moved])))()
            clock.advance(30)
            taken = samples(await poller.poll(r1))
            assert taken[WAN.id].discard is None
            assert taken[moved.id].discard is Discard.FIRST
            commit = await poller.prepare(config([], []))
            assert (await poller.poll(r1)).outcome is PollOutcome.OK, "prepare changes nothing"
            commit()
            assert (await poller.poll(r1)).outcome is PollOutcome.LOCAL_FAILURE

    asyncio.run(run())


def test_routers_may_share_a_user_name_but_not_its_keys() -> None:
    async def run() -> None:
        clock = SkewedClock()
        routers = [
            router(v3(), free_port(), "r1"),
            router(v3(auth=("SHA", "wrong")), free_port(), "r2", "127.0.0.2"),
            router(v2c(), free_port(), "r3", "127.0.0.3"),
        ]
        new = config(routers, [WAN])
        async with lab_agents(new, clock):
            poller = await poller_for(new, clock)
            for one in routers:
                result = await poller.poll(one)
                assert result.outcome is PollOutcome.OK, result.detail

    asyncio.run(run())
