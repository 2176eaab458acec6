"""A test of a contact's channels: one marked message by each, and how its first attempt ended."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from linkwatch.message.document import trial_document
from linkwatch.message.view import TrialView
from linkwatch.message.wording import Wording
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Attempted, Enqueue, Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification
from linkwatch.model.people import Contact
from linkwatch.model.priority import Priority
from linkwatch.ports import Tried

NO_ATTEMPT = "no attempt has ended yet"
"""Its channel is slow, at its limit or broken, or the store does not write."""

_log = structlog.get_logger(__name__)


def trial_messages(
    inventory: Inventory, contact: Contact, now: datetime
) -> tuple[Notification, ...]:
    """One for each channel of the contact, also those that have no sender and will refuse it."""
    return tuple(
        trial_message(
            inventory, contact, channel, stamped_key("test", contact.id, channel, now), now
        )
        for channel in contact.channels
    )


def stamped_key(what: str, contact: ContactId, channel: ChannelId, now: datetime) -> str:
    """The key of a test that has no other like it."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")
    return f"{what}-{stamp}:{IncidentEvent.TEST}:{contact}:{channel}"


def trial_message(
    inventory: Inventory, contact: Contact, channel: ChannelId, key: str, now: datetime
) -> Notification:
    """A test by one channel, marked as one in each of its forms."""
    view = TrialView(contact, now, inventory.timezone, inventory.organisation)
    words = Wording(inventory.language, inventory.templates).trial(view)
    return Notification(
        key=key,
        incident=None,
        event=IncidentEvent.TEST,
        contact=contact.id,
        channel=channel,
        priority=Priority.P3,
        text=words.text,
        body=trial_document(key, contact.id, words.text),
        created_at=now,
        started_at=None,
        subject=words.subject,
        short=words.short,
    )


class Trials:
    """Sends tests on the road that alerts take: written, then dispatched, and tried again.

    `submit` is the writer's; `see` has to be told what the dispatcher records.
    """

    def __init__(self, submit: Callable[[Sequence[Record], Moment], None]) -> None:
        self._submit = submit
        self._watches: list[_Watch] = []

    async def send(
        self, messages: Sequence[Notification], now: Moment, within: float
    ) -> tuple[Tried, ...]:
        """Send them, and wait up to `within` s for the first attempt of each to end."""
        watch = _Watch(messages)
        self._watches.append(watch)
        try:
            if messages:
                self._submit([Enqueue(message) for message in messages], now)
                _log.info("test sent", keys=[message.key for message in messages])
            async with asyncio.timeout(within):
                await watch.complete.wait()
        except TimeoutError:
            _log.warning("test not answered in time", within=within)
        finally:
            self._watches.remove(watch)
        return watch.result()

    def see(self, records: Sequence[Record]) -> None:
        """Take note of the attempts that somebody waits for."""
        for watch in self._watches:
            for record in records:
                if isinstance(record, Attempted):
                    watch.see(record)


class _Watch:
    """Messages whose first attempts somebody waits for."""

    def __init__(self, messages: Sequence[Notification]) -> None:
        self._tried = {message.key: Tried(message, None, NO_ATTEMPT) for message in messages}
        self._waiting = set(self._tried)
        self.complete = asyncio.Event()
        self._check()

    def see(self, record: Attempted) -> None:
        """Keep the first attempt of each message that is one of ours."""
        message = record.row.notification
        if message.key in self._waiting:
            self._waiting.remove(message.key)
            self._tried[message.key] = Tried(message, record.outcome, record.detail)
            self._check()

    def result(self) -> tuple[Tried, ...]:
        """In the messages' order."""
        return tuple(self._tried.values())

    def _check(self) -> None:
        if not self._waiting:
            self.complete.set()
