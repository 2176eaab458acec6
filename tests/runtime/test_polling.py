"""The poll loop: beats, one request a router, nobody waiting for a slow one, and reloads."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from linkwatch.config.settings import Config
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Router
from linkwatch.runtime.polling import MAX_IN_FLIGHT, PollLoop
from linkwatch.timing.phase import phase_of
from support.snmp import config, router, v2c

INTERVAL, FAST = 30.0, 10.0


@dataclass
class FakeClock:
    """Time that moves only when `advance` is awaited; sleepers wake in order."""

    seconds: float = 1000.0
    _sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)

    def now(self) -> Moment:
        return Moment(self.seconds, datetime(2021, 5, 15, tzinfo=UTC) + timedelta(0, self.seconds))

    async def sleep_until(self, monotonic: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (monotonic, id(woken), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        end = self.seconds + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.seconds = max(self.seconds, due)
                woken.set_result(None)
                await settle()
        self.seconds = end


async def settle() -> None:
    """Let every task run until all of them wait."""
    for _ in range(20):
        turned = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turned.set_result, None)
        await turned


class FakePoller:
    """Answers at once, or when told to."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.polled: list[tuple[float, RouterId]] = []
        self.held: dict[RouterId, asyncio.Event] = {}
        self.in_flight = 0
        self.most_in_flight = 0

    def hold(self, router: RouterId) -> asyncio.Event:
        self.held[router] = asyncio.Event()
        return self.held[router]

    async def poll(self, router: Router) -> PollResult:
        self.polled.append((self._clock.seconds, router.id))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if router.id in self.held:
                await self.held[router.id].wait()
        finally:
            self.in_flight -= 1
        return PollResult(router.id, self._clock.now().wall, PollOutcome.OK)

    async def prepare(self, config: Config) -> Callable[[], None]:
        return lambda: None

    async def close(self) -> None:
        return

    def times(self, router: RouterId) -> list[float]:
        return [at for at, polled in self.polled if polled == router]


@dataclass
class Stage:
    """What a scenario plays on."""

    clock: FakeClock
    poller: FakePoller
    loop: PollLoop
    results: list[RouterId]


def routers(count: int) -> list[Router]:
    return [router(v2c(), 1161, f"r{n}") for n in range(count)]


def play(scenario: Callable[[Stage], Awaitable[None]], count: int = 5) -> None:
    async def run() -> None:
        clock = FakeClock()
        poller = FakePoller(clock)
        results: list[RouterId] = []
        loop = PollLoop(
            clock,
            poller,
            lambda result, now: results.append(result.router),
            config(routers(count), [], interval=INTERVAL, conference_interval=FAST),
        )
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(loop.run())
            await settle()
            await scenario(Stage(clock, poller, loop, results))
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 10))


R0, R1 = RouterId("r0"), RouterId("r1")


def test_the_first_round_comes_soon_and_every_router_keeps_its_own_beat() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(5.0)
        assert {name for _, name in stage.poller.polled} == {one.id for one in routers(5)}
        assert stage.loop.first_round_done.is_set()
        await stage.clock.advance(300.0)
        for one in routers(5):
            first, *beats = stage.poller.times(one.id)
            assert INTERVAL / 2 < beats[0] - first <= INTERVAL * 1.5
            phases = {round(at % INTERVAL, 6) for at in beats}
            assert phases == {round(phase_of(one.id) * INTERVAL, 6)}
            assert len(beats) in {9, 10}

    play(scenario)


def test_a_slow_router_delays_no_other_and_its_missed_beats_are_not_made_up_for() -> None:
    async def scenario(stage: Stage) -> None:
        answer = stage.poller.hold(R0)
        await stage.clock.advance(100.0)
        assert len(stage.poller.times(R0)) == 1
        assert len(stage.poller.times(R1)) >= 3
        assert not stage.loop.first_round_done.is_set()
        answer.set()
        await settle()
        assert stage.loop.first_round_done.is_set()
        assert len(stage.poller.times(R0)) == 1
        await stage.clock.advance(INTERVAL)
        assert len(stage.poller.times(R0)) == 2

    play(scenario)


def test_a_poll_can_be_asked_for_out_of_turn_but_never_two_at_once() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(5.0)
        before = len(stage.poller.times(R0))
        stage.loop.request(R0)
        await settle()
        assert len(stage.poller.times(R0)) == before + 1
        stage.poller.hold(R0)
        for _ in range(3):
            stage.loop.request(R0)
        await settle()
        assert len(stage.poller.times(R0)) == before + 2
        stage.loop.request(RouterId("unknown"))
        await settle()

    play(scenario)


def test_no_more_than_so_many_polls_at_once() -> None:
    async def scenario(stage: Stage) -> None:
        answers = [stage.poller.hold(one.id) for one in routers(3 * MAX_IN_FLIGHT)]
        await stage.clock.advance(5.0)
        assert stage.poller.in_flight == MAX_IN_FLIGHT
        for answer in answers:
            answer.set()
        await settle()
        assert len(set(stage.results)) == 3 * MAX_IN_FLIGHT
        assert stage.poller.most_in_flight == MAX_IN_FLIGHT

    play(scenario, count=3 * MAX_IN_FLIGHT)


def test_a_reload_starts_the_new_ends_the_old_and_leaves_the_rest_on_their_beat() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(60.0)
        kept, removed, *_ = routers(5)
        added = router(v2c(), 1161, "new")
        commit = await stage.loop.prepare(config([kept, added], [], interval=INTERVAL))
        assert stage.poller.times(added.id) == []
        commit()
        before = len(stage.poller.times(removed.id))
        await stage.clock.advance(300.0)
        assert len(stage.poller.times(removed.id)) == before
        assert len(stage.poller.times(added.id)) >= 9
        beats = stage.poller.times(kept.id)[1:]
        assert {round(b - a, 6) for a, b in zip(beats, beats[1:], strict=False)} == {INTERVAL}

    play(scenario)


def test_a_result_for_a_router_that_has_left_is_dropped() -> None:
    async def scenario(stage: Stage) -> None:
        answer = stage.poller.hold(R0)
        await stage.clock.advance(5.0)
        (await stage.loop.prepare(config(routers(5)[1:], [], interval=INTERVAL)))()
        assert stage.loop.first_round_done.is_set(), "it is no longer waited for"
        answer.set()
        await settle()
        assert R0 not in stage.results

    play(scenario)


def test_another_interval_holds_from_the_reload_on() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(60.0)
        (await stage.loop.prepare(config(routers(5), [], interval=10.0)))()
        before = len(stage.poller.times(R0))
        await stage.clock.advance(100.0)
        assert len(stage.poller.times(R0)) - before in {9, 10, 11}

    play(scenario)


@pytest.mark.parametrize("count", [0, 1])
def test_routers_that_may_not_be_asked_are_not_waited_for(count: int) -> None:
    async def run() -> None:
        clock = FakeClock()
        poller = FakePoller(clock)
        silent = [replace(one, snmp=None) for one in routers(count)]
        loop = PollLoop(clock, poller, lambda result, now: None, config(silent, []))
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(loop.run())
            await asyncio.wait_for(loop.first_round_done.wait(), 5)
            await clock.advance(100.0)
            running.cancel()
        assert poller.polled == []

    asyncio.run(run())


def test_a_conference_has_its_routers_polled_faster_and_no_poll_is_lost_or_doubled() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(60.0)
        unhurried = stage.poller.times(R1)
        stage.loop.hurry({R0})
        await stage.clock.advance(100.0)
        stage.loop.hurry(frozenset())
        await stage.clock.advance(100.0)
        times = [at for at in stage.poller.times(R0) if at > 1005.0]
        spans = [b - a for a, b in pairwise(times)]
        assert min(spans) >= FAST / 2
        assert max(spans) <= INTERVAL * 1.5
        fast = [at for at in times if 1060.0 < at <= 1160.0]
        assert len(fast) in {10, 11}
        assert {round(at % FAST, 6) for at in fast} == {round(phase_of(R0) * FAST, 6)}
        slow = [at for at in stage.poller.times(R1) if at not in unhurried]
        assert {round(b - a, 6) for a, b in pairwise(slow)} == {INTERVAL}

    play(scenario)


def test_a_reload_leaves_a_hurried_router_on_its_beat() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.clock.advance(60.0)
        stage.loop.hurry({R0, RouterId("new")})
        await stage.clock.advance(20.0)
        added = router(v2c(), 1161, "new")
        new = config([*routers(5), added], [], interval=INTERVAL, conference_interval=FAST)
        (await stage.loop.prepare(new))()
        await stage.clock.advance(100.0)
        late = [at for at in stage.poller.times(R0) if at > 1070.0]
        assert {round(b - a, 6) for a, b in pairwise(late)} == {FAST}
        assert len(stage.poller.times(RouterId("new"))) >= 9

    play(scenario)
