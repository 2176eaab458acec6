"""Sends what has been written: each channel by itself, urgent first, again until it is settled."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf

from linkwatch.config.settings import Config
from linkwatch.model.ids import ChannelId
from linkwatch.model.journal import Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import DeliveryStatus, Notification, OutboxRow
from linkwatch.ports import Clock, Notifier
from linkwatch.runtime.attempt import attempt
from linkwatch.runtime.gate import Gates
from linkwatch.runtime.lane import Lane, Parcel
from linkwatch.runtime.settling import DeliveryObserver, HandOn, Settling
from linkwatch.runtime.switchboard import Switchboard
from linkwatch.timing.breaker import BreakerPolicy
from linkwatch.timing.retry import RetryPolicy

HEARTBEAT = 5.0
"""s between two turns at the most, so that `progress` tells a quiet loop from a dead one."""


class Dispatcher:
    """Takes released messages and brings each to an end; a slow channel delays no other.

    `record` gets every attempt for the journal. Delivery is at least once: what is in doubt is
    tried again under the same idempotency key. `limits`: messages a minute, of channels that have
    a limit.
    """

    def __init__(
        self,
        clock: Clock,
        switchboard: Switchboard,
        record: Callable[[Sequence[Record]], None],
        observer: DeliveryObserver,
        hand_on: HandOn,
        *,
        limits: Mapping[ChannelId, int],
        policy: RetryPolicy | None = None,
        breaker: BreakerPolicy | None = None,
    ) -> None:
        self._clock = clock
        self._switchboard = switchboard
        self._observer = observer
        self._policy = RetryPolicy() if policy is None else policy
        self._gates = Gates(limits, observer.channel_failed, breaker or BreakerPolicy())
        self._settling = Settling(self._policy, self._gates, record, observer, hand_on)
        self._lanes: dict[ChannelId, Lane] = {}
        self._to_offer: set[ChannelId] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._progress = clock.now().monotonic

    @property
    def pending(self) -> int:
        """Messages not yet settled."""
        return len(self._settling.pending)

    @property
    def progress(self) -> float:
        """When (monotonic s) the loop last turned; never much more than `HEARTBEAT` ago."""
        return self._progress

    @property
    def failed(self) -> frozenset[ChannelId]:
        """Channels whose circuit is broken."""
        return self._gates.failed

    @property
    def waiting(self) -> Collection[Notification]:
        """The messages not yet settled; not to be kept."""
        return self._settling.pending.values()

    def release(self, rows: Sequence[OutboxRow]) -> None:
        """Take messages to send. Never blocks; a key that is under way already is left alone."""
        now = self._clock.now()
        for row in rows:
            message = row.notification
            known = message.key in self._settling.pending
            if known or row.status is not DeliveryStatus.PENDING:
                continue
            self._settling.pending[message.key] = message
            lane = self._lanes.setdefault(message.channel, Lane())
            born = min(now.monotonic, now.monotonic_at(message.created_at))
            lane.add(Parcel(row, now.monotonic + self._wait(row, now), born), now.monotonic)
            self._to_offer.add(message.channel)
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
        limits = new.settings.limits

        def commit() -> None:
            switch()
            self._gates.reset(limits)
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
        wakes = now.monotonic + HEARTBEAT
        if not self._stopping:
            self._offer(now)
            for channel, lane in list(self._lanes.items()):
                wakes = min(wakes, self._start_due(tasks, channel, lane, now))
        oldest = next(iter(self._settling.pending.values()), None)
        self._observer.outbox(self.pending, None if oldest is None else oldest.created_at)
        return wakes

    def _offer(self, now: Moment) -> None:
        """What waits for a channel that has failed is offered to others: once for each change."""
        asking, self._to_offer = self._to_offer & self._gates.failed, set()
        for channel in asking & self._lanes.keys():
            self._settling.offer(channel, self._lanes[channel], now)

    def _start_due(
        self, tasks: asyncio.TaskGroup, channel: ChannelId, lane: Lane, now: Moment
    ) -> float:
        """Start what one channel may send now; when (monotonic s) it may send more."""
        notifier = self._switchboard.get(channel)
        if notifier is None:
            self._settling.refuse_all(channel, lane, now)
            return inf
        gate = self._gates.of(channel)
        while (parcel := lane.head(now.monotonic)) is not None:
            if self._settling.is_expired(lane, parcel, now):
                continue
            wait = gate.wait(now.monotonic, urgent=parcel.is_urgent)
            if wait > 0:
                return min(now.monotonic + wait, lane.next_due)
            gate.start(now.monotonic)
            lane.take(now.monotonic)
            self._switchboard.take(notifier)
            sending = self._attempt(lane, parcel, notifier)
            tasks.create_task(sending, name=f"send-{parcel.key}")
        return lane.next_due

    async def _ring(self, at: float) -> None:
        await self._clock.sleep_until(at)
        self._wake.set()

    async def _attempt(self, lane: Lane, parcel: Parcel, notifier: Notifier) -> None:
        message = parcel.row.notification
        try:
            delivery = await attempt(notifier.send(message), message.channel, message.key)
        finally:
            self._switchboard.give_back(notifier)
        before = self._gates.failed
        self._settling.judge(lane, parcel, delivery, self._clock.now())
        if self._gates.failed != before:
            self._to_offer.update(self._gates.failed)
        self._wake.set()
