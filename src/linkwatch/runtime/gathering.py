"""What contacts are yet to hear of -> messages: one incident by itself, several as a digest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkwatch.message.document import Addressee, Entry, digest_document, digest_key
from linkwatch.message.runbook import page_url, runbook_url
from linkwatch.message.view import DigestView, View
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, TimelineEntry, Told
from linkwatch.model.journal import (
    DropUntold,
    Enqueue,
    KeepUntold,
    Note,
    Restored,
    SavePostbox,
)
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification, Untold
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import Speech, ack_link, speech_on, view_of, wording

BULK = 100
"""Incidents told in one turn, or a single digest of more: no turn may hold up the probes for long.
What is left goes with the turns that follow."""

Spoken = dict[tuple[IncidentId, IncidentEvent], Speech]


def deliver(state: State, now: Moment, effects: Effects) -> None:
    """Write the messages that may go now; what waits on is written down as such."""
    spoken: Spoken = {}
    left = BULK
    for address in state.post.due(now.monotonic, state.inventory.messages_per_hour):
        untold, stored = state.post.take(address, now.monotonic)
        items = _items(state, untold)
        if len(items) == 1:
            message = _alone(state, untold[-1], now, spoken)
        else:
            message = _digest(state, items, untold, now)
        effects.records.append(Enqueue(message))
        effects.records.append(SavePostbox(state.post.postbox(address, now)))
        if stored:
            effects.records.append(DropUntold(tuple(stored)))
        left -= len(items)
        if left <= 0:
            break
    effects.records.extend(KeepUntold(one) for one in state.post.unsaved())


def take_up_post(state: State, restored: Restored, now: Moment, effects: Effects) -> None:
    """What an earlier run had not told yet, once its incidents are there."""
    known = [one for one in restored.untold if one.incident in state.incidents]
    lost = [one for one in restored.untold if one.incident not in state.incidents]
    state.post.restore(known, restored.postboxes, now)
    if lost:
        effects.records.append(DropUntold(tuple(one.key for one in lost)))
    effects.records.extend(
        Note(TimelineEntry(one.incident, now.wall, "not_told", f"{one.key}: no such incident"))
        for one in lost
    )


@dataclass(frozen=True, slots=True)
class _Item:
    """One incident, and all of it that is yet to be told, oldest first."""

    incident: Incident
    untold: Sequence[Untold]

    @property
    def events(self) -> tuple[IncidentEvent, ...]:
        """What became of it, each once, as it came last."""
        latest_first = dict.fromkeys(one.event for one in reversed(self.untold))
        return tuple(reversed(latest_first))

    @property
    def rank(self) -> tuple[object, ...]:
        """What is open first, then by priority and age."""
        incident = self.incident
        return (
            incident.status.is_closed,
            incident.priority,
            incident.started_at,
            incident.id,
        )


def _items(state: State, untold: Sequence[Untold]) -> list[_Item]:
    by_incident: dict[IncidentId, list[Untold]] = {}
    for one in untold:
        by_incident.setdefault(one.incident, []).append(one)
    return [_Item(state.incidents[number], each) for number, each in by_incident.items()]


def _still(event: IncidentEvent, incident: Incident) -> IncidentEvent:
    """What it is told as: whether anybody has it may be another matter than when it came up."""
    if event in (IncidentEvent.ACKNOWLEDGED, IncidentEvent.HANDED_OVER):
        return event if incident.taken is not None else IncidentEvent.UPDATED
    if event is IncidentEvent.ESCALATED and incident.taken is not None:
        return IncidentEvent.UPDATED
    return event


def _view(state: State, item: _Item, now: Moment) -> View:
    event = _still(item.untold[-1].event, item.incident)
    return view_of(state, item.incident, event, now.wall)


def _alone(state: State, last: Untold, now: Moment, spoken: Spoken) -> Notification:
    """One incident: the last that became of it, which says what came before."""
    incident = state.incidents[last.incident]
    said = (last.incident, _still(last.event, incident))
    if said not in spoken:
        spoken[said] = speech_on(state, incident, said[1], now.wall)
    one = Told(last.contact, last.role, last.level, (last.channel,))
    return spoken[said].to(one, last.channel, last.key)


def _digest(
    state: State, items: Sequence[_Item], untold: Sequence[Untold], now: Moment
) -> Notification:
    """Several incidents, each as it is now."""
    items = sorted(items, key=lambda item: item.rank)
    inventory, lead = state.inventory, items[0]
    first = lead.untold[-1]
    contact, channel = first.contact, first.channel
    entries = [
        Entry(
            item.incident,
            item.events,
            ack_link(state, item.incident, contact, channel),
            runbook_url(state.inventory.public_url, item.incident),
        )
        for item in items
    ]
    views = tuple(
        replace(_view(state, item, now), ack_url=entry.ack_url)
        for item, entry in zip(items, entries, strict=True)
    )
    hotline, organisation = inventory.operators.hotline, inventory.organisation
    manual = page_url(inventory.public_url)
    view = DigestView(views, now.wall, inventory.timezone, hotline, organisation, manual)
    words = wording(state).digest(view)
    name = digest_key(lead.incident, (one.key for one in untold), contact, channel)
    return Notification(
        key=name,
        incident=None,
        event=IncidentEvent.DIGEST,
        contact=contact,
        channel=channel,
        priority=lead.incident.priority,
        text=words.text,
        subject=words.subject,
        short=words.short,
        body=digest_document(
            name,
            entries,
            Addressee(contact, first.role, first.level),
            text=words.text,
            timezone=inventory.timezone,
        ),
        created_at=now.wall,
        started_at=min(
            (e.incident.started_at for e in entries if IncidentEvent.OPENED in e.events),
            default=None,
        ),
        incidents=tuple(entry.incident.id for entry in entries),
    )
