"""A message that its channel does not get through -> the same one by the contact's next channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwatch.message.document import rekeyed
from linkwatch.model.ids import ChannelId, IncidentId
from linkwatch.model.incident import TimelineEntry, Told
from linkwatch.model.journal import Enqueue, Note, SaveIncident
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification, Trouble
from linkwatch.oncall.fallover import moved, next_channel
from linkwatch.runtime.events import Undelivered
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import unlinked


def hand_on(state: State, event: Undelivered, now: Moment, effects: Effects) -> None:
    """Have another channel take it on, and what follows on these incidents, if there are any."""
    message = event.message
    contact = state.inventory.contacts.get(message.contact)
    if contact is None or message.is_test:
        return
    told = _told(state, message)
    channel = next_channel(
        message,
        contact,
        _ways(told.values()),
        usable=state.inventory.served_channels,
        failed=event.failed,
    )
    if channel is not None:
        _move(state, message, told, channel, effects)
        common = channel in state.inventory.common_channels
        effects.records.append(
            Enqueue(_by(unlinked(state, message) if common else message, channel))
        )
        effects.handed_on = True
        _note(message, now.wall, "handed_on", f"{event.trouble}: {channel} takes over", effects)
    elif event.trouble is Trouble.REFUSED:
        _note(message, now.wall, "not_reached", "refused, and there is no other channel", effects)


def _about(message: Notification) -> Sequence[IncidentId]:
    if message.incident is not None:
        return (message.incident,)
    return message.incidents


def _told(state: State, message: Notification) -> dict[IncidentId, Told]:
    """What the contact was told as, of each incident that is still known."""
    known = (state.incidents.get(number) for number in _about(message))
    return {
        incident.id: one
        for incident in known
        if incident is not None
        for one in incident.told
        if one.contact == message.contact
    }


def _ways(told: Iterable[Told]) -> frozenset[ChannelId]:
    """By which channels they hear of all of it anyway."""
    ways = [frozenset(one.channels) for one in told]
    return frozenset.intersection(*ways) if ways else frozenset()


def _move(
    state: State,
    message: Notification,
    told: Mapping[IncidentId, Told],
    channel: ChannelId,
    effects: Effects,
) -> None:
    for number, one in told.items():
        incident = state.incidents[number]
        changed = replace(one, channels=moved(one, message.channel, channel))
        everybody = tuple(changed if each is one else each for each in incident.told)
        state.incidents[number] = replace(incident, told=everybody)
        effects.records.append(SaveIncident(state.incidents[number]))


def _by(message: Notification, channel: ChannelId) -> Notification:
    key = f"{message.key.rpartition(':')[0]}:{channel}"
    return replace(
        message,
        key=key,
        channel=channel,
        body=rekeyed(message.body, key),
        tried=(*message.tried, message.channel),
    )


def _note(message: Notification, at: datetime, what: str, why: str, effects: Effects) -> None:
    detail = f"{message.contact} by {message.channel}, {message.event}: {why}"
    effects.records.extend(
        Note(TimelineEntry(number, at, what, detail)) for number in _about(message)
    )
