"""Whether somebody can be told whenever it is needed: all that a look at the rosters finds."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo

from linkwatch.model.conference import Conference
from linkwatch.model.coverage import Occasion, Period, Shortfall
from linkwatch.oncall.deadends import dead_ends
from linkwatch.oncall.deadlines import unnamed
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.localclock import next_shown
from linkwatch.oncall.nights import always_nights
from linkwatch.oncall.reach import weak_contacts
from linkwatch.oncall.vacancies import vacancies

AHEAD = timedelta(days=7)
"""How far rosters are looked at."""
EVENING = time(20, 0)
"""When they are looked at every day: early enough to find somebody for the night."""


def coverage(
    book: DutyBook, now: datetime, period: Period, occasions: Iterable[Occasion]
) -> tuple[Shortfall, ...]:
    """What is amiss within a period, and within the windows of conferences; gaps first."""
    inventory = book.inventory
    return _gaps_first(
        *vacancies(book, period, occasions),
        *dead_ends(book, period),
        *weak_contacts(inventory, period),
        *unnamed(book, now, period),
        *always_nights(inventory.rosters.values(), inventory.timezone, period.start),
    )


def coverage_of(book: DutyBook, occasion: Occasion) -> tuple[Shortfall, ...]:
    """What is amiss for one conference: within its window, with those who answer for its sites."""
    rosters = {
        roster.id
        for post in book.posts
        for roster in post.rosters
        if any((post.carrier, site) in occasion.places for site in post.sites)
    }
    sites = {site for _, site in occasion.places}
    return _gaps_first(
        *(v for v in vacancies(book, occasion.period, [occasion]) if v.conference is not None),
        *(
            each
            for each in dead_ends(book, occasion.period)
            if each.carrier is None
            or any((each.carrier, site) in occasion.places for site in each.sites)
        ),
        *(
            each
            for each in weak_contacts(book.inventory, occasion.period)
            if each.is_leader or rosters.intersection(each.rosters) or sites & set(each.sites)
        ),
    )


def next_check(conferences: Iterable[Conference], zone: tzinfo, after: datetime) -> datetime:
    """When the rosters are looked at next: every evening, and before each conference's start."""
    checks = (
        conference.start - timedelta(seconds=before)
        for conference in conferences
        for before in conference.checks
    )
    return min([next_shown(EVENING, zone, after), *(at for at in checks if at > after)])


def _gaps_first(*found: Shortfall) -> tuple[Shortfall, ...]:
    return tuple(sorted(found, key=lambda each: not each.is_gap))
