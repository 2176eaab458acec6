"""An event of an incident -> the messages that tell it, and who has been told so far."""

from dataclasses import dataclass, replace
from datetime import datetime

from linkwatch.conference.windows import phase
from linkwatch.message.document import Addressee, document, key, unlinked_digest
from linkwatch.message.document import unlinked as without_link
from linkwatch.message.runbook import runbook_url
from linkwatch.message.view import Neighbour, View
from linkwatch.message.wording import Wording, Words
from linkwatch.model.conference import Phase
from linkwatch.model.coverage import duty_of
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, IncidentEvent, TimelineEntry, Told
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import Notification, Untold
from linkwatch.model.people import Contact
from linkwatch.model.subject import SubjectKind
from linkwatch.oncall.audience import asked, still_reachable, together
from linkwatch.oncall.progress import done
from linkwatch.oncall.row import row_of
from linkwatch.runtime.state import State
from linkwatch.wire.acktoken import Addressed, ack_token


@dataclass(frozen=True, slots=True)
class Telling:
    """The incident with who is told now, and what the timeline says of it.

    `notifications` go at once, each by itself; `untold` goes with its contact's next message.
    """

    incident: Incident
    notifications: tuple[Notification, ...]
    notes: tuple[TimelineEntry, ...]
    untold: tuple[Untold, ...] = ()


def tell(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> Telling:
    """Everybody who hears of what became of it: those told before, and those due as it is told."""
    told = tuple(still_reachable(one, state.inventory) for one in incident.told)
    if event is IncidentEvent.RESOLVED:
        return say(state, incident, event, told, now=now)
    row = row_of(incident)
    first = [row[number] for number in done(incident) if row[number].after == 0]
    due = asked(state.book, incident, first, now)
    heard = tuple(one for one in told if one.contact not in incident.declined)
    people = together(heard, due.people)
    return say(state, incident, event, people, now=now, inherited=due.notes)


def say(
    state: State,
    incident: Incident,
    event: IncidentEvent,
    people: tuple[Told, ...],
    *,
    now: datetime,
    inherited: tuple[str, ...] = (),
) -> Telling:
    """These people hear of the event, each once by each of their channels."""
    counted = {**incident.events, event: incident.events.get(event, 0) + 1}
    incident = replace(incident, told=together(incident.told, people), events=counted)
    gathered = state.inventory.gathered_channels
    ways = [(one, channel) for one in people for channel in one.channels]
    direct = [way for way in ways if way[1] not in gathered]
    speech = speech_on(state, incident, event, now) if direct else None
    messages = tuple(speech.to(*way) for way in direct) if speech else ()
    untold = tuple(_untold(incident, event, *way, now) for way in ways if way[1] in gathered)
    notes = [TimelineEntry(incident.id, now, "inherited", what) for what in inherited]
    if not ways:
        notes.append(TimelineEntry(incident.id, now, "nobody_told", f"{event}: no contact to tell"))
    return Telling(incident, messages, tuple(notes), untold)


def _untold(
    incident: Incident, event: IncidentEvent, one: Told, channel: ChannelId, now: datetime
) -> Untold:
    return Untold(
        key=key(incident, event, one.contact, channel),
        incident=incident.id,
        event=event,
        ordinal=incident.events[event],
        contact=one.contact,
        channel=channel,
        role=one.role,
        level=one.level,
        priority=incident.priority,
        since=now,
    )


def speech_on(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> "Speech":
    """What there is to say of an event of an incident, to whomever."""
    return Speech(state, view_of(state, incident, event, now))


def retell(
    state: State, incident: Incident, channel: ChannelId, now: datetime
) -> Notification | None:
    """An open incident as it is now, for a channel whose peer forgets; None: it told nobody."""
    one = next((one for one in incident.told if channel in one.channels), None)
    if one is None or incident.announced_at is None:
        return None
    return speech_on(state, incident, IncidentEvent.OPENED, now).to(one, channel)


def unlinked(state: State, message: Notification) -> Notification:
    """The same without its contact's link, for a channel that others read too."""
    if message.event is IncidentEvent.DIGEST:
        body, text = unlinked_digest(message.body, message.text)
        return replace(message, body=body, text=text)
    incident = state.incidents.get(message.incident) if message.incident is not None else None
    if incident is None:
        return message
    words = wording(state).incident(view_of(state, incident, message.event, message.created_at))
    body = without_link(message.body, words.text)
    return replace(message, text=words.text, subject=words.subject, short=words.short, body=body)


def wording(state: State) -> Wording:
    """How the province in force words its messages."""
    return Wording(state.inventory.language, state.inventory.templates)


def view_of(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> View:
    """An event with all around it that its words may name."""
    inventory = state.inventory
    site = inventory.sites.get(incident.site)
    conference = inventory.conferences.get(incident.conference) if incident.conference else None
    name = incident.subject.link or incident.subject.uplink
    link = inventory.links.get(name) if name else None
    router = inventory.routers.get(incident.subject.router) if incident.subject.router else None
    carrier, duty = link.carrier if link else incident.carrier, duty_of(incident.subject)
    others = [x for x in state.links_of.get(incident.site, ()) if x != name]
    if duty is not None:
        carrier, others = duty[0], []
    alone = incident.subject.channel is not None or incident.subject.kind is SubjectKind.WORK
    if incident.subject.is_group or alone:
        others = []
    taken, affected = (
        incident.taken,
        [inventory.sites[x] for x in incident.affects if x in inventory.sites],
    )
    return View(
        incident=incident,
        event=event,
        now=now,
        timezone=inventory.timezone,
        carrier=inventory.carriers.get(carrier) if carrier else None,
        site=site,
        link=link,
        router=router,
        conference=conference,
        phase=phase(conference, now) if conference else Phase.NONE,
        neighbours=tuple(
            Neighbour(
                inventory.links[x],
                inventory.carriers[inventory.links[x].carrier],
                state.shown(state.judges[x]),
            )
            for x in others
        ),
        told=_contacts(state, [one.contact for one in incident.told]),
        on_site=_contacts(state, list(site.contacts) if site else []),
        hotline=inventory.operators.hotline,
        organisation=inventory.organisation,
        holder=_holder(state, incident),
        eta=taken.eta if taken else None,
        held_until=taken.until if taken else None,
        affected=tuple(affected),
        meeting=_meeting(inventory, incident, now),
        runbook_url=runbook_url(inventory.public_url, incident),
    )


def _meeting(inventory: Inventory, incident: Incident, now: datetime) -> int:
    """How many of the sites sit in a conference now, or within the hour."""
    near = (c for c in inventory.conferences.values() if phase(c, now) is Phase.WINDOW)
    return len({one.site for c in near for one in c.sites} & set(incident.affects))


def _contacts(state: State, ids: list[ContactId]) -> tuple[Contact, ...]:
    known = state.inventory.contacts
    return tuple(known[i] for i in ids if i in known)


def _holder(state: State, incident: Incident) -> Contact | None:
    """Who has it; by the bare id once the configuration has them no more."""
    if incident.taken is None:
        return None
    name = incident.taken.contact
    gone = Contact(name, name, (), None, (), frozenset())
    return state.inventory.contacts.get(name, gone)


class Speech:
    """One event, to each in the same words but for where they answer."""

    def __init__(self, state: State, view: View) -> None:
        self._state = state
        self._view = view
        self._wording = wording(state)
        self._words: dict[str | None, Words] = {}

    def to(self, one: Told, channel: ChannelId, name: str = "") -> Notification:
        """The message to one of them by one of their channels; `name`: its key, if it has one."""
        view = self._view
        incident, event = view.incident, view.event
        name = name or key(incident, event, one.contact, channel)
        ack_url = ack_link(self._state, incident, one.contact, channel)
        words = self._worded(ack_url)
        return Notification(
            key=name,
            incident=incident.id,
            event=event,
            contact=one.contact,
            channel=channel,
            priority=incident.priority,
            text=words.text,
            subject=words.subject,
            short=words.short,
            body=document(
                name,
                event,
                incident,
                Addressee(one.contact, one.role, one.level),
                text=words.text,
                ack_url=ack_url,
                runbook_url=view.runbook_url,
                timezone=view.timezone,
            ),
            created_at=view.now,
            started_at=incident.started_at,
        )

    def _worded(self, ack_url: str | None) -> Words:
        if ack_url not in self._words:
            self._words[ack_url] = self._wording.incident(replace(self._view, ack_url=ack_url))
        return self._words[ack_url]


def ack_link(
    state: State, incident: Incident, contact: ContactId, channel: ChannelId
) -> str | None:
    """Where this contact answers, as long as there is something to answer."""
    inventory, key_ = state.inventory, state.key
    base = inventory.public_url
    if base is None or key_ is None or incident.status.is_closed:
        return None
    if channel in inventory.common_channels:
        return None
    token = ack_token(key_, Addressed(incident.id, contact))
    return f"{base.rstrip('/')}/ack/{token}"
