"""What stands is repeated at each channel's pace, whatever the channels do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from structlog.testing import capture_logs

from linkwatch.config.settings import Config
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.ports import Notifier
from linkwatch.runtime.standing import LOOK, StandingLoop
from linkwatch.runtime.switchboard import Switchboard
from support.waiting import Changes, ManualClock

ACCEPTED = Delivery(DeliveryOutcome.ACCEPTED, "1 alerts fire")
FAILED = Delivery(DeliveryOutcome.FAILED, "HTTP 503")


class Standing:
    """A channel whose repeats answer as the test says; the last answer for ever."""

    def __init__(
        self, changes: Changes, *answers: Delivery | Exception, name: str = "am", resend: float = 60
    ) -> None:
        self.id = ChannelId(name)
        self.resend = resend
        self.repeats = 0
        self.stands = True
        self.former: Notifier | None = None
        self.free = asyncio.Event()
        self.free.set()
        self._changes = changes
        self._answers = list(answers)

    async def repeat(self) -> Delivery:
        self.repeats += 1
        self._changes.tell()
        await self.free.wait()
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def send(self, notification: Notification) -> Delivery:
        raise AssertionError(notification)

    def resume(self, notifications: Sequence[Notification]) -> None:
        raise AssertionError(notifications)

    def succeed(self, previous: Notifier) -> None:
        self.former = previous

    async def close(self) -> None:
        """Nothing to give back."""


@asynccontextmanager
async def running(
    changes: Changes,
    *channels: Standing,
    later: Sequence[Standing] = (),
    hear: Callable[[ChannelId, Delivery], None] = lambda _channel, _delivery: None,
) -> AsyncIterator[tuple[ManualClock, Switchboard]]:
    clock = ManualClock(changes)
    switchboard = Switchboard(
        {one.id: one for one in channels}, lambda _config: {one.id: one for one in later}
    )
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(StandingLoop(clock, switchboard, hear).run())
        try:
            yield clock, switchboard
        finally:
            run.cancel()


async def turns(clock: ManualClock, changes: Changes, *times: float) -> None:
    """Let it become each of these times, once the loop sleeps until then."""
    for at in times:
        await changes.until(partial(lambda wanted: clock.wakes_at() == wanted, at))
        clock.advance_to(at)


def play(scene: Callable[[Changes], Awaitable[None]]) -> None:
    async def main() -> None:
        await scene(Changes())

    asyncio.run(main())


def test_each_at_its_own_pace_from_the_start() -> None:
    async def scene(changes: Changes) -> None:
        slow, fast = Standing(changes, ACCEPTED), Standing(changes, ACCEPTED, name="b", resend=2)
        async with running(changes, slow, fast) as (clock, _):
            await turns(clock, changes, *range(2, 61, 2))
            await changes.until(lambda: (slow.repeats, fast.repeats) == (2, 31))

    play(scene)


def test_one_that_hangs_delays_no_other_and_is_not_repeated_meanwhile() -> None:
    async def scene(changes: Changes) -> None:
        stuck, fast = (
            Standing(changes, ACCEPTED, resend=2),
            Standing(changes, ACCEPTED, name="b", resend=2),
        )
        stuck.free.clear()
        async with running(changes, stuck, fast) as (clock, switchboard):
            await turns(clock, changes, 2, 4, 6)
            await changes.until(lambda: fast.repeats == 4)
            assert stuck.repeats == 1
            assert not switchboard.quiet.is_set()
            stuck.free.set()
            await asyncio.wait_for(switchboard.quiet.wait(), 10)

    play(scene)


def test_a_failure_is_told_once_and_its_end_once() -> None:
    async def scene(changes: Changes) -> None:
        answers = (ACCEPTED, FAILED, RuntimeError("x"), FAILED, ACCEPTED, ACCEPTED)
        manager = Standing(changes, *answers, resend=2)
        async with running(changes, manager) as (clock, _):
            await turns(clock, changes, *range(2, 13, 2))
            await changes.until(lambda: manager.repeats == 7)

    with capture_logs() as logs:
        play(scene)
    assert [line["event"] for line in logs] == [
        "what stands is not repeated",
        "channel failed",
        "what stands is repeated again",
    ]


def test_a_channel_that_a_reload_brings_takes_over_and_is_repeated() -> None:
    async def scene(changes: Changes) -> None:
        old, new = Standing(changes, ACCEPTED), Standing(changes, ACCEPTED)
        other = Standing(changes, ACCEPTED, name="b")
        async with running(changes, old, later=(new, other)) as (clock, switchboard):
            await changes.until(lambda: old.repeats == 1)
            (await switchboard.prepare(Config.__new__(Config)))()
            await turns(clock, changes, LOOK)
            await changes.until(lambda: other.repeats == 1)
            assert (new.repeats, new.former, other.former) == (0, old, None)
            await turns(clock, changes, *range(10, 61, 5))
            await changes.until(lambda: new.repeats == 1)

    play(scene)


def test_what_peers_answer_is_heard_but_not_where_nobody_was_asked() -> None:
    async def scene(changes: Changes) -> None:
        heard = list[tuple[str, Delivery]]()
        failing, idle = Standing(changes, FAILED, ACCEPTED), Standing(changes, ACCEPTED, name="b")
        idle.stands = False

        def hear(channel: ChannelId, delivery: Delivery) -> None:
            heard.append((channel, delivery))

        async with running(changes, failing, idle, hear=hear) as (clock, _):
            await turns(clock, changes, *range(5, 61, 5))
            await changes.until(lambda: (failing.repeats, idle.repeats) == (2, 2))
        assert heard == [("am", FAILED), ("am", ACCEPTED)]

    play(scene)
