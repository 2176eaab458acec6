"""The test that each channel in use carries to the operators every day: when, and to whom."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.inventory import Inventory
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.reach import reaches

_TOMORROW = timedelta(days=1)


class Due(StrEnum):
    """Whether a channel's test of today is to be sent now."""

    OFF = "off"
    """The operators want none."""
    NOT_YET = "not_yet"
    DONE = "done"
    NOBODY = "nobody"
    """Nobody on duty in the operators' room has the channel; the next shift may have somebody."""
    NOW = "now"


def in_use(inventory: Inventory) -> tuple[ChannelId, ...]:
    """The channels with a sender that somebody has, by name; without the log."""
    had = {channel for contact in inventory.contacts.values() for channel in contact.channels}
    return tuple(sorted(had & (inventory.served_channels - inventory.log_channels)))


def who_tries(book: DutyBook, channel: ChannelId, now: datetime) -> ContactId | None:
    """The first of the operators on duty whom the channel reaches."""
    contacts = book.inventory.contacts
    for who in book.operators(now):
        if channel in contacts[who].channels and reaches(channel, contacts[who], book.inventory):
            return who
    return None


def due(
    at: time | None, last: date | None, who: ContactId | None, now: datetime, zone: tzinfo
) -> Due:
    """Decide for one channel: `at` the local time of day, `last` the local day of its last test.

    What was missed is made up for on the same day, never on another. A clock that is set back over
    midnight brings no second test; the mark of a day far ahead is a wrong clock's, and counts for
    nothing.
    """
    local = now.astimezone(zone)
    if at is None:
        return Due.OFF
    if last is not None and timedelta() <= last - local.date() <= _TOMORROW:
        return Due.DONE
    if local.time() < at:
        return Due.NOT_YET
    return Due.NOW if who is not None else Due.NOBODY
