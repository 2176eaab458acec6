"""Sends what has been written: each channel by itself, urgent first, again until it is settled."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from linkwatch.config.settings import Config
from linkwatch.model.ids import ChannelId
from linkwatch.model.journal import Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
)
from linkwatch.ports import Clock, Notifier
from linkwatch.runtime.attempt import (
    account_for,
    attempt,
    notify_seconds,
)
from linkwatch.runtime.lane import Lane, Parcel
from linkwatch.runtime.switchboard import Switchboard
from linkwatch.timing.retry import RetryPolicy, after_attempt, is_too_old

HEARTBEAT = 5.0
"""s between two turns at the most, so that `progress` tells a quiet loop from a dead one."""


class DeliveryObserver(Protocol):
    """The part of `ports.Observer` that concerns delivery."""

    def attempted(
        self, channel: ChannelId, outcome: DeliveryOutcome, notify_seconds: float | None
    ) -> None:
        """An attempt to deliver."""
        ...

    def outbox(self, pending: int, oldest_created_at: datetime | None) -> None:
        """The outbox as it stands."""
        ...


class Dispatcher:
    """Takes released messages and brings each to an end; a slow channel delays no other.

    `record` gets every attempt for the journal. Delivery is at least once: what is in doubt is
    tried again under the same idempotency key.
    """

    def __init__(
        self,
        clock: Clock,
        switchboard: Switchboard,
        record: Callable[[Sequence[Record]], None],
        observer: DeliveryObserver,
        *,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._clock = clock
        self._switchboard = switchboard
        self._record = record
        self._observer = observer
        self._policy = RetryPolicy() if policy is None else policy
        self._lanes: dict[ChannelId, Lane] = {}
        self._pending: OrderedDict[str, Notification] = OrderedDict()
        self._wake = asyncio.Event()
        self._stopping = False
        self._progress = clock.now().monotonic

    @property
    def pending(self) -> int:
        """Messages not yet settled."""
        return len(self._pending)

    @property
    def progress(self) -> float:
        """When (monotonic s) the loop last turned; never much more than `HEARTBEAT` ago."""
        return self._progress

    def release(self, rows: Sequence[OutboxRow]) -> None:
        """Take messages to send. Never blocks; a key that is under way already is left alone."""
        now = self._clock.now()
        for row in rows:
            message = row.notification
            if message.key in self._pending or row.status is not DeliveryStatus.PENDING:
                continue
            self._pending[message.key] = message
            lane = self._lanes.setdefault(message.channel, Lane())
            born = min(now.monotonic, now.monotonic_at(message.created_at))
            lane.add(Parcel(row, now.monotonic + self._wait(row, now), born), now.monotonic)
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; an attempt cut off is made again after a restart."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                alarm = tasks.create_task(self._ring(self._turn(tasks)), name="dispatcher-alarm")
                await self._wake.wait()
                alarm.cancel()

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Let the channels get ready; with the commit they are used at once."""
        switch = await self._switchboard.prepare(new)

        def commit() -> None:
            switch()
            self._wake.set()

        return commit

    async def drain(self, within: float) -> bool:
        """Start no more; wait up to `within` s for the attempts under way; whether all ended."""
        self._stopping = True
        try:
            async with asyncio.timeout(within):
                await self._switchboard.quiet.wait()
        except TimeoutError:
            return False
        return True

    def _wait(self, row: OutboxRow, now: Moment) -> float:
        # A restored row's time is the wall clock's, which may have been set since.
        if row.next_attempt_at is None:
            return 0.0
        planned = (row.next_attempt_at - now.wall).total_seconds()
        return min(max(planned, 0.0), self._policy.longest_asked)

    def _turn(self, tasks: asyncio.TaskGroup) -> float:
        """Start all that can start; when (monotonic s) to look again."""
        now = self._clock.now()
        self._progress = now.monotonic
        self._switchboard.close_retired(tasks)
        if not self._stopping:
            self._start_due(tasks, now)
        oldest = next(iter(self._pending.values()), None)
        self._observer.outbox(self.pending, None if oldest is None else oldest.created_at)
        dues = [lane.next_due for lane in self._lanes.values()] if not self._stopping else []
        return min([now.monotonic + HEARTBEAT, *(due for due in dues if due is not None)])

    def _start_due(self, tasks: asyncio.TaskGroup, now: Moment) -> None:
        for channel, lane in self._lanes.items():
            notifier = self._switchboard.get(channel)
            if notifier is None:
                self._refuse_all(channel, lane, now)
                continue
            while (parcel := lane.take(now.monotonic)) is not None:
                self._start(tasks, lane, parcel, notifier, now)

    async def _ring(self, at: float) -> None:
        await self._clock.sleep_until(at)
        self._wake.set()

    def _start(
        self,
        tasks: asyncio.TaskGroup,
        lane: Lane,
        parcel: Parcel,
        notifier: Notifier,
        now: Moment,
    ) -> None:
        message = parcel.row.notification
        if is_too_old(self._policy, message.priority, now.monotonic - parcel.born):
            lane.settle(parcel, now.monotonic)
            self._end(parcel, DeliveryStatus.EXPIRED, "too old to be of use", now)
            return
        self._switchboard.take(notifier)
        tasks.create_task(self._attempt(lane, parcel, notifier), name=f"send-{message.key}")

    async def _attempt(self, lane: Lane, parcel: Parcel, notifier: Notifier) -> None:
        message = parcel.row.notification
        try:
            delivery = await attempt(notifier.send(message), message.channel, message.key)
        finally:
            self._switchboard.give_back(notifier)
        self._judge(lane, parcel, delivery, self._clock.now())
        self._wake.set()

    def _judge(self, lane: Lane, parcel: Parcel, delivery: Delivery, now: Moment) -> None:
        message = parcel.row.notification
        attempts = parcel.row.attempts + 1
        onward = after_attempt(
            self._policy,
            delivery,
            key=message.key,
            priority=message.priority,
            attempts=attempts,
            age=now.monotonic - parcel.born,
        )
        accepted = onward.status is DeliveryStatus.ACCEPTED
        self._observer.attempted(
            message.channel, delivery.outcome, notify_seconds(message, now) if accepted else None
        )
        row = replace(parcel.row, attempts=attempts)
        if onward.wait is not None:
            next_at = now.wall + timedelta(seconds=onward.wait)
            row = replace(row, next_attempt_at=next_at)
            lane.again(parcel, row, now.monotonic + onward.wait, now.monotonic)
            account_for(self._record, row, delivery, now)
            return
        if accepted:
            for earlier in lane.overtaken_by(parcel):
                self._end(earlier, DeliveryStatus.EXPIRED, f"overtaken by {message.key}", now)
        lane.settle(parcel, now.monotonic)
        del self._pending[message.key]
        account_for(
            self._record, replace(row, status=onward.status, next_attempt_at=None), delivery, now
        )

    def _refuse_all(self, channel: ChannelId, lane: Lane, now: Moment) -> None:
        """A channel that is not, or no longer, configured."""
        for parcel in lane.clear():
            self._observer.attempted(channel, DeliveryOutcome.REFUSED, None)
            self._end(parcel, DeliveryStatus.REFUSED, f"no channel {channel} is configured", now)

    def _end(self, parcel: Parcel, status: DeliveryStatus, why: str, now: Moment) -> None:
        """Settle, without an attempt, a message that its lane no longer holds."""
        refused = status is DeliveryStatus.REFUSED
        outcome = DeliveryOutcome.REFUSED if refused else DeliveryOutcome.FAILED
        del self._pending[parcel.key]
        row = replace(parcel.row, status=status, next_attempt_at=None)
        account_for(self._record, row, Delivery(outcome, why), now)
