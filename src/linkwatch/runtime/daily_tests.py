"""Every day each channel in use carries one marked test to the operators."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from linkwatch.model.ids import ChannelId
from linkwatch.model.journal import Attempted, Enqueue, Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import DeliveryStatus
from linkwatch.model.trial import DailyTest, TrialResult, daily_key
from linkwatch.oncall.daily_test import Due, due, in_use, who_tries
from linkwatch.oncall.duty import DutyBook
from linkwatch.runtime.trial import trial_message
from linkwatch.timing.retry import TEST_LASTS

_log = structlog.get_logger(__name__)


class TrialObserver(Protocol):
    """The part of `ports.Observer` that concerns tests."""

    def channel_tested(self, channel: ChannelId, at: datetime, accepted: bool) -> None:
        """A channel's daily test has come to an end."""
        ...


class DailyTests:
    """Sends what is due. The mark that a test was sent is its message in the outbox: one commit
    writes both, so that no restart doubles or skips a test.
    """

    def __init__(
        self, submit: Callable[[Sequence[Record], Moment], None], observer: TrialObserver
    ) -> None:
        self._submit = submit
        self._observer = observer
        self._last: dict[ChannelId, DailyTest] = {}
        self._due: dict[ChannelId, Due] = {}

    def resume(self, tests: Iterable[DailyTest], now: datetime) -> None:
        """Take up what an earlier run sent, oldest first.

        One that waited while nobody could try it is as good as not sent.
        """
        for test in tests:
            is_over = now - test.sent_at > timedelta(seconds=TEST_LASTS)
            if test.result is not TrialResult.WAITING or not is_over:
                self._keep(test)

    def look(self, book: DutyBook, now: Moment) -> None:
        """Send what is due now."""
        inventory = book.inventory
        for channel in in_use(inventory):
            last, who = self._last.get(channel), who_tries(book, channel, now.wall)
            found = due(
                inventory.operators.daily_test,
                last.day if last else None,
                who,
                now.wall,
                inventory.timezone,
            )
            if found is Due.NOBODY and self._due.get(channel) is not Due.NOBODY:
                _log.warning("nobody on duty has the channel: its test waits", channel=channel)
            self._due[channel] = found
            if found is Due.NOW and who is not None:
                local = now.wall.astimezone(inventory.timezone)
                key = daily_key(local, who, channel)
                message = trial_message(inventory, inventory.contacts[who], channel, key, now.wall)
                self._keep(DailyTest(key, channel, local.date(), now.wall))
                self._submit([Enqueue(message)], now)

    def see(self, record: Attempted) -> DailyTest | None:
        """Take note of an attempt; the test, if that was its end."""
        message, status = record.row.notification, record.row.status
        test = self._last.get(message.channel)
        if test is None or test.key != message.key:
            return None
        if status is DeliveryStatus.PENDING:
            self._last[message.channel] = replace(test, detail=record.detail)
            return None
        ended = replace(test, status=status, ended_at=record.at, detail=record.detail)
        self._keep(ended)
        level = _log.info if ended.result is TrialResult.ACCEPTED else _log.error
        level("daily test", channel=ended.channel, result=ended.result, detail=ended.detail)
        return ended

    def last(self, channel: ChannelId) -> DailyTest | None:
        """The last test of a channel; None: none is known."""
        return self._last.get(channel)

    def due(self, channel: ChannelId) -> Due:
        """How the last look found the channel's test of the day."""
        return self._due.get(channel, Due.NOT_YET)

    def _keep(self, test: DailyTest) -> None:
        self._last[test.channel] = test
        if test.ended_at is not None:
            accepted = test.result is TrialResult.ACCEPTED
            self._observer.channel_tested(test.channel, test.ended_at, accepted)
