"""A channel does not get a message through: by which other one its contact hears of it."""

from collections.abc import Collection

from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import Told
from linkwatch.model.notification import Notification
from linkwatch.model.people import Contact


def next_channel(
    message: Notification,
    contact: Contact,
    ways: Collection[ChannelId],
    *,
    usable: Collection[ChannelId],
    failed: Collection[ChannelId],
) -> ChannelId | None:
    """The contact's first channel, in order of preference, that can have it; None: there is none.

    Not one that has tried it before, nor one of the `ways` by which the contact is told of it
    anyway: those had a message of their own. `failed` ones are no better than the present one.
    """
    has_it = {message.channel, *message.tried, *ways}
    return next(
        (c for c in contact.channels if c in usable and c not in has_it and c not in failed), None
    )


def moved(told: Told, away: ChannelId, to: ChannelId) -> tuple[ChannelId, ...]:
    """By which channels the contact hears of the incident from now on: each event once."""
    return tuple(dict.fromkeys(to if channel == away else channel for channel in told.channels))
