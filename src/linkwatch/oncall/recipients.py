"""An escalation step's roles -> people, each once, with the channels that reach them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.ids import CarrierId, ChannelId, ContactId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Contact, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import UPWARDS, on_duty, on_roster


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell. `level` is the roster's, None for a site's own and the operators' people.

    `inherited_from` is the level where nobody was on duty, None where that did not matter.
    """

    contact: Contact
    role: Role
    level: Level | None
    channels: tuple[ChannelId, ...]
    inherited_from: Level | None = None


def recipients(
    inventory: Inventory,
    step: EscalationStep,
    priority: Priority,
    fault: tuple[CarrierId, SiteId],
    at: datetime,
) -> tuple[Recipient, ...]:
    """Whom a step tells about a fault of a carrier at a site: each person once, first role wins.

    P1 and a step with `channels: all` use every channel of a contact, else the first.
    """
    every = step.all_channels or priority is Priority.P1
    found: dict[ContactId, Recipient] = {}
    for role in step.notify:
        for contact_id, level, inherited in _people(inventory, role, fault, at):
            contact = inventory.contacts[contact_id]
            usable = served(contact, inventory)
            channels = usable if every else usable[:1]
            found.setdefault(contact_id, Recipient(contact, role, level, channels, inherited))
    return tuple(found.values())


def served(contact: Contact, inventory: Inventory) -> tuple[ChannelId, ...]:
    """The contact's channels that have a sender; where none has, all, to be refused aloud."""
    usable = tuple(c for c in contact.channels if c in inventory.served_channels)
    return usable or contact.channels


_Found = tuple[ContactId, Level | None, Level | None]


def _people(
    inventory: Inventory, role: Role, fault: tuple[CarrierId, SiteId], at: datetime
) -> Iterator[_Found]:
    site = fault[1]
    own = inventory.sites[site].level
    match role:
        case Role.DUTY:
            yield from _on_duty(inventory, fault, own, at)
        case Role.UP:
            yield from _on_duty(inventory, fault, UPWARDS[UPWARDS.index(own) + 1], at)
        case Role.PROVINCE:
            yield from _on_duty(inventory, fault, Level.PROVINCE, at)
        case Role.LEADER:
            yield from _on_duty(inventory, fault, Level.LEADER, at)
        case Role.SITE:
            yield from ((contact, None, None) for contact in inventory.sites[site].contacts)
        case Role.OPERATOR:
            roster = inventory.operators.roster
            contact = on_roster(inventory.rosters[roster], at) if roster else None
            if contact is not None:
                yield contact, None, None
        case Role.DEPARTMENT:
            if inventory.department_leader is not None:
                yield inventory.department_leader, None, None


def _on_duty(
    inventory: Inventory, fault: tuple[CarrierId, SiteId], level: Level, at: datetime
) -> Iterator[_Found]:
    carrier, site = fault
    duty = on_duty(inventory, carrier, level, site, at)
    if duty is not None:
        yield duty.contact, duty.roster.level, level if duty.is_inherited else None
