"""A message that its channel does not get through -> the same one by the contact's next channel."""

from dataclasses import replace
from datetime import datetime

from linkwatch.message.document import rekeyed
from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import TimelineEntry, Told
from linkwatch.model.journal import Enqueue, Note, SaveIncident
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification, Trouble
from linkwatch.oncall.fallover import moved, next_channel
from linkwatch.runtime.events import Undelivered
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import unlinked


def hand_on(state: State, event: Undelivered, now: Moment, effects: Effects) -> None:
    """Have another channel take it on, and what follows on this incident too, if there is one."""
    message = event.message
    contact = state.inventory.contacts.get(message.contact)
    if contact is None or message.is_test:
        return
    told = _told(state, message)
    channel = next_channel(
        message, contact, told, usable=state.inventory.served_channels, failed=event.failed
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


def _told(state: State, message: Notification) -> Told | None:
    incident = state.incidents.get(message.incident) if message.incident else None
    told = incident.told if incident else ()
    return next((one for one in told if one.contact == message.contact), None)


def _move(
    state: State, message: Notification, told: Told | None, channel: ChannelId, effects: Effects
) -> None:
    if told is None or message.incident is None:
        return
    incident = state.incidents[message.incident]
    changed = replace(told, channels=moved(told, message.channel, channel))
    everybody = tuple(changed if one is told else one for one in incident.told)
    state.incidents[incident.id] = replace(incident, told=everybody)
    effects.records.append(SaveIncident(state.incidents[incident.id]))


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
    if message.incident is not None:
        detail = f"{message.contact} by {message.channel}, {message.event}: {why}"
        effects.records.append(Note(TimelineEntry(message.incident, at, what, detail)))
