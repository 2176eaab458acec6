"""The loop of push targets, on a clock the test drives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from structlog.testing import capture_logs

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Method, Place, Target
from linkwatch.runtime.beating import LOOK_EVERY, BeatLoop
from linkwatch.wire.beattoken import beat_token
from support.probing import FakeClock
from support.province import PROBING, inventory

KEY = bytes(range(32))
PUSH = Target("", Place.SITE, Method.PUSH)
INTERVAL, GRACE = 10.0, 2.0


def token(link: str) -> str:
    return beat_token(KEY, LinkId(link))


def config(**links: Sequence[Target]) -> Config:
    whole = inventory()
    template = next(iter(whole.links.values()))
    probing = replace(PROBING, interval=INTERVAL, timeout=GRACE)
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
class Bench:
    clock: FakeClock
    loop: BeatLoop
    results: list[ProbeResult]

    def of(self, link: str) -> list[tuple[float, Outcome]]:
        return [(r.sent_at, r.outcome) for r in self.results if r.link == link]


def play(first: Config, scenario: Callable[[Bench], Awaitable[None]]) -> None:
    async def run() -> None:
        clock, results = FakeClock(monotonic=0.0), list[ProbeResult]()

        def take(found: Sequence[ProbeResult], now: Moment) -> None:
            assert now.monotonic == clock.monotonic
            results.extend(found)

        loop = BeatLoop(clock, KEY, sink=take, config=first)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(loop.run())
            await scenario(Bench(clock, loop, results))
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_beats_are_answers_and_missing_ones_losses_of_their_own_link() -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(3):
            await bench.clock.advance(INTERVAL)
            assert bench.loop.beat(token("a"))
        await bench.clock.advance(25.0)
        answered, lost = Outcome.ANSWERED, Outcome.NO_REPLY
        assert bench.of("a") == [
            *((at, answered) for at in (10.0, 20.0, 30.0)),
            *((at, lost) for at in (40.0, 50.0)),
        ]
        assert bench.of("b") == [(at, lost) for at in (10.0, 20.0, 30.0, 40.0, 50.0)]
        assert {(r.target, r.rtt) for r in bench.results} == {(1, None)}

    play(config(a=[Target("127.0.17.10"), PUSH], b=[Target("127.0.17.20"), PUSH]), scenario)


def test_an_unknown_token_changes_nothing_and_is_told_once_a_minute_without_itself() -> None:
    async def scenario(bench: Bench) -> None:
        with capture_logs() as logs:
            for _ in range(100):
                assert not bench.loop.beat("guessed")
            await bench.clock.advance(60.0)
            assert not bench.loop.beat("guessed")
        assert [(entry["event"], entry["count"]) for entry in logs] == [
            ("beats with an unknown token", 1),
            ("beats with an unknown token", 100),
        ]
        assert bench.results == []

    play(config(a=[Target("127.0.17.10")]), scenario)


def test_when_we_slept_the_beats_of_that_time_are_not_lost() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(5.0)
        bench.clock.monotonic += 100.0
        await bench.clock.advance(INTERVAL)
        assert bench.results == []
        await bench.clock.advance(GRACE + 2.0)
        assert [outcome for _, outcome in bench.of("a")] == [Outcome.NO_REPLY]

    play(config(a=[PUSH]), scenario)


def test_a_reload_keeps_what_stays_and_ends_the_tokens_of_what_goes() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(5.0)
        assert bench.loop.beat(token("a"))
        (await bench.loop.prepare(config(a=[PUSH], new=[PUSH])))()
        assert not bench.loop.beat(token("b"))
        assert not bench.loop.beat(token("a") + "x")
        assert bench.loop.beat(token("new"))
        await bench.clock.advance(15.0)
        assert (15.0, Outcome.NO_REPLY) in bench.of("a")
        assert bench.of("b") == []

    play(config(a=[PUSH], b=[PUSH]), scenario)


def test_it_makes_progress_as_long_as_it_looks() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.clock.advance(30.5)
        assert 0 <= bench.clock.monotonic - bench.loop.progress <= LOOK_EVERY
        bench.clock.monotonic += 60.0  # it is held up
        assert bench.clock.monotonic - bench.loop.progress >= 60.0
        await bench.clock.advance(0.1)
        assert bench.clock.monotonic - bench.loop.progress <= LOOK_EVERY

    play(config(), scenario)
