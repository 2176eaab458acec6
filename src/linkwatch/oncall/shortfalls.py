"""Shortfalls for listings and logs: a code for programs, plain English, and what it is about."""

from dataclasses import dataclass
from typing import assert_never

from linkwatch.model.coverage import (
    AlwaysNights,
    DeadEnd,
    Period,
    Shortfall,
    Unnamed,
    Vacancy,
    WeakContact,
    Weakness,
)
from linkwatch.model.ids import CarrierId, ConferenceId, ContactId, RosterId, SiteId
from linkwatch.model.topology import Level

_WEAKNESSES = {
    Weakness.UNREACHABLE: "no channel of theirs reaches them",
    Weakness.CHANNEL_UNFIT: "has no number or address for {channels}",
    Weakness.NO_PHONE: "has no phone number to call",
    Weakness.CANNOT_ANSWER: "can be told but cannot answer",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A shortfall told: `what` in one word, `detail` without where and when. None: in general."""

    what: str
    detail: str
    is_gap: bool
    carrier: CarrierId | None
    level: Level | None
    sites: tuple[SiteId, ...]
    rosters: tuple[RosterId, ...]
    contact: ContactId | None
    conference: ConferenceId | None
    period: Period | None


def account_of(each: Shortfall) -> Account:
    """The account of one shortfall."""
    return Account(
        what=_code(each),
        detail=_detail(each),
        is_gap=each.is_gap,
        carrier=each.carrier if isinstance(each, Vacancy | DeadEnd | Unnamed) else None,
        level=each.level if isinstance(each, Vacancy | Unnamed) else None,
        sites=() if isinstance(each, AlwaysNights) else each.sites,
        rosters=_rosters(each),
        contact=each.contact if isinstance(each, WeakContact | AlwaysNights) else None,
        conference=each.conference if isinstance(each, Vacancy) else None,
        period=each.period if isinstance(each, Vacancy | DeadEnd) else None,
    )


def _rosters(each: Shortfall) -> tuple[RosterId, ...]:
    if isinstance(each, AlwaysNights):
        return (each.roster,)
    return each.rosters if isinstance(each, Vacancy | WeakContact) else ()


def _code(each: Shortfall) -> str:
    match each:
        case Vacancy():
            return "too_few" if each.on_duty else "nobody"
        case DeadEnd():
            return "dead_end"
        case WeakContact():
            return each.weakness.value
        case Unnamed():
            return "unnamed"
        case AlwaysNights():
            return "always_nights"
        case _:
            assert_never(each)


def _detail(each: Shortfall) -> str:
    match each:
        case Vacancy(on_duty=0):
            return "nobody of this level is on duty"
        case Vacancy():
            return f"{each.on_duty} on duty, {each.wanted} wanted"
        case DeadEnd():
            named = ", ".join(f"{priority} step {number}" for priority, number in each.steps)
            return f"nobody to tell at {named}"
        case WeakContact():
            return _WEAKNESSES[each.weakness].format(channels=", ".join(each.channels))
        case Unnamed():
            state = "were" if each.is_overdue else "are"
            return f"contacts {state} due on {each.due} by {each.directive}"
        case AlwaysNights():
            return f"has all of the next {each.nights} nights"
        case _:
            assert_never(each)
