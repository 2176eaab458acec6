"""The system clock reads both clocks together and wakes no sleeper early."""

import asyncio
from datetime import UTC, datetime

from linkwatch.host.clock import SystemClock
from linkwatch.ports import Clock


def wall_of(clock: Clock) -> datetime:
    return clock.now().wall


def test_meets_the_port() -> None:
    assert wall_of(SystemClock()).tzinfo is UTC


def test_both_clocks_advance_together() -> None:
    clock = SystemClock()
    first = clock.now()
    asyncio.run(clock.sleep_until(first.monotonic + 0.05))
    second = clock.now()
    elapsed = second.monotonic - first.monotonic
    assert abs((second.wall - first.wall).total_seconds() - elapsed) < 0.02
    assert second.wall > datetime(2021, 5, 1, tzinfo=UTC)


def test_sleeps_until_the_time_and_not_less() -> None:
    clock = SystemClock()

    async def overshoot() -> float:
        due = clock.now().monotonic + 0.03
        await asyncio.wait_for(clock.sleep_until(due), timeout=5)
        return clock.now().monotonic - due

    assert asyncio.run(overshoot()) >= 0


def test_a_late_sleeper_still_lets_others_run() -> None:
    clock = SystemClock()

    async def late_loop() -> int:
        done = asyncio.Event()
        asyncio.get_running_loop().call_soon(done.set)
        turns = 0
        while not done.is_set() and turns < 1000:
            turns += 1
            await clock.sleep_until(clock.now().monotonic - 1)
        return turns

    assert asyncio.run(late_loop()) < 1000
