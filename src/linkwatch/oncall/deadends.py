"""Escalation steps that find nobody: found by what rosters a step would ask, at any time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from linkwatch.model.coverage import DeadEnd, Period
from linkwatch.model.ids import CarrierId, RosterId, SiteId
from linkwatch.model.people import EscalationStep, Role, Roster
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook, Place, upwards
from linkwatch.oncall.roster import manning

_LEVELS = {Role.PROVINCE: Level.PROVINCE, Role.LEADER: Level.LEADER}


@dataclass(slots=True)
class _Asked:
    """What asks the same rosters of a carrier: these steps, for faults at these sites."""

    rosters: tuple[Roster, ...]
    steps: dict[tuple[Priority, int], None] = field(default_factory=dict)
    sites: dict[SiteId, None] = field(default_factory=dict)


def dead_ends(book: DutyBook, period: Period) -> Iterator[DeadEnd]:
    """Steps of the table at which, for a while, there is nobody to tell."""
    for (carrier, _), asked in _gathered(book).items():
        for stretch in manning(asked.rosters, period.start, period.end):
            if stretch.roster is None:
                yield DeadEnd(
                    carrier,
                    tuple(asked.sites),
                    tuple(asked.steps),
                    Period(stretch.start, stretch.end),
                )


_Key = tuple[CarrierId | None, tuple[RosterId, ...]]


def _gathered(book: DutyBook) -> dict[_Key, _Asked]:
    found: dict[_Key, _Asked] = {}
    for priority, steps in book.inventory.escalation.items():
        for number, step in enumerate(steps, 1):
            if step.repeat is not None:
                continue
            for place in book.places:
                sites = _unmanned(book, place, step)
                if not sites:
                    continue
                of_carrier = set(step.notify) - {Role.OPERATOR, Role.DEPARTMENT}
                rosters = tuple(_asked(book, place, step))
                key = (place.carrier if of_carrier else None, tuple(r.id for r in rosters))
                asked = found.setdefault(key, _Asked(rosters))
                asked.steps[priority, number] = None
                asked.sites.update(dict.fromkeys(sites if of_carrier else ()))
    return found


def _unmanned(book: DutyBook, place: Place, step: EscalationStep) -> tuple[SiteId, ...]:
    """The place's sites where no roster but only rosters could give somebody to tell."""
    if Role.DEPARTMENT in step.notify and book.inventory.department_leader is not None:
        return ()
    if Role.SITE not in step.notify:
        return place.sites
    return tuple(site for site in place.sites if not book.inventory.sites[site].contacts)


def _asked(book: DutyBook, place: Place, step: EscalationStep) -> Iterator[Roster]:
    """Every roster that the step would ask, from the level of each role upwards."""
    for role in step.notify:
        if role is Role.OPERATOR and book.operators_roster is not None:
            yield book.operators_roster
        for level in _levels(role, place.level):
            yield from place.rosters[level]


def _levels(role: Role, own: Level) -> tuple[Level, ...]:
    match role:
        case Role.DUTY:
            return upwards(own)
        case Role.UP:
            return upwards(own)[1:]
        case Role.PROVINCE | Role.LEADER:
            return upwards(_LEVELS[role])
        case Role.SITE | Role.OPERATOR | Role.DEPARTMENT:
            return ()
