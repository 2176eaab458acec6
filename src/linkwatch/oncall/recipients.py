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
    fault: tuple[CarrierId | None, SiteId],
    at: datetime,
) -> tuple[Recipient, ...]:
    """Whom a step tells about a fault of a carrier at a site: each person once, first role wins.

    For a fault of no carrier the site's people and the operators are on duty. P1 and a step with
    `channels: all` use every channel of a contact, else the first.
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
    inventory: Inventory, role: Role, fault: tuple[CarrierId | None, SiteId], at: datetime
) -> Iterator[_Found]:
    carrier, site = fault
    level = _level(role, inventory.sites[site].level)
    if level is not None and carrier is not None:
        yield from _on_duty(inventory, (carrier, site), level, at)
        return
    # For what is the agency's own, its people at the site and in its room are on duty.
    if role in (Role.SITE, Role.DUTY):
        yield from ((contact, None, None) for contact in inventory.sites[site].contacts)
    roster = inventory.operators.roster
    if role in (Role.OPERATOR, Role.DUTY) and roster is not None:
        operator = on_roster(inventory.rosters[roster], at)
        if operator is not None:
            yield operator, None, None
    if role is Role.DEPARTMENT and inventory.department_leader is not None:
        yield inventory.department_leader, None, None


def _level(role: Role, own: Level) -> Level | None:
    """The level of a carrier's rosters that a role means, at a site of level `own`."""
    match role:
        case Role.DUTY:
            return own
        case Role.UP:
            return UPWARDS[UPWARDS.index(own) + 1]
        case Role.PROVINCE:
            return Level.PROVINCE
        case Role.LEADER:
            return Level.LEADER
        case Role.SITE | Role.OPERATOR | Role.DEPARTMENT:
            return None


def _on_duty(
    inventory: Inventory, fault: tuple[CarrierId, SiteId], level: Level, at: datetime
) -> Iterator[_Found]:
    carrier, site = fault
    duty = on_duty(inventory, carrier, level, site, at)
    if duty is not None:
        yield duty.contact, duty.roster.level, level if duty.is_inherited else None
