"""The loop of TCP checks, on a fake check and a clock the test drives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Method, Place, Target
from linkwatch.ports import Checked, Look
from linkwatch.runtime.checking import MAX_IN_FLIGHT, CheckLoop
from linkwatch.timing.phase import phase_of
from support.probing import FakeClock, FakeResolver
from support.province import PROBING, inventory

A1, A2 = "127.0.17.10", "127.0.17.20"
INTERVAL, FAST = 10.0, PROBING.conference_interval


def tcp(address: str, port: int = 443) -> Target:
    return Target(address, Place.SITE, Method.TCP, port)


def config(**links: Sequence[Target]) -> Config:
    """Links by id, checked every INTERVAL."""
    whole = inventory()
    template = next(iter(whole.links.values()))
    probing = replace(PROBING, interval=INTERVAL)
    made = {
        LinkId(name): replace(template, id=LinkId(name), targets=tuple(targets), probing=probing)
        for name, targets in links.items()
    }
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(replace(whole, links=made), settings, (Path("sites.yaml"),), ())


@dataclass
class FakeCheck:
    """Answers at once, save for addresses that are held."""

    clock: FakeClock
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)
    sources: dict[str, str | None] = field(default_factory=dict)
    in_flight: int = 0
    most: int = 0

    async def check(self, address: str, port: int, *, within: float, look: Look) -> Checked:
        assert (within, look[:2]) == (PROBING.timeout, (PROBING.size, PROBING.dscp))
        self.sources[address] = look.source
        self.asked.append((self.clock.monotonic, f"{address}:{port}"))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            if address in self.held:
                await self.held[address].wait()
                return Checked(Outcome.NO_REPLY)
        finally:
            self.in_flight -= 1
        return Checked(Outcome.ANSWERED, rtt=0.012)

    def times(self, asked: str) -> list[float]:
        return [at for at, name in self.asked if name == asked]


@dataclass
class Bench:
    clock: FakeClock
    check: FakeCheck
    resolver: FakeResolver
    loop: CheckLoop
    results: list[ProbeResult]


def play(first: Config, scenario: Callable[[Bench], Awaitable[None]]) -> None:
    async def run() -> None:
        clock = FakeClock()
        check, resolver, results = FakeCheck(clock), FakeResolver(), list[ProbeResult]()

        def take(found: Sequence[ProbeResult], now: Moment) -> None:
            assert now.monotonic == clock.monotonic
            results.extend(found)

        loop = CheckLoop(clock, check, sink=take, config=first, resolver=resolver)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(loop.run())
            await scenario(Bench(clock, check, resolver, loop, results))
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_every_tcp_target_is_checked_at_its_links_phase_and_others_are_left_out() -> None:
    icmp = Target(A2)

    async def scenario(bench: Bench) -> None:
        missing = [bench.loop.first_round_missing]
        await bench.clock.advance(30.0)
        assert {(r.link, r.target, r.outcome, r.rtt) for r in bench.results} == {
            ("a", 1, Outcome.ANSWERED, 0.012),
            ("a", 2, Outcome.ANSWERED, 0.012),
        }
        times = bench.check.times(f"{A1}:443")
        assert len(times) == 3
        assert {round(at % INTERVAL, 6) for at in times} == {round(phase_of("a") * INTERVAL, 6)}
        assert [*missing, bench.loop.first_round_missing] == [("a",), ()]

    play(config(a=[icmp, tcp(A1), tcp(A1, 80)], b=[icmp]), scenario)


def test_a_slow_target_delays_no_other_and_counts_at_the_time_it_was_asked() -> None:
    async def scenario(bench: Bench) -> None:
        bench.check.held[A1] = asyncio.Event()
        await bench.clock.advance(3 * INTERVAL)
        assert len([r for r in bench.results if r.link == "b"]) == 3
        assert bench.loop.first_round_missing == ("a",)
        bench.check.held[A1].set()
        await bench.clock.advance(0.1)
        late = [r for r in bench.results if r.link == "a"]
        assert [r.sent_at for r in late] == bench.check.times(f"{A1}:443")
        assert {r.outcome for r in late} == {Outcome.NO_REPLY}

    play(config(a=[tcp(A1)], b=[tcp(A2)]), scenario)


def test_no_more_than_so_many_at_once_and_every_one_gets_its_turn() -> None:
    count = MAX_IN_FLIGHT + 50
    links = {f"l{n}": [tcp(A1)] for n in range(count)}

    async def scenario(bench: Bench) -> None:
        bench.check.held[A1] = asyncio.Event()
        await bench.clock.advance(2 * INTERVAL)
        assert bench.check.in_flight == MAX_IN_FLIGHT
        bench.check.held.pop(A1).set()
        await bench.clock.advance(2 * INTERVAL)
        assert bench.check.most == MAX_IN_FLIGHT
        assert {r.link for r in bench.results} == set(links)

    play(config(**links), scenario)


def test_a_doubt_is_looked_into_at_once_and_no_two_bursts_pile_up() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(0.01)
        for _ in range(3):
            bench.loop.request(LinkId("a"), 5, 0.25)
        bench.loop.request(LinkId("elsewhere"), 5, 0.25)
        await bench.clock.advance(1.01)
        burst = [at for at in bench.check.times(f"{A1}:443") if at <= bench.clock.monotonic]
        assert 5 <= len(burst) <= 6

    play(config(a=[tcp(A1)]), scenario)


def test_many_doubts_at_once_are_no_storm_of_ours() -> None:
    links = {f"l{n}": [tcp(A1)] for n in range(500)}

    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(0.01)
        before = len(bench.check.asked)
        for link in links:
            bench.loop.request(LinkId(link), 5, 0.25)
        await bench.clock.advance(0.5)
        regular = 500 * 0.5 / INTERVAL
        assert 200 <= len(bench.check.asked) - before <= 200 + 50 + 2 * regular

    play(config(**links), scenario)


def test_a_name_is_checked_at_its_address_and_one_without_is_our_failure() -> None:
    async def scenario(bench: Bench) -> None:
        bench.resolver.names["site.example"] = [A1]
        await bench.clock.advance(INTERVAL)
        assert bench.check.times(f"{A1}:443")
        lost = [r for r in bench.results if r.link == "b"]
        assert {(r.outcome, r.reason) for r in lost} == {(Outcome.LOCAL_FAILURE, "unresolved")}

    play(config(a=[tcp("site.example")], b=[tcp("gone.example")]), scenario)


def test_a_check_leaves_from_its_links_source() -> None:
    plain = config(a=[tcp(A1), tcp("site.example")], b=[tcp(A2)])
    links = dict(plain.inventory.links)
    links[LinkId("a")] = replace(links[LinkId("a")], source="::1")
    sourced = replace(plain, inventory=replace(plain.inventory, links=links))

    async def scenario(bench: Bench) -> None:
        bench.resolver.names["site.example"] = ["127.0.17.30", "::2"]
        await bench.clock.advance(2 * INTERVAL)
        assert bench.check.sources == {A1: "::1", A2: None, "::2": "::1"}

    play(sourced, scenario)


def test_it_makes_progress_unless_a_check_outstays_its_time_out() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(INTERVAL)
        assert bench.loop.progress == bench.clock.monotonic
        bench.check.held[A1] = asyncio.Event()
        await bench.clock.advance(2 * INTERVAL)
        (asked, _) = bench.check.times(f"{A1}:443")[-2:]
        assert bench.loop.progress == asked + PROBING.timeout
        bench.check.held[A1].set()
        await bench.clock.advance(0.1)
        assert bench.loop.progress == bench.clock.monotonic

    play(config(a=[tcp(A1)], b=[tcp(A2)]), scenario)


def test_a_reload_starts_the_new_ends_the_old_and_drops_what_is_under_way() -> None:
    async def scenario(bench: Bench) -> None:
        bench.check.held[A1] = held = asyncio.Event()
        await bench.clock.advance(INTERVAL)
        assert bench.check.in_flight == 1
        (await bench.loop.prepare(config(b=[tcp(A2)], new=[tcp(A2, 80)])))()
        held.set()
        await bench.clock.advance(2 * INTERVAL)
        assert "a" not in {r.link for r in bench.results}
        assert len(bench.check.times(f"{A1}:443")) == 1
        assert bench.loop.first_round_missing == ()
        beats = bench.check.times(f"{A2}:443")
        assert {round(b - a, 6) for a, b in zip(beats, beats[1:], strict=False)} == {INTERVAL}
        assert len(bench.check.times(f"{A2}:80")) == 2

    play(config(a=[tcp(A1)], b=[tcp(A2)]), scenario)


def test_a_conference_has_its_targets_checked_faster_and_no_check_is_lost_or_doubled() -> None:
    async def scenario(bench: Bench) -> None:
        began = bench.clock.monotonic
        await bench.clock.advance(25.0)
        bench.loop.hurry({LinkId("a")})
        await bench.clock.advance(10.0)
        bench.loop.hurry(frozenset())
        await bench.clock.advance(40.0)
        times = bench.check.times(f"{A1}:443")
        spans = [b - a for a, b in pairwise(times)]
        assert min(spans) >= FAST / 2
        assert max(spans) <= INTERVAL * 1.5
        assert len([at for at in times if began + 25.0 < at <= began + 35.0]) in {9, 10}
        unhurried = bench.check.times(f"{A2}:443")
        assert {round(b - a, 6) for a, b in pairwise(unhurried)} == {INTERVAL}

    play(config(a=[tcp(A1)], b=[tcp(A2)]), scenario)
