"""The availability of a link over thirty days: the time in service, by what the link was.

Integrated from one change of the link's condition to the next, never from probe to probe. In
service is a link within its site's hours and in the window of a conference there; work that is
announced, and agreed to where it meets a conference, is told apart.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from linkwatch.model.availability import Availability, Condition, SavedAvailability
from linkwatch.model.ids import LinkId
from linkwatch.model.topology import Hours

DAYS = 30
"""Local days that count, with today."""

Stretch = tuple[float, float]
"""From, until: timestamps in s."""
Share = tuple[int, int, int]
"""A local day (its ordinal), s in service on it, and how many of these are excused by work."""


@dataclass(frozen=True, slots=True)
class Service:
    """When a link is in service: `hours` None always, else within them and in `windows` of
    conferences; `excused` is the time of works.
    """

    zone: tzinfo
    hours: Hours | None = None
    windows: Sequence[Stretch] = ()
    excused: Sequence[Stretch] = ()

    def shares(self, start: float, end: float) -> Iterator[Share]:
        """A stretch of time, cut at local midnights."""
        for day, part in _by_day(start, end, self.zone):
            served = [part]
            if self.hours is not None:
                served = [*_opened(self.hours, day, self.zone), *self.windows]
            served = _common(_joined(served), [part])
            excused = _common(served, _joined(self.excused))
            yield day.toordinal(), _length(served), _length(excused)


class Account:
    """One link's seconds by condition and day, in constant memory. Times are timestamps in s."""

    __slots__ = ("_counted", "_is_dirty", "_last", "_seconds", "condition", "since")

    def __init__(self, since: float, day: date) -> None:
        self._seconds = array("I", bytes(4 * DAYS * len(Condition)))
        self._last = day.toordinal()
        self._is_dirty = False
        self._counted: Availability | None = None
        self.condition = Condition.UNKNOWN
        self.since = int(since)
        """What came before is counted."""

    def restore(self, saved: SavedAvailability, service: Service) -> None:
        """Go on with what an earlier run counted; what has passed since was not looked at."""
        for name, seconds in saved.days.items():
            day = date.fromisoformat(name).toordinal()
            if self._last - DAYS < day <= self._last:
                for condition in Condition:
                    self._seconds[self._place(day, condition)] += seconds[condition]
        until = self.since
        self.since = min(until, int(saved.until.timestamp()))
        self.settle(until, service)

    def settle(self, now: float, service: Service) -> None:
        """Count what has passed in the present condition."""
        until, self._counted = int(now), None
        for day, counted, excused in service.shares(self.since, until):
            self._turn_to(day)
            if self._last - DAYS < day:
                self._seconds[self._place(day, self.condition)] += counted - excused
                self._seconds[self._place(day, Condition.MAINTENANCE)] += excused
            self._is_dirty |= counted > 0
        self.since = until

    def counted(self) -> Availability:
        """The last thirty days, as far as they are counted."""
        if self._counted is None:
            self._counted = Availability(*self._totals())
        return self._counted

    def figures(self, now: float, service: Service) -> Availability:
        """The last thirty days, up to `now`; changes nothing."""
        totals = self._totals()
        for _, counted, excused in service.shares(self.since, int(now)):
            totals[self.condition] += counted - excused
            totals[Condition.MAINTENANCE] += excused
        return Availability(*totals)

    def unsaved(self, link: LinkId) -> SavedAvailability | None:
        """All that is counted, where that has changed since it was last asked for."""
        if not self._is_dirty:
            return None
        self._is_dirty = False
        days = {}
        for day in range(self._last - DAYS + 1, self._last + 1):
            up, down, unknown, excused = (self._seconds[self._place(day, c)] for c in Condition)
            if up or down or unknown or excused:
                days[date.fromordinal(day).isoformat()] = (up, down, unknown, excused)
        return SavedAvailability(link, datetime.fromtimestamp(self.since, UTC), days)

    def shift(self, seconds: float) -> None:
        """The clock was set: what has passed since is as long as before."""
        self.since += round(seconds)

    def _totals(self) -> list[int]:
        every = (self._seconds[c * DAYS : (c + 1) * DAYS] for c in Condition)
        return [sum(one) for one in every]

    def _turn_to(self, day: int) -> None:
        """Begin a day: those that are thirty days old count no more."""
        for passed in range(max(self._last, day - DAYS) + 1, day + 1):
            for condition in Condition:
                self._seconds[self._place(passed, condition)] = 0
        self._last = max(self._last, day)

    @staticmethod
    def _place(day: int, condition: Condition) -> int:
        return condition * DAYS + day % DAYS


def _by_day(start: float, end: float, zone: tzinfo) -> Iterator[tuple[date, Stretch]]:
    while start < end:
        day = datetime.fromtimestamp(start, zone).date()
        # At a midnight that does not exist the day begins with the first moment that does.
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).timestamp()
        until = min(end, max(midnight, start + 1))
        yield day, (start, until)
        start = until


def _opened(hours: Hours, day: date, zone: tzinfo) -> Iterator[Stretch]:
    """When a site works on a local day, what began the day before included."""
    overnight = hours.end < hours.start
    for begun in (day - timedelta(days=1), day) if overnight else (day,):
        if begun.isoweekday() in hours.days:
            ended = begun + timedelta(days=1) if overnight else begun
            start = datetime.combine(begun, hours.start, zone).timestamp()
            yield start, datetime.combine(ended, hours.end, zone).timestamp()


def _joined(some: Sequence[Stretch]) -> list[Stretch]:
    """In order, none touching another."""
    joined: list[Stretch] = []
    for start, end in sorted(some):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _common(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What both have; each is joined."""
    found = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(start, end) for start, end in found if start < end]


def without(some: Stretch, others: Sequence[Stretch]) -> list[Stretch]:
    """What is left of a stretch."""
    left, start = list[Stretch](), some[0]
    for begin, end in _joined(others):
        if start < begin:
            left.append((start, min(begin, some[1])))
        start = max(start, end)
    return [*left, (start, some[1])] if start < some[1] else [x for x in left if x[0] < x[1]]


def _length(some: Sequence[Stretch]) -> int:
    return round(sum(end - start for start, end in some))
