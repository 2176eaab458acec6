"""Who has an incident in hand: taken, declined, handed over at the change of a shift."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from linkwatch.model.ids import ContactId
from linkwatch.model.incident import Incident, Status, Taken, Told, Via
from linkwatch.model.inventory import Acknowledgement
from linkwatch.model.people import Role, Roster
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.audience import channels_of, together
from linkwatch.oncall.duty import DutyBook, upwards
from linkwatch.oncall.progress import at_once, let_go, pause
from linkwatch.oncall.roster import on_roster

LONGEST_ETA = timedelta(hours=24)
"""Nobody has anything in hand for longer without saying so again."""


def take(
    incident: Incident,
    contact: ContactId,
    book: DutyBook,
    *,
    eta: timedelta | None,
    via: Via,
    by: str,
    note: str,
    now: datetime,
) -> Incident:
    """Somebody has it until their ETA, else until it `expires`; whoever had it has it no more."""
    rule = book.inventory.acknowledgement
    until = now + (eta if eta is not None else timedelta(seconds=rule.expires))
    roster = _duty_roster(incident, contact, book, now)
    taken = Taken(
        contact=contact,
        at=now,
        until=until,
        eta=until if eta is not None else None,
        via=via,
        by=by,
        note=note,
        roster=roster.id if roster is not None else None,
    )
    open_ = incident.status is Status.OPEN
    held = replace(
        incident,
        status=Status.ACKNOWLEDGED if open_ else incident.status,
        taken=taken,
        acknowledged_at=incident.acknowledged_at or now,
        declined=tuple(one for one in incident.declined if one != contact),
        told=together(incident.told, [_as_told(incident, contact, roster, book)]),
    )
    return pause(held, now)


def decline(
    incident: Incident, contact: ContactId, zone: tzinfo, *, wide: bool, now: datetime
) -> Incident:
    """It is not theirs: the next step is due at once, unless somebody else has it."""
    declined = tuple(dict.fromkeys((*incident.declined, contact)))
    incident = replace(incident, declined=declined)
    if incident.taken is not None and incident.taken.contact != contact:
        return incident
    return at_once(let_go(incident), zone, now, wide=wide)


def remind_at(taken: Taken, rule: Acknowledgement) -> datetime:
    """When the holder is reminded: so long before it lapses, or halfway where that is shorter."""
    before = timedelta(seconds=rule.remind_holder)
    return max(taken.until - before, taken.at + (taken.until - taken.at) / 2)


def relief(taken: Taken, book: DutyBook, priority: Priority, now: datetime) -> tuple[Told, ...]:
    """Who is on duty in the holder's place since the shift changed; none while it has not."""
    roster = book.inventory.rosters.get(taken.roster) if taken.roster is not None else None
    if roster is None:
        return ()
    present = on_roster(roster, now)
    if taken.contact in present:
        return ()
    role, level = _part(roster)
    return tuple(
        Told(who, role, level, channels_of(who, book.inventory, priority)) for who in present
    )


def hand_over(
    incident: Incident, taken: Taken, to: ContactId, rule: Acknowledgement, now: datetime
) -> Incident:
    """The next shift has it: time enough to say so themselves, but no longer than was promised."""
    soonest = now + timedelta(seconds=rule.remind_holder)
    latest = now + timedelta(seconds=rule.expires)
    handed = replace(
        taken,
        contact=to,
        at=now,
        until=max(soonest, min(taken.until, latest)),
        via=Via.SHIFT_CHANGE,
        reminded=False,
    )
    return replace(incident, taken=handed)


def _duty_roster(
    incident: Incident, contact: ContactId, book: DutyBook, now: datetime
) -> Roster | None:
    """The roster that has the contact on duty now for this fault; None: it is not by duty."""
    rosters: list[Roster] = []
    site = book.inventory.sites.get(incident.site)
    if incident.carrier is not None and site is not None:
        for level in upwards(site.level):
            rosters += book.answering(incident.carrier, level, incident.site)
    if book.operators_roster is not None:
        rosters.append(book.operators_roster)
    return next((roster for roster in rosters if contact in on_roster(roster, now)), None)


def _part(roster: Roster) -> tuple[Role, Level | None]:
    """What its people are told as."""
    return (Role.OPERATOR, None) if roster.carrier is None else (Role.DUTY, roster.level)


def _as_told(incident: Incident, contact: ContactId, roster: Roster | None, book: DutyBook) -> Told:
    """The holder among those told, so that they hear of the end."""
    known = next((one for one in incident.told if one.contact == contact), None)
    if known is not None:
        return known
    role, level = _part(roster) if roster is not None else (Role.OPERATOR, None)
    return Told(contact, role, level, channels_of(contact, book.inventory, incident.priority))
