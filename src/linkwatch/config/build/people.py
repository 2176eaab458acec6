"""Carriers, contacts, rosters and the escalation table."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from linkwatch.config.build.defaults import ESCALATION
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.escalation import EscalationTable, StepEntry
from linkwatch.config.schema.people import CarrierEntry, ContactEntry, RosterEntry, RotationPlan
from linkwatch.message.gsm import CARRIER_SHORT, short_name
from linkwatch.model.ids import CarrierId, ChannelId, ContactId, RosterId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.people import (
    Carrier,
    Contact,
    EscalationStep,
    Operators,
    Roster,
    Rotation,
    Turn,
)
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level


def carrier(carrier_id: str, entry: CarrierEntry) -> Carrier:
    """One carrier."""
    name = entry.name or carrier_id
    targets = entry.restore_target
    promised = {Priority.P1: targets.P1, Priority.P2: targets.P2, Priority.P3: targets.P3}
    return Carrier(
        id=CarrierId(carrier_id),
        name=name,
        short=entry.short or short_name(name, CARRIER_SHORT) or carrier_id[:CARRIER_SHORT],
        reference=tuple(entry.reference),
        restore_target={p: seconds for p, seconds in promised.items() if seconds is not None},
    )


def contact(contact_id: str, entry: ContactEntry) -> Contact:
    """One contact."""
    return Contact(
        id=ContactId(contact_id),
        name=entry.name or contact_id,
        phones=tuple(entry.phones),
        email=entry.email,
        channels=tuple(ChannelId(channel) for channel in entry.channels),
        answers_by=frozenset(entry.answers_by),
    )


def roster(
    roster_id: str, entry: RosterEntry, schedule: tuple[Turn, ...], zone: ZoneInfo
) -> Roster:
    """One roster; `schedule` is what its CSV file holds, `zone` whose clocks its shifts follow."""
    return Roster(
        id=RosterId(roster_id),
        carrier=CarrierId(entry.carrier) if entry.carrier else None,
        level=entry.level or Level.PROVINCE,
        areas=tuple(SiteId(area) for area in entry.areas),
        rotation=_rotation(entry.rotation, zone) if entry.rotation else None,
        standing=ContactId(entry.standing) if entry.standing else None,
        schedule=schedule,
        overrides=tuple(
            Turn(ContactId(swap.contact), Span(swap.from_, swap.until)) for swap in entry.overrides
        ),
        min_normal=entry.min_on_duty.normal,
        min_conference=entry.min_on_duty.conference,
    )


def _rotation(plan: RotationPlan, zone: ZoneInfo) -> Rotation:
    members = tuple(ContactId(member) for member in plan.members)
    return Rotation(plan.start.astimezone(zone), plan.shift, members)


def operators(document: Document) -> Operators:
    """The operators' room."""
    room = document.operators
    roster = RosterId(room.roster) if room.roster else None
    return Operators(room.hotline, roster, room.daily_test)


def escalation(table: EscalationTable) -> Mapping[Priority, tuple[EscalationStep, ...]]:
    """Steps by priority; a priority the file is silent about keeps the default."""
    given = {Priority.P1: table.P1, Priority.P2: table.P2, Priority.P3: table.P3}
    own = {p: tuple(_step(step) for step in steps) for p, steps in given.items() if steps}
    return {**ESCALATION, **own}


def _step(entry: StepEntry) -> EscalationStep:
    return EscalationStep(
        after=entry.after or 0.0,
        notify=tuple(entry.notify or ()),
        all_channels=entry.channels == "all",
        when_wide=entry.when == "wide",
        task_call=entry.task == "call",
        hours=entry.hours,
        repeat=entry.repeat,
        times=entry.times or 0,
    )
