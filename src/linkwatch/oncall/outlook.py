"""What comes next for an incident, for those who look at a list; and whom to call."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Contact, Role
from linkwatch.oncall.plan import is_active, repeat_due
from linkwatch.oncall.progress import done
from linkwatch.oncall.row import row_of, steps, taken_at


class Next(StrEnum):
    """What is done next if nobody does anything."""

    STEP = "step"
    REPETITION = "repetition"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Outlook:
    """When, what, and for a step in which parts people are told."""

    at: datetime
    what: Next
    roles: tuple[Role, ...] = ()


def outlook(incident: Incident, zone: tzinfo, now: datetime) -> Outlook | None:
    """The next thing due; None: nothing any more, or not before it is worse or anew."""
    if not is_active(incident) or incident.progress is None:
        return None
    if incident.taken is not None:
        return Outlook(incident.taken.until, Next.LAPSE)
    zero = incident.progress.zero
    coming = [
        Outlook(
            taken_at(step.hours, zone, zero + timedelta(seconds=step.after), now),
            Next.STEP,
            step.notify,
        )
        for number, step in steps(row_of(incident), wide=False)
        if number not in done(incident)
    ]
    if coming:
        return min(coming, key=lambda each: each.at)
    again = next(repeat_due(incident), None)
    return Outlook(again, Next.REPETITION) if again is not None else None


def to_call(incident: Incident, inventory: Inventory) -> tuple[Contact, ...]:
    """Whom the operators call: everyone told who has a phone, once a step asks for calls.

    Nobody while somebody has it, or work explains it.
    """
    row = row_of(incident)
    if incident.status.is_closed or incident.taken is not None or incident.is_muted:
        return ()
    if not any(row[number].task_call for number in done(incident)):
        return ()
    told = (one.contact for one in incident.told if one.contact not in incident.declined)
    known = (inventory.contacts[who] for who in told if who in inventory.contacts)
    return tuple(contact for contact in known if contact.phones)
