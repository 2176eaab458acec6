"""Who hears of an event: those told before, those due now; each once, by the channels they need."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, Told
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import EscalationStep
from linkwatch.model.priority import Priority
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.recipients import recipients, served


@dataclass(frozen=True, slots=True)
class Audience:
    """People, and what the timeline says of how they were found."""

    people: tuple[Told, ...]
    notes: tuple[str, ...] = ()


def asked(
    book: DutyBook, incident: Incident, steps: Iterable[EscalationStep], now: datetime
) -> Audience:
    """Whom steps name now, each once, the first part counting; without those who declined."""
    found: dict[ContactId, Told] = {}
    notes: dict[str, None] = {}
    faults = [(carrier, incident.site) for carrier in incident.carriers or (incident.carrier,)]
    shunned = incident.subject.channel
    for step, fault in product(steps, faults):
        for one in recipients(book, step, incident.priority, fault, now, shunned=shunned):
            who = one.contact.id
            if who in incident.declined:
                continue
            found[who] = _together(found.get(who), Told(who, one.role, one.level, one.channels))
            if one.inherited_from is not None:
                notes[f"nobody on duty at {one.inherited_from} level: {one.level} is told"] = None
    return Audience(tuple(found.values()), tuple(notes))


def together(before: Sequence[Told], more: Iterable[Told]) -> tuple[Told, ...]:
    """Both, each person once: whose part was known keeps it and gains channels."""
    found = {one.contact: one for one in before}
    for one in more:
        found[one.contact] = _together(found.get(one.contact), one)
    return tuple(found.values())


def still_reachable(one: Told, inventory: Inventory) -> Told:
    """By the channels that told them; where those are gone, by the contact's present ones."""
    left = tuple(c for c in one.channels if c in inventory.served_channels)
    contact = inventory.contacts.get(one.contact)
    if left or contact is None:
        return replace(one, channels=left or one.channels)
    return replace(one, channels=served(contact, inventory)[: len(one.channels)])


def channels_of(
    contact: ContactId, inventory: Inventory, priority: Priority
) -> tuple[ChannelId, ...]:
    """How somebody is reached beside the table: for P1 by all their channels, else the first."""
    usable = served(inventory.contacts[contact], inventory)
    return usable if priority is Priority.P1 else usable[:1]


def _together(before: Told | None, one: Told) -> Told:
    if before is None:
        return one
    return replace(before, channels=tuple(dict.fromkeys((*before.channels, *one.channels))))
