"""Scripted faults over real UDP, as the poller meets them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import Discard, InterfaceFault, PollOutcome, PollResult
from linkwatch.model.topology import SnmpAccess
from support.lab import Lab, lab
from support.snmp import config, free_port, router, v2c, v3, watched

WAN, INET = watched("wan", "Gi0/0"), watched("inet", "Gi0/1")
BOTH = [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")]
Poll = Callable[[], Awaitable[PollResult]]
Scenario = Callable[[Lab, Poll], Awaitable[None]]


def play(script: str, scenario: Scenario, access: SnmpAccess | None = None) -> None:
    """Run a scenario with router `r1` on two links."""

    async def run() -> None:
        r1 = router(access or v2c(), free_port())
        new = config([r1], [WAN, INET], timeout=0.5)
        async with lab(new, f"routers: {{r1: {script}}}") as there:
            await asyncio.wait_for(scenario(there, lambda: there.poller.poll(r1)), 30)

    asyncio.run(run())


def rates(result: PollResult) -> list[float | None]:
    assert result.outcome is PollOutcome.OK, result.detail
    return [sample.receive_rate for sample in result.samples]


@pytest.mark.parametrize("access", BOTH)
def test_a_late_answer_comes_when_it_is_due_and_not_before(access: SnmpAccess) -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        assert (await poll()).outcome is PollOutcome.OK
        await there.pass_time(10)
        assert (await poll()).outcome is PollOutcome.TIMEOUT
        # Each attempt's answer waits for its time; one that is due goes out at once.
        await there.pass_time(10)
        assert (await poll()).outcome is PollOutcome.OK

    play("{changes: [{at: 5s, late: 3s}, {at: 15s, late: 0}]}", scenario, access)


def test_a_late_answer_is_sent() -> None:
    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [WAN], timeout=10.0, retries=0)
        async with lab(new, "routers: {r1: {late: 3s}}") as there:
            polling = asyncio.ensure_future(there.poller.poll(r1))
            for _ in ("a walk", "a reading"):
                await there.changes.until(lambda: there.clock.wakes_at() is not None)
                assert not polling.done()
                await there.pass_time(3)
            result = await asyncio.wait_for(polling, 10)
            assert result.outcome is PollOutcome.OK, result.detail

    asyncio.run(run())


def test_a_silent_agent_times_out_and_a_closed_one_is_refused() -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        seen = []
        for _ in range(4):
            seen.append((await poll()).outcome)
            await there.pass_time(10)
        assert seen == [
            PollOutcome.OK,
            PollOutcome.TIMEOUT,
            PollOutcome.PORT_CLOSED,
            PollOutcome.OK,
        ]

    script = (
        "{changes: [{at: 5s, agent: silent}, {at: 15s, agent: closed}, {at: 25s, agent: answers}]}"
    )
    play(script, scenario)


@pytest.mark.parametrize("access", BOTH)
def test_after_a_reboot_the_poller_finds_its_way_again(access: SnmpAccess) -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        await poll()
        await there.pass_time(30)
        assert rates(await poll()) == [pytest.approx(8e6, rel=0.01), pytest.approx(4e6, rel=0.01)]
        await there.pass_time(30)
        assert (await poll()).outcome is PollOutcome.TIMEOUT, "it is away"
        await there.pass_time(30)
        after = await poll()
        assert [sample.discard for sample in after.samples] == [Discard.RESTART] * 2
        await there.pass_time(30)
        assert rates(await poll()) == [pytest.approx(8e6, rel=0.01), pytest.approx(4e6, rel=0.01)]
        assert there.routers[RouterId("r1")].boots == 2

    play(
        "{changes: [{at: 40s, reboot: 40s, renumber: rotate}],"
        " interfaces: {wan: {receive: 8Mbps}, inet: {receive: 4Mbps}}}",
        scenario,
        access,
    )


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [("row: missing", InterfaceFault.MISSING), ("twins: 1", InterfaceFault.AMBIGUOUS)],
)
def test_a_row_that_is_missing_or_ambiguous_is_its_links_fault_alone(
    behaviour: str, fault: InterfaceFault
) -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        result = await poll()
        assert result.faults == ((WAN.id, fault),)
        assert [sample.link for sample in result.samples] == [INET.id]

    play(f"{{interfaces: {{wan: {{{behaviour}}}}}}}", scenario)


def test_a_row_that_cannot_be_read_gives_no_sample() -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        result = await poll()
        assert dict(result.faults) == {WAN.id: InterfaceFault.MISSING}
        assert [sample.link for sample in result.samples] == [INET.id]

    play("{interfaces: {wan: {row: unreadable}}}", scenario)


def test_what_is_too_big_is_asked_for_in_parts() -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        assert (await poll()).outcome is PollOutcome.OK
        await there.pass_time(30)
        assert len(rates(await poll())) == 2

    play("{max_objects: 16}", scenario)


def test_32_bit_counters_that_wrap_give_the_true_rate() -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        await poll()
        for _ in range(3):
            await there.pass_time(30)
            assert rates(await poll())[0] == pytest.approx(8e6, rel=0.01)

    play(
        "{counter_bits: 32, uptime_to_wrap: 45s,"
        " interfaces: {wan: {receive: 8Mbps, octets_to_wrap: 40000000}}}",
        scenario,
    )


@pytest.mark.parametrize("access", BOTH)
@pytest.mark.parametrize(
    "lie", ["types", "objects", "request_id", "error", "circles", "noise", "nesting"]
)
def test_a_lie_is_a_bad_response(lie: str, access: SnmpAccess) -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        assert (await poll()).outcome is PollOutcome.OK
        await there.pass_time(30)
        result = await poll()
        assert (result.outcome, result.samples) == (PollOutcome.BAD_RESPONSE, ())

    # With a new number for each interface the poller has to walk as well.
    play(f"{{changes: [{{at: 5s, renumber: shift, lie: {lie}}}]}}", scenario, access)


@pytest.mark.parametrize("access", BOTH)
@pytest.mark.parametrize("lie", ["text", "long_text"])
def test_hostile_names_are_nobodys_names(lie: str, access: SnmpAccess) -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        result = await poll()
        assert result.outcome is PollOutcome.OK, result.detail
        assert dict(result.faults) == dict.fromkeys((WAN.id, INET.id), InterfaceFault.MISSING)

    play(f"{{lie: {lie}}}", scenario, access)


def test_somebody_who_watches_hears_what_happens() -> None:
    async def scenario(there: Lab, poll: Poll) -> None:
        await there.pass_time(60)
        assert there.heard.opened_so_far == [(1, 1)]
        assert there.heard.words == [
            ("r1", "late 0.5, lie text"),
            ("r1", "wan: receive, oper down; counters reset, unannounced"),
            ("r1", "ifIndex: shift; away for 5 s"),
            ("r1", "started, boot 2"),
        ]

    play(
        "{changes: [{at: 1s, late: 500ms, lie: text}, {at: 20s, reboot: 5s, renumber: shift}],"
        " interfaces: {wan: {changes: [{at: 10s, oper: down, receive: 0, reset: unannounced}]}}}",
        scenario,
    )


@pytest.mark.parametrize("asked_as", [v2c("wrong"), v3(auth=("SHA", "wrong"))])
def test_who_is_not_let_in_is_told_of(asked_as: SnmpAccess) -> None:
    async def run() -> None:
        access = v2c() if asked_as.community else v3()
        r1 = router(access, free_port())
        async with lab(config([r1], [WAN]), "routers: {r1: {}}") as there:
            stranger = router(asked_as, r1.snmp.port if r1.snmp else 0)
            (await there.poller.prepare(config([stranger], [WAN], timeout=0.5)))()
            assert (await there.poller.poll(stranger)).outcome is not PollOutcome.OK
            assert {words.rpartition("wrong ")[0] for _, words in there.heard.words} == {
                "was asked with a "
            }

    asyncio.run(run())
