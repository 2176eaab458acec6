"""Carriers, contacts and rosters: who is told."""

from pydantic import Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import (
    Count,
    DailyTime,
    Duration,
    Email,
    End,
    Instant,
    Pace,
    Phone,
    ProbedHost,
    Reference,
    Start,
    Text,
)
from linkwatch.model.people import Answer
from linkwatch.model.topology import Level


class RestoreTarget(Section):
    """The time a carrier has promised to mend a fault in, by priority."""

    P1: Duration | None = None
    """For P1."""
    P2: Duration | None = None
    """For P2."""
    P3: Duration | None = None
    """For P3."""


class CarrierEntry(Section):
    """A telecom carrier."""

    name: Text | None = None
    """Full name; the id if absent."""
    short: Text | None = None
    """At most 10 GSM characters, for SMS; made from the name if absent."""
    reference: list[ProbedHost] = []
    """Addresses inside the carrier's network that tell its own faults from a link's."""
    restore_target: RestoreTarget = RestoreTarget()
    """Promised time to restore."""


class ContactEntry(Section):
    """A person on duty, or a duty desk."""

    name: Text | None = None
    """Name of the role or desk; the id if absent."""
    phones: list[Phone] = []
    """Numbers with country code, as strings, best first."""
    email: Email | None = None
    """E-mail address."""
    channels: list[Reference] = []
    """Channels in order of preference; P1 uses all at once."""
    answers_by: list[Answer] = [Answer.PHONE]
    """How this contact can acknowledge."""


class RotationPlan(Section):
    """Members take turns, round and round."""

    start: Instant
    """When the first member's first shift begins."""
    shift: Pace
    """Length of a shift."""
    members: list[Reference] = Field(min_length=1)
    """Contacts in the order of their turns."""


class Override(Section):
    """A swap: this contact is on duty for a while instead of the roster's own."""

    contact: Reference
    """Who is on duty instead."""
    from_: Start = Field(alias="from")
    """Beginning, inclusive."""
    until: End
    """End; a date includes that day."""


class MinimumOnDuty(Section):
    """How many contacts must be on duty at once."""

    normal: Count = 1
    """At ordinary times."""
    conference: Count = 1
    """During a conference."""


class RosterEntry(Section):
    """A duty roster: exactly one of `rotation`, `standing` and `schedule_from`."""

    carrier: Reference | None = None
    """Whose roster; none for the operators' own."""
    level: Level | None = None
    """Level it answers for; due where a carrier is named."""
    areas: list[Reference] = []
    """Sites it answers for, each with all below it; empty: all of its level."""
    rotation: RotationPlan | None = None
    """Shifts in turn."""
    standing: Reference | None = None
    """One contact who is always on duty."""
    schedule_from: Text | None = None
    """A CSV file with the columns from, until and contact, beside this file."""
    overrides: list[Override] = []
    """Swaps."""
    min_on_duty: MinimumOnDuty = MinimumOnDuty()
    """How many must be on duty."""


class OperatorsRoom(Section):
    """The operators' own room."""

    hotline: Phone | None = None
    """The number to call, printed in every SMS."""
    roster: Reference | None = None
    """Roster of the operators."""
    daily_test: DailyTime = written("09:00")
    """When each channel sends whoever is on duty here a marked test; `never`."""


class Department(Section):
    """The last step of escalation."""

    leader: Reference | None = None
    """Contact of the department's leader."""
