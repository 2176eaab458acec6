"""Watches the channels themselves: what their attempts say, and a test where nothing else tells."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from linkwatch.judge.channel import ChannelFault, ChannelJudge
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Attempted, Enqueue, Record, Restored
from linkwatch.model.moment import Moment
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
)
from linkwatch.model.trial import DailyTest, TrialResult
from linkwatch.oncall.daily_test import in_use, who_tries
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.reach import reaches
from linkwatch.ports import ChannelStatus, Clock
from linkwatch.runtime.daily_tests import DailyTests, TrialObserver
from linkwatch.runtime.trial import stamped_key, trial_message

FIRST_RECHECK = 300.0
SLOWEST_RECHECK = 3600.0
"""s from a failure to a test of whether it lasts, and between two of them in the end."""
_EVERYBODY = ContactId("")
_OUTCOMES = {outcome.value: outcome for outcome in DeliveryOutcome}

_log = structlog.get_logger(__name__)


class Road(Protocol):
    """What the watch asks of the dispatcher."""

    @property
    def failed(self) -> frozenset[ChannelId]:
        """Channels whose circuit is broken."""
        ...

    @property
    def waiting(self) -> Collection[Notification]:
        """The messages not yet settled."""
        ...


class ChannelWatch:
    """Judges every channel in use, and tells when another one fails or delivers again.

    A channel that has failed and is given nothing more would never be seen to work again: it gets
    a marked test to carry, after pauses that grow, and none while anything else waits for it.
    """

    def __init__(
        self,
        clock: Clock,
        book: Callable[[], DutyBook],
        road: Road,
        *,
        submit: Callable[[Sequence[Record], Moment], None],
        tell: Callable[[Sequence[ChannelFault]], None],
        observer: TrialObserver,
    ) -> None:
        self._clock = clock
        self._book = book
        self._road = road
        self._submit = submit
        self._tell = tell
        self._tests = DailyTests(submit, observer)
        self._judges: dict[ChannelId, ChannelJudge] = {}
        self._faults: dict[ChannelId, ChannelFault] = {}
        self._told: frozenset[ChannelId] = frozenset()
        self._rechecks: dict[ChannelId, tuple[float, float]] = {}
        """When (monotonic s) a channel that has failed is tested, and the pause (s) after that."""
        self._inventory: Inventory | None = None

    def resume(self, restored: Restored) -> None:
        """Take up what an earlier run left."""
        self._tests.resume(restored.tests, self._clock.now().wall)
        for incident in restored.open_incidents:
            self._restore(incident)

    def see(self, records: Iterable[Record]) -> None:
        """Take note of the attempts among them."""
        for record in records:
            if isinstance(record, Attempted):
                self._take(record)

    def repeated(self, channel: ChannelId, delivery: Delivery) -> None:
        """A channel has told its peer again of what stands: an attempt to reach nobody's own."""
        self._judge(channel).take(delivery.outcome, _EVERYBODY, self._clock.now().wall)

    async def look(self) -> None:
        """Every few seconds: send what is due, and tell what has changed."""
        now, book = self._clock.now(), self._book()
        self._follow(book.inventory, now)
        channels = in_use(book.inventory)
        self._judges = {name: self._judge(name) for name in channels}
        self._tests.look(book, now)
        verdicts = (
            judge.verdict(broken=name in self._road.failed, now=now.wall)
            for name, judge in self._judges.items()
        )
        self._faults = {fault.channel: fault for fault in verdicts if fault is not None}
        self._recheck(book, now)
        # What they come to may change with each attempt: that is for the status to show.
        if self._faults.keys() != self._told:
            self._told = frozenset(self._faults)
            self._tell(tuple(self._faults.values()))

    @property
    def is_mute(self) -> bool:
        """Whether there are channels, and nothing gets through by any of them."""
        return bool(self._judges) and self._faults.keys() == self._judges.keys()

    def status(self) -> tuple[ChannelStatus, ...]:
        """Each channel in use as the last look found it."""
        return tuple(self._status(name) for name in self._judges)

    def _take(self, record: Attempted) -> None:
        ended = self._tests.see(record)
        message = record.row.notification
        judge = self._judge(message.channel)
        if _is_attempt(record.row, record.outcome) and not self._is_contacts_own(record):
            judge.take(record.outcome, message.contact, record.at)
        if ended is not None and ended.result is TrialResult.FAILED:
            judge.fail()

    def _is_contacts_own(self, record: Attempted) -> bool:
        """A refusal that says nothing of the channel: it lacks an address to send to."""
        if record.outcome is not DeliveryOutcome.REFUSED:
            return False
        message, inventory = record.row.notification, self._book().inventory
        contact = inventory.contacts.get(message.contact)
        return contact is None or not reaches(message.channel, contact, inventory)

    def _follow(self, inventory: Inventory, now: Moment) -> None:
        """A new configuration may have mended what failed: that is tried at once."""
        if self._inventory is not None and inventory is not self._inventory:
            self._rechecks = dict.fromkeys(self._faults, (now.monotonic, FIRST_RECHECK))
        self._inventory = inventory

    def _judge(self, channel: ChannelId) -> ChannelJudge:
        if channel not in self._judges:
            self._judges[channel] = ChannelJudge(channel)
        return self._judges[channel]

    def _restore(self, incident: Incident) -> None:
        channel = incident.subject.channel
        if channel is None or incident.good_since is not None:
            return
        reason = _OUTCOMES.get(incident.reason or "", DeliveryOutcome.FAILED)
        self._judge(channel).restore(incident.started_at, reason)
        self._told |= {channel}

    def _recheck(self, book: DutyBook, now: Moment) -> None:
        begun = (now.monotonic + FIRST_RECHECK, FIRST_RECHECK)
        self._rechecks = {name: self._rechecks.get(name, begun) for name in self._faults}
        for channel, (at, pause) in self._rechecks.items():
            if now.monotonic < at or any(m.channel == channel for m in self._road.waiting):
                continue
            longer = min(2 * pause, SLOWEST_RECHECK)
            self._rechecks[channel] = (now.monotonic + longer, longer)
            self._try(book, channel, now)

    def _try(self, book: DutyBook, channel: ChannelId, now: Moment) -> None:
        who = who_tries(book, channel, now.wall)
        if who is None:
            return
        inventory = book.inventory
        key = stamped_key("recheck", who, channel, now.wall)
        message = trial_message(inventory, inventory.contacts[who], channel, key, now.wall)
        _log.info("a channel that has failed is tested", channel=channel, key=key)
        self._submit([Enqueue(message)], now)

    def _status(self, channel: ChannelId) -> ChannelStatus:
        fault, test = self._faults.get(channel), self._tests.last(channel)
        return ChannelStatus(
            id=channel,
            failed_since=fault.since if fault else None,
            reason=fault.reason.value if fault else None,
            last_accepted_at=self._judges[channel].last_accepted_at,
            tested_at=_when(test),
            test=test.result if test else TrialResult.NEVER,
            test_detail=test.detail if test else "",
            test_due=self._tests.due(channel),
        )


def _is_attempt(row: OutboxRow, outcome: DeliveryOutcome) -> bool:
    """Whether a peer was asked. What is settled without that counts as failed, and so do the few
    attempts that end likewise: they come after others that tell the same.
    """
    ended = row.status in (DeliveryStatus.HANDED_ON, DeliveryStatus.EXPIRED)
    return not (ended and outcome is DeliveryOutcome.FAILED)


def _when(test: DailyTest | None) -> datetime | None:
    return (test.ended_at or test.sent_at) if test else None
