"""The dispatcher: each message reaches its end, whatever the channels do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.journal import Attempted, Record
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
    Trouble,
)
from linkwatch.model.priority import Priority
from linkwatch.ports import Notifier
from linkwatch.runtime.dispatcher import HEARTBEAT, Dispatcher
from linkwatch.runtime.switchboard import Switchboard
from linkwatch.timing.breaker import BreakerPolicy
from linkwatch.timing.retry import RetryPolicy
from support.province import inventory
from support.waiting import PATIENCE, START, Changes, ManualClock

POLICY = RetryPolicy(spread=0.0)
BREAKER = BreakerPolicy(failures=3, first=10.0)
HOOK, SMS = ChannelId("hook"), ChannelId("sms")

ACCEPTED = Delivery(DeliveryOutcome.ACCEPTED, "HTTP 200")
FAILED = Delivery(DeliveryOutcome.FAILED, "HTTP 503")
REFUSED = Delivery(DeliveryOutcome.REFUSED, "HTTP 400")
IN_DOUBT = Delivery(DeliveryOutcome.IN_DOUBT, "no answer within 5 s")


class Channel:
    """A channel that answers as the test says, in order; the last answer for ever."""

    def __init__(self, channel: ChannelId, changes: Changes, *answers: Delivery | Exception):
        self._id = channel
        self._changes = changes
        self._answers = list(answers)
        self.asked: list[str] = []
        self.free = asyncio.Event()
        self.free.set()
        self.closed = False

    @property
    def id(self) -> ChannelId:
        return self._id

    def answer(self, *answers: Delivery | Exception) -> None:
        """From now on."""
        self._answers = list(answers)

    async def send(self, notification: Notification) -> Delivery:
        self.asked.append(notification.key)
        self._changes.tell()
        await self.free.wait()
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.closed = True
        self._changes.tell()


class Figures:
    """What the dispatcher tells the metrics."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self.attempts: list[tuple[ChannelId, DeliveryOutcome, float | None]] = []
        self.incidents: list[IncidentId | None] = []
        self.boxes: list[tuple[int, datetime | None]] = []
        self.failed: list[tuple[ChannelId, bool]] = []

    def attempted(
        self,
        channel: ChannelId,
        outcome: DeliveryOutcome,
        notify_seconds: float | None,
        incident: IncidentId | None,
    ) -> None:
        self.attempts.append((channel, outcome, notify_seconds))
        self.incidents.append(incident)

    def channel_failed(self, channel: ChannelId, failed: bool) -> None:
        self.failed.append((channel, failed))

    def outbox(self, pending: int, oldest_created_at: datetime | None) -> None:
        self.boxes.append((pending, oldest_created_at))
        self._changes.tell()


@dataclass
class Bench:
    """A running dispatcher and all it touches."""

    changes: Changes
    clock: ManualClock
    figures: Figures
    dispatcher: Dispatcher
    next_channels: dict[ChannelId, Notifier]
    others: "Others"
    records: list[Attempted] = field(default_factory=list)

    def release(self, *messages: Notification) -> None:
        self.dispatcher.release([OutboxRow(m, next_attempt_at=m.created_at) for m in messages])

    async def until_recorded(self, count: int) -> None:
        await self.changes.until(lambda: len(self.records) == count)

    async def until_asleep_to(self, monotonic: float) -> None:
        await self.changes.until(lambda: self.clock.wakes_at() == pytest.approx(monotonic))

    def statuses(self) -> dict[str, DeliveryStatus]:
        return {r.row.notification.key: r.row.status for r in self.records}


class Others:
    """The engine's part: takes a message on by the next channel, if the test has given it one."""

    def __init__(self) -> None:
        self.next: dict[ChannelId, ChannelId] = {}
        self.asked: list[tuple[str, Trouble, frozenset[ChannelId]]] = []
        self.release: Callable[[Sequence[OutboxRow]], None] = lambda _rows: None

    def __call__(
        self, message: Notification, trouble: Trouble, failed: frozenset[ChannelId]
    ) -> bool:
        self.asked.append((message.key, trouble, failed))
        channel = self.next.get(message.channel)
        if channel is None or channel in failed:
            return False
        self.release([OutboxRow(replace(message, key=f"{message.key}:{channel}", channel=channel))])
        return True


def message(
    key: str,
    *,
    channel: ChannelId = HOOK,
    priority: Priority = Priority.P1,
    incident: str | None = None,
    event: IncidentEvent = IncidentEvent.OPENED,
) -> Notification:
    return Notification(
        key=key,
        incident=IncidentId(incident or key),
        event=event,
        contact=ContactId("duty"),
        channel=channel,
        priority=priority,
        text="",
        body="{}",
        created_at=START,
        started_at=START - timedelta(seconds=2),
    )


@asynccontextmanager
async def running(
    changes: Changes, *channels: Channel, limits: Mapping[ChannelId, int] | None = None
) -> AsyncIterator[Bench]:
    clock, figures, records = ManualClock(changes), Figures(changes), list[Attempted]()
    others = Others()
    next_channels: dict[ChannelId, Notifier] = {}

    def record(said: Sequence[Record]) -> None:
        records.extend(r for r in said if isinstance(r, Attempted))
        changes.tell()

    switchboard = Switchboard({one.id: one for one in channels}, lambda _config: next_channels)
    dispatcher = Dispatcher(
        clock,
        switchboard,
        record,
        figures,
        others,
        limits=limits or {},
        policy=POLICY,
        breaker=BREAKER,
    )
    others.release = dispatcher.release
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(dispatcher.run())
        try:
            yield Bench(changes, clock, figures, dispatcher, next_channels, others, records)
        finally:
            run.cancel()
            await switchboard.close()


def play(scene: Callable[[Changes], Awaitable[None]]) -> None:
    async def main() -> None:
        await scene(Changes())

    asyncio.run(main())


def test_an_accepted_message_is_recorded_and_measured() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.clock.advance_to(1.0)
            bench.release(message("k"))
            assert bench.dispatcher.pending == 1
            await bench.until_recorded(1)

            row = OutboxRow(message("k"), DeliveryStatus.ACCEPTED, attempts=1)
            at = START + timedelta(seconds=1)
            assert bench.records == [Attempted(row, at, DeliveryOutcome.ACCEPTED, "HTTP 200")]
            assert bench.figures.attempts == [(HOOK, DeliveryOutcome.ACCEPTED, 3.0)]
            assert bench.figures.incidents == [message("k").incident]
            assert (1, START) in bench.figures.boxes
            await changes.until(lambda: bench.figures.boxes[-1] == (0, None))
            assert bench.dispatcher.pending == 0

    play(scene)


def test_only_an_opening_message_measures_how_fast_we_tell() -> None:
    async def scene(changes: Changes) -> None:
        async with running(changes, Channel(HOOK, changes, ACCEPTED)) as bench:
            bench.release(message("k", event=IncidentEvent.RESOLVED))
            await bench.until_recorded(1)

            assert bench.figures.attempts == [(HOOK, DeliveryOutcome.ACCEPTED, None)]

    play(scene)


@pytest.mark.parametrize("answer", [FAILED, IN_DOUBT], ids=["failed", "in-doubt"])
def test_what_did_not_get_through_is_tried_again_under_its_key(answer: Delivery) -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, answer, answer, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(message("k"))
            for attempt, wakes_at in enumerate([1.0, 3.0], start=1):
                await bench.until_recorded(attempt)
                await bench.until_asleep_to(wakes_at)
                row = bench.records[-1].row
                assert (row.status, row.attempts) == (DeliveryStatus.PENDING, attempt)
                assert row.next_attempt_at == START + timedelta(seconds=wakes_at)
                assert bench.records[-1].outcome is answer.outcome
                bench.clock.advance_to(wakes_at)
            await bench.until_recorded(3)

            assert hook.asked == ["k", "k", "k"]
            assert bench.statuses() == {"k": DeliveryStatus.ACCEPTED}
            assert [a[2] for a in bench.figures.attempts] == [None, None, 5.0]

    play(scene)


def test_the_peer_may_ask_for_a_longer_wait() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, replace(FAILED, retry_after=4.0), ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(message("k"))
            await bench.until_recorded(1)
            await bench.until_asleep_to(4.0)

    play(scene)


def test_a_refused_message_is_not_tried_again() -> None:
    async def scene(changes: Changes) -> None:
        async with running(changes, Channel(HOOK, changes, REFUSED)) as bench:
            bench.release(message("k"))
            await bench.until_recorded(1)

            assert bench.statuses() == {"k": DeliveryStatus.REFUSED}
            assert bench.dispatcher.pending == 0

    play(scene)


def test_a_message_too_old_at_release_is_given_up_unsent() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.clock.advance_to(POLICY.give_up[Priority.P1] + 1)
            bench.release(message("k"))
            await bench.until_recorded(1)

            assert hook.asked == []
            assert bench.statuses() == {"k": DeliveryStatus.EXPIRED}
            assert bench.records[0].row.attempts == 0

    play(scene)


def test_a_channel_that_hangs_delays_no_other() -> None:
    async def scene(changes: Changes) -> None:
        hook, sms = Channel(HOOK, changes, ACCEPTED), Channel(SMS, changes, ACCEPTED)
        hook.free.clear()
        async with running(changes, hook, sms) as bench:
            bench.release(*(message(f"h{n}") for n in range(20)))
            bench.release(*(message(f"s{n}", channel=SMS) for n in range(20)))
            await bench.until_recorded(20)

            assert {r.row.notification.channel for r in bench.records} == {SMS}
            assert len(hook.asked) == 4

    play(scene)


def test_urgent_ones_do_not_queue_behind_the_rest() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        hook.free.clear()
        async with running(changes, hook) as bench:
            bench.release(*(message(f"p3-{n}", priority=Priority.P3) for n in range(10)))
            await changes.until(lambda: len(hook.asked) == 3)
            bench.release(message("p1"))
            await changes.until(lambda: len(hook.asked) == 4)

            assert hook.asked[-1] == "p1"

    play(scene)


def test_a_key_under_way_is_not_sent_twice() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        hook.free.clear()
        async with running(changes, hook) as bench:
            bench.release(message("k"), message("k"))
            await changes.until(lambda: bool(hook.asked))
            bench.release(message("k"))
            hook.free.set()
            await bench.until_recorded(1)
            await changes.until(lambda: bench.dispatcher.pending == 0)

            assert hook.asked == ["k"]

    play(scene)


def test_a_restored_row_waits_for_its_time_and_keeps_its_count() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, FAILED)
        row = OutboxRow(message("k"), attempts=3, next_attempt_at=START + timedelta(seconds=4))
        async with running(changes, hook) as bench:
            bench.dispatcher.release([row])
            await bench.until_asleep_to(4.0)
            assert hook.asked == []
            bench.clock.advance_to(4.0)
            await bench.until_recorded(1)

            assert bench.records[0].row.attempts == 4

    play(scene)


def test_a_wall_clock_that_was_set_back_does_not_silence_a_restored_row() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        row = OutboxRow(message("k"), attempts=1, next_attempt_at=START + timedelta(days=300))
        async with running(changes, hook) as bench:
            bench.dispatcher.release([row])
            await bench.until_asleep_to(HEARTBEAT)
            bench.clock.advance_to(POLICY.longest_asked)
            await bench.until_recorded(1)

    play(scene)


def test_a_channel_nobody_configured_refuses_with_the_reason() -> None:
    async def scene(changes: Changes) -> None:
        async with running(changes) as bench:
            bench.release(message("k"))
            await bench.until_recorded(1)

            assert bench.statuses() == {"k": DeliveryStatus.REFUSED}
            assert bench.records[0].detail == "no channel hook is configured"
            assert bench.figures.attempts == [(HOOK, DeliveryOutcome.REFUSED, None)]

    play(scene)


def test_a_fault_in_a_channel_is_a_failed_attempt_and_logged() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, RuntimeError("secret"), ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(message("k"))
            await bench.until_recorded(1)

            assert bench.records[0].outcome is DeliveryOutcome.FAILED
            assert bench.records[0].detail == "fault in the channel: RuntimeError"

    with capture_logs() as logs:
        play(scene)
    assert [line["log_level"] for line in logs] == ["error", "warning"]


def test_a_message_overtaken_by_a_later_one_is_not_sent_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linkwatch.runtime.lane.HOLD", 0.0)

    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, FAILED, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(message("opened", incident="LW-1"), message("resolved", incident="LW-1"))
            await bench.until_recorded(3)

            assert hook.asked == ["opened", "resolved"]
            assert bench.statuses() == {
                "opened": DeliveryStatus.EXPIRED,
                "resolved": DeliveryStatus.ACCEPTED,
            }
            assert "overtaken by resolved" in [r.detail for r in bench.records]
            assert bench.dispatcher.pending == 0

    play(scene)


def test_a_refused_message_is_offered_to_another_channel() -> None:
    async def scene(changes: Changes) -> None:
        hook, sms = Channel(HOOK, changes, REFUSED), Channel(SMS, changes, ACCEPTED)
        async with running(changes, hook, sms) as bench:
            bench.others.next[HOOK] = SMS
            bench.release(message("k"))
            await bench.until_recorded(2)

            assert bench.others.asked == [("k", Trouble.REFUSED, frozenset())]
            assert bench.statuses() == {
                "k": DeliveryStatus.REFUSED,
                "k:sms": DeliveryStatus.ACCEPTED,
            }

    play(scene)


def test_what_waits_for_a_channel_that_has_failed_goes_by_another_in_order() -> None:
    async def scene(changes: Changes) -> None:
        hook, sms = Channel(HOOK, changes, FAILED), Channel(SMS, changes, ACCEPTED)
        async with running(changes, hook, sms) as bench:
            bench.others.next[HOOK] = SMS
            bench.release(
                *(message(f"k{n}") for n in range(3)),
                message("k2-later", incident="k2"),
                message("alone", channel=SMS),
            )
            await bench.until_recorded(9 + 2)

            assert bench.figures.failed == [(HOOK, True)]
            by_hook = {k: s for k, s in bench.statuses().items() if ":" not in k and k != "alone"}
            assert set(by_hook.values()) == {DeliveryStatus.HANDED_ON}
            assert sms.asked.index("k2:sms") < sms.asked.index("k2-later:sms")
            assert {failed for _, _, failed in bench.others.asked} == {frozenset({HOOK})}
            assert bench.dispatcher.pending == 0

            bench.release(message("new"))
            await changes.until(lambda: "new:sms" in sms.asked)
            assert "new" not in hook.asked

    play(scene)


def test_with_no_other_channel_one_trial_at_a_time_until_it_works() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, FAILED)
        async with running(changes, hook) as bench:
            slow = [message(f"k{n}", priority=Priority.P3) for n in range(6)]
            bench.release(*slow)
            await bench.until_recorded(3)
            assert bench.figures.failed == [(HOOK, True)]
            await bench.until_asleep_to(HEARTBEAT)
            bench.clock.advance_to(HEARTBEAT)
            await bench.until_asleep_to(2 * HEARTBEAT)
            assert len(hook.asked) == 3

            bench.clock.advance_to(10.0)
            await bench.until_recorded(4)
            await bench.until_asleep_to(10.0 + HEARTBEAT)

            hook.answer(ACCEPTED)
            bench.clock.advance_to(30.0)
            await bench.until_recorded(10)
            assert bench.figures.failed == [(HOOK, True), (HOOK, False)]
            assert set(bench.statuses().values()) == {DeliveryStatus.ACCEPTED}

    play(scene)


def test_an_urgent_message_does_not_wait_for_the_end_of_a_pause() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, FAILED)
        async with running(changes, hook) as bench:
            bench.release(*(message(f"k{n}", priority=Priority.P3) for n in range(3)))
            await bench.until_recorded(3)
            hook.answer(ACCEPTED)
            bench.release(message("p1"))
            await bench.until_recorded(4)

            assert bench.statuses()["p1"] is DeliveryStatus.ACCEPTED
            assert bench.figures.failed == [(HOOK, True), (HOOK, False)]

    play(scene)


def test_a_greylisted_message_breaks_no_channel_but_does_not_wait_for_ever() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, Delivery(DeliveryOutcome.DEFERRED, "450"))
        sms = Channel(SMS, changes, ACCEPTED)
        async with running(changes, hook, sms) as bench:
            bench.others.next[HOOK] = SMS
            bench.release(message("k"))
            for attempt, at in enumerate((1.0, 3.0, 7.0, 15.0, 31.0, 63.0), start=1):
                await bench.until_recorded(attempt)
                bench.clock.advance_to(at)
            await bench.until_recorded(8)

            assert bench.figures.failed == []
            assert bench.others.asked == [("k", Trouble.LATE, frozenset())]
            assert bench.statuses() == {
                "k": DeliveryStatus.HANDED_ON,
                "k:sms": DeliveryStatus.ACCEPTED,
            }

    play(scene)


def test_another_channel_is_asked_again_once_one_works_again() -> None:
    async def scene(changes: Changes) -> None:
        hook, sms = Channel(HOOK, changes, FAILED), Channel(SMS, changes, FAILED)
        async with running(changes, hook, sms) as bench:
            bench.others.next[HOOK] = SMS
            bench.release(*(message(f"s{n}", channel=SMS, priority=Priority.P3) for n in range(3)))
            await changes.until(lambda: bench.figures.failed == [(SMS, True)])
            bench.release(*(message(f"h{n}", priority=Priority.P3) for n in range(4)))
            await changes.until(lambda: (HOOK, True) in bench.figures.failed)
            await bench.until_recorded(6)
            assert not any(key.endswith(":sms") for key in sms.asked)

            sms.answer(ACCEPTED)
            bench.clock.advance_to(10.0)
            await changes.until(lambda: sum(key.endswith(":sms") for key in sms.asked) == 4)

    play(scene)


def test_a_channel_is_asked_for_no_more_than_its_limit() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        async with running(changes, hook, limits={HOOK: 4}) as bench:
            bench.release(*(message(f"k{n}") for n in range(3)))
            await bench.until_recorded(1)
            for count in (2, 3):
                for beat in range(1, 5):
                    woken = (count - 2) * 20.0 + beat * HEARTBEAT
                    await bench.until_asleep_to(woken)
                    assert len(hook.asked) == count - 1
                    bench.clock.advance_to(woken)
                await bench.until_recorded(count)

    play(scene)


def test_a_reload_forgets_that_a_channel_had_failed(config: Config) -> None:
    async def scene(changes: Changes) -> None:
        hook, mended = Channel(HOOK, changes, FAILED), Channel(HOOK, changes, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(*(message(f"k{n}", priority=Priority.P3) for n in range(4)))
            await bench.until_recorded(3)
            bench.next_channels[HOOK] = mended
            (await bench.dispatcher.prepare(config))()
            await changes.until(lambda: mended.asked == ["k3"])
            assert bench.figures.failed == [(HOOK, True), (HOOK, False)]

    play(scene)


def test_a_message_for_a_channel_that_is_gone_is_offered_to_another() -> None:
    async def scene(changes: Changes) -> None:
        sms = Channel(SMS, changes, ACCEPTED)
        async with running(changes, sms) as bench:
            bench.others.next[HOOK] = SMS
            bench.release(message("k"))
            await bench.until_recorded(2)

            assert bench.statuses()["k:sms"] is DeliveryStatus.ACCEPTED

    play(scene)


def test_what_is_too_old_is_given_up_also_while_its_channel_is_broken() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, FAILED)
        async with running(changes, hook) as bench:
            bench.release(*(message(f"k{n}", priority=Priority.P3) for n in range(3)))
            await bench.until_recorded(3)
            bench.clock.advance_to(POLICY.give_up[Priority.P3] + 1)
            await bench.until_recorded(6)

            assert set(bench.statuses().values()) == {DeliveryStatus.EXPIRED}

    play(scene)


def test_a_reload_swaps_channels_and_closes_the_old_ones_when_they_are_done(
    config: Config,
) -> None:
    async def scene(changes: Changes) -> None:
        old, new = Channel(HOOK, changes, FAILED), Channel(HOOK, changes, ACCEPTED)
        old.free.clear()
        async with running(changes, old) as bench:
            bench.release(message("k"))
            await changes.until(lambda: bool(old.asked))
            bench.next_channels[HOOK] = new
            commit = await bench.dispatcher.prepare(config)
            assert new.asked == []
            commit()
            bench.release(message("k2"))
            await changes.until(lambda: new.asked == ["k2"])
            assert not old.closed

            old.free.set()
            await changes.until(lambda: old.closed)
            await bench.until_asleep_to(1.0)
            bench.clock.advance_to(1.0)
            await changes.until(lambda: new.asked == ["k2", "k"])

    play(scene)


def test_an_old_channel_that_cannot_be_closed_ends_nothing(config: Config) -> None:
    class Stuck(Channel):
        async def close(self) -> None:
            await super().close()
            raise OSError("broken pipe")

    async def scene(changes: Changes) -> None:
        old, new = Stuck(HOOK, changes, ACCEPTED), Channel(HOOK, changes, ACCEPTED)
        async with running(changes, old) as bench:
            bench.next_channels[HOOK] = new
            (await bench.dispatcher.prepare(config))()
            await changes.until(lambda: old.closed)
            bench.release(message("k"))
            await changes.until(lambda: new.asked == ["k"])

    with capture_logs() as logs:
        play(scene)
    assert logs[0]["event"] == "channel not closed"


def test_a_channel_that_cannot_be_built_leaves_the_old_ones(config: Config) -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)

        def build(_config: Config) -> dict[ChannelId, Notifier]:
            raise LookupError("no secret")

        clock, figures = ManualClock(changes), Figures(changes)
        switchboard = Switchboard({HOOK: hook}, build)
        dispatcher = Dispatcher(
            clock, switchboard, lambda _r: None, figures, lambda _m, _t, _f: False, limits={}
        )
        with pytest.raises(LookupError):
            await dispatcher.prepare(config)
        assert not hook.closed

    play(scene)


def test_drain_lets_attempts_under_way_end_and_starts_no_more() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        hook.free.clear()
        async with running(changes, hook) as bench:
            bench.release(*(message(f"k{n}") for n in range(6)))
            await changes.until(lambda: len(hook.asked) == 4)
            assert await bench.dispatcher.drain(0.01) is False
            asyncio.get_running_loop().call_soon(hook.free.set)
            assert await bench.dispatcher.drain(PATIENCE) is True

            assert len(bench.records) == len(hook.asked) == 4
            assert bench.dispatcher.pending == 2

    play(scene)


def test_progress_goes_on_while_there_is_nothing_to_do() -> None:
    async def scene(changes: Changes) -> None:
        async with running(changes) as bench:
            for turn in range(1, 4):
                await bench.until_asleep_to(turn * HEARTBEAT)
                assert bench.dispatcher.progress == (turn - 1) * HEARTBEAT
                bench.clock.advance_to(turn * HEARTBEAT)

    play(scene)


def test_a_thousand_messages_all_arrive() -> None:
    async def scene(changes: Changes) -> None:
        hook = Channel(HOOK, changes, ACCEPTED)
        async with running(changes, hook) as bench:
            bench.release(*(message(f"k{n}") for n in range(1000)))
            await bench.until_recorded(1000)

            assert set(bench.statuses().values()) == {DeliveryStatus.ACCEPTED}

    play(scene)


@pytest.fixture
def config() -> Config:
    """Of it the dispatcher reads only the limits; the factory it is given does the rest."""
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(inventory(), settings, files=(), unused=())
