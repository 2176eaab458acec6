"""One of several on a roster who has all its nights and not its days."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta, tzinfo

from linkwatch.model.coverage import AlwaysNights, Period
from linkwatch.model.people import Roster
from linkwatch.oncall.localclock import next_shown
from linkwatch.oncall.reach import members
from linkwatch.oncall.roster import on_roster

NIGHTS = 28
"""How many are looked at: a rotation by weeks has come round by then."""
FEWEST = 7
NIGHT, DAY = time(2, 0), time(14, 0)
"""The middle of the night hours, 22:00 to 06:00 (Labour Code of Viet Nam 2019, article 106)."""


def always_nights(
    rosters: Iterable[Roster], zone: tzinfo, start: datetime
) -> Iterator[AlwaysNights]:
    """Rosters whose coming nights all fall to one person, while others have most of the days."""
    nights, days = _daily(NIGHT, zone, start), _daily(DAY, zone, start)
    for roster in rosters:
        if len(members(roster, Period(start, nights[-1]))) < 2:
            continue
        on_duty = [contacts for at in nights if (contacts := on_roster(roster, at))]
        always = set.intersection(*map(set, on_duty)) if len(on_duty) >= FEWEST else set()
        by_day = Counter(contact for at in days for contact in on_roster(roster, at))
        for who in sorted(always):
            if by_day[who] < len(days) / 2:
                yield AlwaysNights(roster.id, who, len(on_duty))


def _daily(clock: time, zone: tzinfo, start: datetime) -> list[datetime]:
    found = [next_shown(clock, zone, start)]
    while len(found) < NIGHTS:
        found.append(next_shown(clock, zone, found[-1] + timedelta(hours=1)))
    return found
