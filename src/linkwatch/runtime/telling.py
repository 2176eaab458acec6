"""An event of an incident -> the messages that tell it, and who has been told so far."""

from dataclasses import dataclass, replace
from datetime import datetime

from linkwatch.conference.windows import phase
from linkwatch.message.document import Addressee, document, key
from linkwatch.message.long import text
from linkwatch.message.view import Neighbour, View
from linkwatch.model.conference import Phase
from linkwatch.model.finding import Kind
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, IncidentEvent, TimelineEntry, Told
from linkwatch.model.notification import Notification
from linkwatch.model.people import Contact, EscalationStep, Role
from linkwatch.oncall.recipients import recipients, served
from linkwatch.runtime.state import State


@dataclass(frozen=True, slots=True)
class Telling:
    """The incident with who is told now, the messages, and what the timeline says of it."""

    incident: Incident
    notifications: tuple[Notification, ...]
    notes: tuple[TimelineEntry, ...]


def tell(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> Telling:
    """Everybody who hears of this event: those told before, and by the table those due now."""
    notes: list[TimelineEntry] = []
    if event is IncidentEvent.RESOLVED:
        told = [_still_reachable(state, one) for one in incident.told]
    else:
        told, notes = _with_due(state, incident, now)
    counted = {**incident.events, event: incident.events.get(event, 0) + 1}
    incident = replace(incident, told=tuple(told), events=counted)
    words = text(_view(state, incident, event, now), state.inventory.language)
    messages = tuple(
        _notification(state, incident, event, one, channel, words=words, now=now)
        for one in told
        for channel in one.channels
    )
    if not messages:
        notes.append(TimelineEntry(incident.id, now, "nobody_told", f"{event}: no contact to tell"))
    return Telling(incident, messages, tuple(notes))


def _with_due(
    state: State, incident: Incident, now: datetime
) -> tuple[list[Told], list[TimelineEntry]]:
    """Those told so far plus the first step's people; a raised incident adds channels too."""
    found = {one.contact: one for one in incident.told}
    notes = []
    fault = (incident.carrier, incident.site)
    for step in _first_steps(incident):
        for due in recipients(state.book, step, incident.priority, fault, now):
            known = found.get(due.contact.id)
            channels = dict.fromkeys((*(known.channels if known else ()), *due.channels))
            role, level = (known.role, known.level) if known else (due.role, due.level)
            found[due.contact.id] = Told(due.contact.id, role, level, tuple(channels))
            if due.inherited_from is not None and known is None:
                what = f"nobody on duty at {due.inherited_from} level: {due.level} is told"
                notes.append(TimelineEntry(incident.id, now, "inherited", what))
    return list(found.values()), notes


def _still_reachable(state: State, one: Told) -> Told:
    """By the channels that told them; where those are gone, by the contact's present ones."""
    left = tuple(c for c in one.channels if c in state.inventory.served_channels)
    contact = state.inventory.contacts.get(one.contact)
    if left or contact is None:
        return replace(one, channels=left or one.channels)
    return replace(one, channels=served(contact, state.inventory)[: len(one.channels)])


def is_awake(state: State, incident: Incident, now: datetime) -> bool:
    """Whether the hours of the table's first step let anybody be told now."""
    local = now.astimezone(state.inventory.timezone).time()
    steps = _first_steps(incident)
    return not steps or any(step.hours is None or step.hours.contain(local) for step in steps)


def _first_steps(incident: Incident) -> list[EscalationStep]:
    if incident.kind is Kind.NO_DATA:
        # Our own blindness is nobody's fault but ours: no carrier is told.
        return [EscalationStep(notify=(Role.OPERATOR,))]
    return [
        step
        for step in incident.escalation.get(incident.priority, ())
        if step.after == 0 and step.repeat is None and not step.when_wide and not step.task_call
    ]


def _view(state: State, incident: Incident, event: IncidentEvent, now: datetime) -> View:
    inventory = state.inventory
    site = inventory.sites.get(incident.site)
    conference = inventory.conferences.get(incident.conference) if incident.conference else None
    link = inventory.links.get(incident.subject.link) if incident.subject.link else None
    router = inventory.routers.get(incident.subject.router) if incident.subject.router else None
    carrier = link.carrier if link else incident.carrier
    others = [x for x in state.links_of.get(incident.site, ()) if x != incident.subject.link]
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


def _notification(
    state: State,
    incident: Incident,
    event: IncidentEvent,
    one: Told,
    channel: ChannelId,
    *,
    words: str,
    now: datetime,
) -> Notification:
    name = key(incident, event, one.contact, channel)
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
            timezone=state.inventory.timezone,
        ),
        created_at=now,
        started_at=incident.started_at,
    )
