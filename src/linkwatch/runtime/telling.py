"""An event of an incident -> the messages that tell it, and who has been told so far."""

from dataclasses import dataclass, replace
from datetime import datetime

from linkwatch.conference.windows import phase
from linkwatch.message.document import Addressee, document, key
from linkwatch.message.long import text
from linkwatch.message.view import Neighbour, View
from linkwatch.model.conference import Phase
from linkwatch.model.coverage import duty_of
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, IncidentEvent, TimelineEntry, Told
from linkwatch.model.notification import Notification
from linkwatch.model.people import Contact
from linkwatch.oncall.audience import asked, still_reachable, together
from linkwatch.oncall.progress import done
from linkwatch.oncall.row import row_of
from linkwatch.runtime.state import State
from linkwatch.wire.acktoken import Addressed, ack_token


@dataclass(frozen=True, slots=True)
class Telling:
    """The incident with who is told now, the messages, and what the timeline says of it."""

    incident: Incident
    notifications: tuple[Notification, ...]
    notes: tuple[TimelineEntry, ...]


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
    view = _view(state, incident, event, now)
    messages = tuple(
        _notification(state, view, one, channel) for one in people for channel in one.channels
    )
    notes = [TimelineEntry(incident.id, now, "inherited", what) for what in inherited]
    if not messages:
        notes.append(TimelineEntry(incident.id, now, "nobody_told", f"{event}: no contact to tell"))
    return Telling(incident, messages, tuple(notes))


def _view(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> View:
    inventory = state.inventory
    site = inventory.sites.get(incident.site)
    conference = inventory.conferences.get(incident.conference) if incident.conference else None
    link = inventory.links.get(incident.subject.link) if incident.subject.link else None
    router = inventory.routers.get(incident.subject.router) if incident.subject.router else None
    carrier, duty = link.carrier if link else incident.carrier, duty_of(incident.subject)
    others = [x for x in state.links_of.get(incident.site, ()) if x != incident.subject.link]
    if duty is not None:
        carrier, others = duty[0], []
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
                state.judges[x].state,
            )
            for x in others
        ),
        told=_contacts(state, [one.contact for one in incident.told]),
        on_site=_contacts(state, list(site.contacts) if site else []),
        hotline=inventory.operators.hotline,
    )


def _contacts(state: State, ids: list[ContactId]) -> tuple[Contact, ...]:
    known = state.inventory.contacts
    return tuple(known[i] for i in ids if i in known)


def _notification(state: State, view: View, one: Told, channel: ChannelId) -> Notification:
    incident, event = view.incident, view.event
    name = key(incident, event, one.contact, channel)
    ack_url = _ack_url(state, view, one.contact, channel)
    words = text(replace(view, ack_url=ack_url), state.inventory.language)
    return Notification(
        key=name,
        incident=incident.id,
        event=event,
        contact=one.contact,
        channel=channel,
        priority=incident.priority,
        text=words,
        body=document(
            name,
            event,
            incident,
            Addressee(one.contact, one.role, one.level),
            text=words,
            ack_url=ack_url,
            timezone=state.inventory.timezone,
        ),
        created_at=view.now,
        started_at=incident.started_at,
    )


def _ack_url(state: State, view: View, contact: ContactId, channel: ChannelId) -> str | None:
    """Where this contact answers, as long as there is something to answer."""
    base, logged = state.inventory.public_url, state.inventory.logging_channels
    if base is None or state.key is None or channel in logged or view.incident.status.is_closed:
        return None
    token = ack_token(state.key, Addressed(view.incident.id, contact))
    return f"{base.rstrip('/')}/ack/{token}"
