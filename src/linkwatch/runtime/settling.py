"""What becomes of a message: after an attempt, or without one."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from linkwatch.model.ids import ChannelId, IncidentId
from linkwatch.model.journal import Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    Trouble,
)
from linkwatch.runtime.attempt import account_for, notify_seconds
from linkwatch.runtime.gate import Gates
from linkwatch.runtime.lane import Lane, Parcel
from linkwatch.timing.retry import RetryPolicy, after_attempt, is_late, is_too_old

HandOn = Callable[[Notification, Trouble, frozenset[ChannelId]], bool]
"""Asks whether another channel takes a message on; the channels that have failed are no help."""


class DeliveryObserver(Protocol):
    """The part of `ports.Observer` that concerns delivery."""

    def attempted(
        self,
        channel: ChannelId,
        outcome: DeliveryOutcome,
        notify_seconds: float | None,
        incident: IncidentId | None,
    ) -> None:
        """An attempt to deliver."""
        ...

    def outbox(self, pending: int, oldest_created_at: datetime | None) -> None:
        """The outbox as it stands."""
        ...

    def channel_failed(self, channel: ChannelId, failed: bool) -> None:
        """A channel broke, or works again."""
        ...


class Settling:
    """Keeps the messages that are not settled, and settles them; every step is recorded."""

    def __init__(
        self,
        policy: RetryPolicy,
        gates: Gates,
        record: Callable[[Sequence[Record]], None],
        observer: DeliveryObserver,
        hand_on: HandOn,
    ) -> None:
        self._policy = policy
        self._gates = gates
        self._record = record
        self._observer = observer
        self._hand_on = hand_on
        self.pending: OrderedDict[str, Notification] = OrderedDict()
        """By key, in the order of their release."""

    def judge(self, lane: Lane, parcel: Parcel, delivery: Delivery, now: Moment) -> None:
        """After an attempt: settled, tried again, or taken on by another channel."""
        message = parcel.row.notification
        self._gates.end(message.channel, delivery, now.monotonic)
        accepted = delivery.outcome is DeliveryOutcome.ACCEPTED
        self._observer.attempted(
            message.channel,
            delivery.outcome,
            notify_seconds(message, now) if accepted else None,
            message.incident,
        )
        parcel.row = replace(parcel.row, attempts=parcel.row.attempts + 1)
        age = now.monotonic - parcel.born
        onward = after_attempt(
            self._policy,
            delivery,
            key=message.key,
            priority=message.priority,
            attempts=parcel.row.attempts,
            age=age,
            is_test=message.is_test,
        )
        if onward.wait is not None and not self._goes_elsewhere(message, age):
            self._try_again(lane, parcel, onward.wait, delivery, now)
            return
        if accepted:
            for earlier in lane.overtaken_by(parcel):
                self._end(earlier, DeliveryStatus.EXPIRED, f"overtaken by {message.key}", now)
        lane.settle(parcel, now.monotonic)
        status = DeliveryStatus.HANDED_ON if onward.wait is not None else onward.status
        self._settle(parcel, status, delivery, now)
        if status is DeliveryStatus.REFUSED:
            self._hand_on(message, Trouble.REFUSED, self._gates.failed)

    def offer(self, channel: ChannelId, lane: Lane, now: Moment) -> None:
        """Have other channels take on what waits for one that has failed, as far as they can."""
        gone = []
        for parcel in lane.waiting():
            if parcel.offered == self._gates.failed:
                continue
            parcel.offered = self._gates.failed
            message = parcel.row.notification
            if self._hand_on(message, Trouble.CHANNEL_FAILED, self._gates.failed):
                gone.append(parcel)
        lane.withdraw(gone, now.monotonic)
        for parcel in gone:
            self._end(parcel, DeliveryStatus.HANDED_ON, f"{channel} has failed", now)

    def is_expired(self, lane: Lane, parcel: Parcel, now: Moment) -> bool:
        """Give a message up that is too old to be of use; whether it was."""
        message, age = parcel.row.notification, now.monotonic - parcel.born
        if not is_too_old(self._policy, message.priority, age, is_test=message.is_test):
            return False
        lane.withdraw([parcel], now.monotonic)
        self._end(parcel, DeliveryStatus.EXPIRED, "too old to be of use", now)
        return True

    def refuse_all(self, channel: ChannelId, lane: Lane, now: Moment) -> None:
        """A channel that is not, or no longer, configured."""
        for parcel in lane.clear():
            message = parcel.row.notification
            self._observer.attempted(channel, DeliveryOutcome.REFUSED, None, message.incident)
            self._end(parcel, DeliveryStatus.REFUSED, f"no channel {channel} is configured", now)
            self._hand_on(message, Trouble.REFUSED, self._gates.failed)

    def _goes_elsewhere(self, message: Notification, age: float) -> bool:
        if message.channel in self._gates.failed:
            return self._hand_on(message, Trouble.CHANNEL_FAILED, self._gates.failed)
        if is_late(self._policy, message.priority, age):
            return self._hand_on(message, Trouble.LATE, self._gates.failed)
        return False

    def _try_again(
        self, lane: Lane, parcel: Parcel, wait: float, delivery: Delivery, now: Moment
    ) -> None:
        row = replace(parcel.row, next_attempt_at=now.wall + timedelta(seconds=wait))
        parcel.offered = self._gates.failed
        lane.again(parcel, row, now.monotonic + wait, now.monotonic)
        account_for(self._record, row, delivery, now)

    def _end(self, parcel: Parcel, status: DeliveryStatus, why: str, now: Moment) -> None:
        """Settle, without an attempt, a message that its lane no longer holds."""
        refused = status is DeliveryStatus.REFUSED
        outcome = DeliveryOutcome.REFUSED if refused else DeliveryOutcome.FAILED
        self._settle(parcel, status, Delivery(outcome, why), now)

    def _settle(
        self, parcel: Parcel, status: DeliveryStatus, delivery: Delivery, now: Moment
    ) -> None:
        del self.pending[parcel.key]
        row = replace(parcel.row, status=status, next_attempt_at=None)
        account_for(self._record, row, delivery, now)
