"""An incident's row of the escalation table, and when the hours of a step let it be taken."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo

from linkwatch.model.finding import Kind
from linkwatch.model.incident import Incident
from linkwatch.model.people import DailyHours, EscalationStep, Role
from linkwatch.model.subject import SubjectKind
from linkwatch.oncall.localclock import next_shown

DIGEST = time(7, 0)
"""When what came outside a step's hours is told."""
_DIGEST_ENDS = time(8, 0)
_OURS = frozenset(
    {
        Kind.NO_DATA,
        Kind.ROSTER_GAP,
        Kind.CHANNEL_FAILED,
        Kind.RESOLVER_DOWN,
        Kind.MAINTENANCE_CONFLICT,
    }
)
"""Kinds that only our own people are told of."""
_OF_NO_SITE = frozenset({SubjectKind.CARRIER, SubjectKind.RISK})
"""Nobody at any one site can do more about these than all the others."""
_OUR_PEOPLE = (Role.OPERATOR, Role.DEPARTMENT)

SITE_ALONE = 120.0
"""s that the people at a dark site have before its carriers are asked."""

Row = Sequence[EscalationStep]


def row_of(incident: Incident) -> Row:
    """The steps for its present priority, of the table as it stood when it opened."""
    row = incident.escalation.get(incident.priority, ())
    if incident.kind is Kind.SITE_DOWN and row:
        return tuple(_site_first(row))
    if incident.subject.kind in _OF_NO_SITE:
        return tuple(
            replace(x, notify=tuple(r for r in x.notify if r is not Role.SITE)) for x in row
        )
    return tuple(_own(row, incident.kind)) if incident.kind in _OURS and row else row


def _own(row: Row, kind: Kind) -> Iterator[EscalationStep]:
    """No carrier is told, the operators are: that we are blind or mute, at any hour."""
    hours = row[0].hours if kind is Kind.ROSTER_GAP else None
    yield replace(row[0], after=0.0, notify=(Role.OPERATOR,), hours=hours, when_wide=False)
    for step in row[1:]:
        ours = tuple(role for role in step.notify if role in _OUR_PEOPLE)
        if ours or step.repeat is not None:
            yield replace(step, notify=ours)


def _site_first(row: Row) -> Iterator[EscalationStep]:
    """Who can look whether there is power is told first, then all as of any other fault."""
    first = row[0]
    yield replace(first, notify=(Role.SITE, Role.OPERATOR))
    yield replace(first, after=first.after + SITE_ALONE)
    yield from row[1:]


def steps(row: Row, *, wide: bool) -> Iterator[tuple[int, EscalationStep]]:
    """The steps that count now, with their numbers; the repetition is none of them."""
    for number, step in enumerate(row):
        if step.repeat is None and (wide or not step.when_wide):
            yield number, step


def repetition(row: Row) -> EscalationStep | None:
    """The row's last line, if it is one."""
    return row[-1] if row and row[-1].repeat is not None else None


def taken_at(hours: DailyHours | None, zone: tzinfo, due: datetime, now: datetime) -> datetime:
    """When a step that is due may be taken: at once inside its hours, else with the digest.

    What is late when `now` is outside waits for the digest, too.
    """
    if hours is None:
        return due
    first = due if _is_awake(hours, zone, due) else _digest(zone, due)
    return first if now <= first or _is_awake(hours, zone, now) else _digest(zone, now)


def first_word_at(incident: Incident, zone: tzinfo, now: datetime) -> datetime | None:
    """When the hours let anybody be told of an incident whose hold is over."""
    if incident.announce_at is None:
        return None
    # Asked once the hold is over, by the clock that nobody sets.
    due = min(incident.announce_at, now)
    opening = [step for _, step in steps(row_of(incident), wide=False) if step.after == 0]
    return min((taken_at(step.hours, zone, due, now) for step in opening), default=due)


def _is_awake(hours: DailyHours, zone: tzinfo, at: datetime) -> bool:
    local = at.astimezone(zone).time()
    return hours.contain(local) or DIGEST <= local < _DIGEST_ENDS


def _digest(zone: tzinfo, after: datetime) -> datetime:
    return next_shown(DIGEST, zone, after - timedelta.resolution)
