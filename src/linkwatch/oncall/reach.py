"""Contacts who cannot be told, called or heard."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from linkwatch.model.coverage import Period, WeakContact, Weakness
from linkwatch.model.ids import ChannelId, ContactId, RosterId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import Address, Answer, Contact, Roster


@dataclass(slots=True)
class _Parts:
    """What somebody may be told as."""

    rosters: list[RosterId] = field(default_factory=list)
    sites: list[SiteId] = field(default_factory=list)
    is_leader: bool = False


def reaches(channel: ChannelId, contact: Contact, inventory: Inventory) -> bool:
    """Whether the contact has what the channel sends to; one without a sender may still."""
    needed = inventory.addressed_by.get(channel)
    if needed is Address.PHONE:
        return bool(contact.phones)
    return needed is not Address.EMAIL or contact.email is not None


def heard(hotline: str | None, public_url: str | None) -> frozenset[Answer]:
    """The ways to answer that reach us: a phone call to a number, a link to an address."""
    ways = {Answer.PHONE: hotline, Answer.LINK: public_url}
    return frozenset(way for way, where in ways.items() if where is not None)


def members(roster: Roster, period: Period) -> tuple[ContactId, ...]:
    """Everybody whom a roster may put on duty within a period, each once."""
    span = Span(period.start, period.end)
    turns = (*roster.swaps, *roster.overrides, *roster.schedule)
    found = [turn.contact for turn in turns if turn.span.overlaps(span)]
    found += roster.rotation.members if roster.rotation is not None else ()
    found += () if roster.standing is None else (roster.standing,)
    return tuple(dict.fromkeys(found))


def weak_contacts(inventory: Inventory, period: Period) -> Iterator[WeakContact]:
    """Everybody with a part within the period who is of little use in it."""
    for contact_id, parts in _parts(inventory, period).items():
        contact = inventory.contacts[contact_id]
        for weakness, channels in _weaknesses(contact, inventory):
            yield WeakContact(
                contact_id,
                weakness,
                tuple(parts.rosters),
                tuple(parts.sites),
                parts.is_leader,
                channels,
            )


def _parts(inventory: Inventory, period: Period) -> Mapping[ContactId, _Parts]:
    found: dict[ContactId, _Parts] = {}
    for roster in inventory.rosters.values():
        for contact in members(roster, period):
            found.setdefault(contact, _Parts()).rosters.append(roster.id)
    for site in inventory.sites.values():
        for contact in site.contacts:
            found.setdefault(contact, _Parts()).sites.append(site.id)
    if inventory.department_leader is not None:
        found.setdefault(inventory.department_leader, _Parts()).is_leader = True
    return found


def _weaknesses(
    contact: Contact, inventory: Inventory
) -> Iterator[tuple[Weakness, tuple[ChannelId, ...]]]:
    unfit = tuple(c for c in contact.channels if not reaches(c, contact, inventory))
    if not any(c in inventory.served_channels and c not in unfit for c in contact.channels):
        yield Weakness.UNREACHABLE, contact.channels
    elif unfit:
        yield Weakness.CHANNEL_UNFIT, unfit
    if not contact.phones:
        yield Weakness.NO_PHONE, ()
    if not contact.answers_by & heard(inventory.operators.hotline, inventory.public_url):
        yield Weakness.CANNOT_ANSWER, ()
