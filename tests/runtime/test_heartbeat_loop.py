"""The heartbeat's loop: at its pace, never while something is wrong, and each change said once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkwatch.config import load
from linkwatch.config.settings import Config, Heartbeat
from linkwatch.judge.health import Vitals
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.runtime.heartbeat import SOON, HeartbeatLoop
from support.probing import FakeClock

WELL = Vitals(
    first_round_done=True,
    progresses=True,
    lag=0.0,
    store_written=True,
    links=2,
    unprobed=0,
    unheard=0,
    routers=1,
    unpolled=0,
    is_mute=False,
    oldest_urgent=0.0,
    oldest=0.0,
)
TAKEN = Delivery(DeliveryOutcome.ACCEPTED, "HTTP 200")
DOWN = Delivery(DeliveryOutcome.FAILED, "ConnectError")
BASE = Path(__file__).parents[1] / "config" / "mistakes" / "base" / "base.yaml"
FIRST, SECOND = Heartbeat("http://check.example/1", 60.0), Heartbeat("http://check.example/2", 30.0)


@pytest.fixture(scope="module")
def plain() -> Config:
    config = load(BASE).config
    assert config is not None
    return config


def with_checker(config: Config, heartbeat: Heartbeat | None) -> Config:
    return replace(config, settings=replace(config.settings, heartbeat=heartbeat))


@dataclass
class FakeChecker:
    """ports.Checker: answers as told."""

    settings: Heartbeat
    bench: "Bench"
    closed: bool = False

    async def beat(self) -> Delivery:
        self.bench.asked.append((self.settings.url[-1], self.bench.clock.monotonic))
        return self.bench.answer

    async def close(self) -> None:
        self.closed = True


@dataclass
class Bench:
    """A loop, and all that it speaks to."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(0.0))
    vitals: Vitals = WELL
    fault: Exception | None = None
    answer: Delivery = TAKEN
    asked: list[tuple[str, float]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    checkers: list[FakeChecker] = field(default_factory=list)
    loop: HeartbeatLoop = field(init=False)

    def look(self) -> Vitals:
        if self.fault is not None:
            raise self.fault
        return self.vitals

    def connect(self, settings: Heartbeat) -> FakeChecker:
        self.checkers.append(FakeChecker(settings, self))
        return self.checkers[-1]

    def heartbeat(self, beat: str, at: datetime) -> None:
        assert at == self.clock.now().wall
        self.counted.append(beat)


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[Bench]:
    bench = Bench()
    bench.loop = HeartbeatLoop(bench.clock, bench.connect, bench, config)
    task = asyncio.ensure_future(bench.loop.run(bench.look))
    try:
        yield bench
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bench.loop.close()
        assert all(checker.closed for checker in bench.checkers)


def test_it_beats_at_its_pace_while_all_is_well(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            await bench.clock.advance(150)
            assert bench.asked == [("1", 0.0), ("1", 60.0), ("1", 120.0)]
            assert bench.counted == ["sent"] * 3

    asyncio.run(scenario())


def test_the_first_beat_comes_soon_after_the_first_full_round(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            bench.vitals = replace(WELL, first_round_done=False)
            await bench.clock.advance(10.5)
            assert (bench.asked, bench.counted) == ([], [])
            bench.vitals = WELL
            await bench.clock.advance(SOON)
            assert len(bench.asked) == 1

    asyncio.run(scenario())


def test_nothing_is_sent_while_something_is_wrong_and_that_is_said_once(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            await bench.clock.advance(1)
            bench.vitals = replace(WELL, store_written=False)
            await bench.clock.advance(300)
            assert len(bench.asked) == 1
            assert bench.counted == ["sent", *["withheld"] * 5]
            bench.vitals = replace(WELL, lag=9.0)
            await bench.clock.advance(60)
            bench.vitals = WELL
            await bench.clock.advance(60)
            assert len(bench.asked) == 2

    with capture_logs() as logs:
        asyncio.run(scenario())
    told = [(e["event"], e.get("reason") or e.get("before")) for e in logs]
    assert told == [
        ("heartbeat sent", None),
        ("heartbeat withheld", "store_not_written"),
        ("heartbeat withheld", "late"),
        ("heartbeat sent again", "withheld: late"),
    ]


def test_a_fault_in_finding_out_ends_nothing_and_sends_nothing(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            bench.fault = KeyError("a link")
            await bench.clock.advance(100)
            assert (bench.asked, bench.counted) == ([], ["withheld"] * 2)
            bench.fault = None
            await bench.clock.advance(60)
            assert len(bench.asked) == 1

    asyncio.run(scenario())


def test_a_checker_that_does_not_answer_is_counted_and_said_once(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            bench.answer = DOWN
            await bench.clock.advance(200)
            # It is not asked more often than when it answers.
            assert [at for _, at in bench.asked] == [0.0, 60.0, 120.0, 180.0]
            assert bench.counted == ["failed"] * 4
            bench.answer = TAKEN
            await bench.clock.advance(60)

    with capture_logs() as logs:
        asyncio.run(scenario())
    assert [(e["event"], e.get("detail") or e.get("before")) for e in logs] == [
        ("heartbeat not taken", "ConnectError"),
        ("heartbeat sent again", "failed: ConnectError"),
    ]


def test_a_reload_puts_another_checker_in_its_place_at_once(plain: Config) -> None:
    async def scenario() -> None:
        async with running(plain) as bench:
            await bench.clock.advance(100)
            assert bench.asked == []
            (await bench.loop.prepare(with_checker(plain, FIRST)))()
            await bench.clock.advance(10)
            (await bench.loop.prepare(with_checker(plain, FIRST)))()
            await bench.clock.advance(10)
            assert bench.asked == [("1", 100.0)]
            (await bench.loop.prepare(with_checker(plain, SECOND)))()
            await bench.clock.advance(35)
            assert bench.asked[1:] == [("2", 120.0), ("2", 150.0)]
            assert [c.closed for c in bench.checkers] == [True, False]
            (await bench.loop.prepare(plain))()
            await bench.clock.advance(1000)
            assert len(bench.asked) == 3
            assert [c.closed for c in bench.checkers] == [True, True]

    asyncio.run(scenario())


def test_a_reload_that_is_not_committed_changes_nothing(plain: Config) -> None:
    async def scenario() -> None:
        async with running(with_checker(plain, FIRST)) as bench:
            await bench.loop.prepare(with_checker(plain, SECOND))
            await bench.clock.advance(60)
            assert {name for name, _ in bench.asked} == {"1"}
            bench.checkers[1].closed = True  # prepared, and never used: nothing is open

    asyncio.run(scenario())
