"""An escalation step's roles -> people, each once, with the channels that reach them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.ids import CarrierId, ChannelId, ContactId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Contact, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook, upwards
from linkwatch.oncall.reach import reaches


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
    book: DutyBook,
    step: EscalationStep,
    priority: Priority,
    fault: tuple[CarrierId | None, SiteId],
    at: datetime,
    *,
    shunned: ChannelId | None = None,
) -> tuple[Recipient, ...]:
    """Whom a step tells about a fault of a carrier at a site: each person once, first role wins.

    For a fault of no carrier the site's people and the operators are on duty. P1 and a step with
    `channels: all` use every channel of a contact, else the first; `shunned` only who has no other.
    """
    every = step.all_channels or priority is Priority.P1
    found: dict[ContactId, Recipient] = {}
    for role in step.notify:
        for contact_id, level, inherited in _people(book, role, fault, at):
            contact = book.inventory.contacts[contact_id]
            usable = apart_from(shunned, served(contact, book.inventory))
            channels = usable if every else usable[:1]
            found.setdefault(contact_id, Recipient(contact, role, level, channels, inherited))
    return tuple(found.values())


def served(contact: Contact, inventory: Inventory) -> tuple[ChannelId, ...]:
    """The contact's channels that can reach them; where none can, all, to be refused aloud."""
    usable = tuple(
        channel
        for channel in contact.channels
        if channel in inventory.served_channels and reaches(channel, contact, inventory)
    )
    return usable or contact.channels


def apart_from(shunned: ChannelId | None, channels: tuple[ChannelId, ...]) -> tuple[ChannelId, ...]:
    """The channels without this one, unless it is the only one."""
    return tuple(one for one in channels if one != shunned) or channels


_Found = tuple[ContactId, Level | None, Level | None]


def _people(
    book: DutyBook, role: Role, fault: tuple[CarrierId | None, SiteId], at: datetime
) -> Iterator[_Found]:
    carrier, site_id = fault
    site, leader = book.inventory.sites[site_id], book.inventory.department_leader
    level = _level(role, site.level)
    if level is not None and carrier is not None:
        yield from _on_duty(book, (carrier, site_id), level, at)
        return
    # For what is the agency's own, its people at the site and in its room are on duty.
    if role in (Role.SITE, Role.DUTY):
        yield from ((contact, None, None) for contact in site.contacts)
    if role in (Role.OPERATOR, Role.DUTY):
        yield from ((contact, None, None) for contact in book.operators(at))
    if role is Role.DEPARTMENT and leader is not None:
        yield leader, None, None


def _level(role: Role, own: Level) -> Level | None:
    """The level of a carrier's rosters that a role means, at a site of level `own`."""
    match role:
        case Role.DUTY:
            return own
        case Role.UP:
            return upwards(own)[1]
        case Role.PROVINCE:
            return Level.PROVINCE
        case Role.LEADER:
            return Level.LEADER
        case Role.SITE | Role.OPERATOR | Role.DEPARTMENT:
            return None


def _on_duty(
    book: DutyBook, fault: tuple[CarrierId, SiteId], level: Level, at: datetime
) -> Iterator[_Found]:
    duty = book.on_duty(fault[0], level, fault[1], at)
    if duty is None:
        return
    inherited = level if duty.is_inherited else None
    yield from ((contact, duty.roster.level, inherited) for contact in duty.contacts)
