"""The lab's one clock, and what is done by it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from linkwatch.lab.agent_clock import LabClock, Timekeeper
from linkwatch.model.moment import Moment
from support.waiting import START, Changes, ManualClock


class Jumping(ManualClock):
    """Its wall clock is put right while it runs."""

    correction = timedelta()

    def now(self) -> Moment:
        now = super().now()
        return Moment(now.monotonic, now.wall + self.correction)


def test_time_goes_by_the_monotonic_clock() -> None:
    manual = Jumping(Changes())
    clock = LabClock(manual)
    assert clock.began == clock.now() == START.timestamp()
    manual.advance(10)
    manual.correction = timedelta(hours=-7)
    assert clock.now() == START.timestamp() + 10


def test_clocks_with_the_same_beginning_are_in_step() -> None:
    manual = ManualClock(Changes())
    began = manual.now()
    first = LabClock(manual, began)
    manual.advance(3)
    second = LabClock(manual, began)
    assert (first.began, first.now()) == (second.began, second.now())
    assert second.now() - second.began == 3


def kept(scenario: Callable[[Timekeeper, ManualClock, Changes], Awaitable[None]]) -> None:
    async def run() -> None:
        changes = Changes()
        manual = ManualClock(changes)
        keeper = Timekeeper(LabClock(manual))
        running = asyncio.ensure_future(keeper.run())
        await asyncio.wait_for(scenario(keeper, manual, changes), 10)
        keeper.end()
        await asyncio.wait_for(running, 5)

    asyncio.run(run())


def test_things_are_done_in_their_order_also_when_it_is_late_for_all_of_them() -> None:
    async def scenario(keeper: Timekeeper, manual: ManualClock, changes: Changes) -> None:
        done: list[str] = []
        last = asyncio.Event()
        began = keeper.clock.began
        for due, name in ((7, "c"), (5, "a"), (5, "b")):
            keeper.at(began + due, lambda name=name: done.append(name))  # type: ignore[misc]
        keeper.at(began + 9, last.set)
        await changes.until(lambda: manual.sleeping() == [5])
        assert done == []
        manual.advance(20)
        await last.wait()
        assert done == ["a", "b", "c"]

    kept(scenario)


def test_what_comes_to_be_the_first_is_waited_for_instead() -> None:
    async def scenario(keeper: Timekeeper, manual: ManualClock, changes: Changes) -> None:
        done = asyncio.Event()
        keeper.at(keeper.clock.began + 60, done.set)
        await changes.until(lambda: 60 in manual.sleeping())
        keeper.at(keeper.clock.began + 2, done.set)
        await changes.until(lambda: 2 in manual.sleeping())
        manual.advance(2)
        await done.wait()

    kept(scenario)


def test_what_is_done_may_ask_for_more_of_it() -> None:
    async def scenario(keeper: Timekeeper, manual: ManualClock, changes: Changes) -> None:
        times: list[float] = []
        done = asyncio.Event()

        def again() -> None:
            times.append(keeper.clock.now() - keeper.clock.began)
            if len(times) == 3:
                done.set()
            keeper.at(keeper.clock.now() + 1, again)

        keeper.at(keeper.clock.began + 1, again)
        for second in (1, 2, 3):
            await changes.until(lambda: manual.sleeping() == [1])
            manual.advance_to(second)
        await done.wait()
        assert times == [1, 2, 3]

    kept(scenario)
