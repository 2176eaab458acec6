"""The daemon's looks at the rosters: what is said, when, and how often."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from linkwatch.app.rosters import RosterWatch
from linkwatch.model.ids import CarrierId, ContactId
from linkwatch.model.moment import Moment, Span
from linkwatch.model.people import Turn
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook
from support.province import NIGHT, VIETTEL, VNPT, inventory, moment, roster

Missing = frozenset[tuple[CarrierId, Level]]


@dataclass
class Watched:
    """A clock, a book and a gauge around the watch."""

    book: DutyBook
    hours: float = 0.0
    shown: list[Missing] = field(default_factory=list)
    told: list[list[tuple[CarrierId, Level]]] = field(default_factory=list)

    def now(self) -> Moment:
        return moment(NIGHT, self.hours * 3600)

    async def sleep_until(self, monotonic: float) -> None:
        raise AssertionError(f"nobody should sleep until {monotonic}")

    def watch(self) -> RosterWatch:
        return RosterWatch(
            self,
            lambda: self.book,
            lambda gaps: self.shown.append(frozenset(gaps)),
            lambda gaps: self.told.append([gap.key for gap in gaps]),
        )


def book(until: datetime | None = None) -> DutyBook:
    """Everything manned, but VNPT's district roster ends `until`."""
    whole = inventory()
    plan = (Turn(ContactId("vnpt-huyen"), Span(None, until)),)
    leaders = (roster(f"{c}-leader", c, Level.LEADER, "vnpt-tinh") for c in (VNPT, VIETTEL))
    district = replace(
        roster("vnpt-district", VNPT, Level.DISTRICT, "x"), standing=None, schedule=plan
    )
    rosters = {**whole.rosters, **{r.id: r for r in (*leaders, district)}}
    return DutyBook(replace(whole, rosters=rosters, department_leader=ContactId("vnpt-tinh")))


def looks(watched: Watched, *hours: float) -> list[list[str]]:
    """What is said at each look."""
    watch = watched.watch()
    said = []
    for hour in hours:
        watched.hours = hour
        with capture_logs() as lines:
            asyncio.run(watch.look())
        said.append([f"{line['event']}: {line.get('level', line.get('gaps'))}" for line in lines])
    return said


def test_a_gap_ahead_is_said_once_and_again_only_when_it_comes_again() -> None:
    watched = Watched(book(NIGHT + timedelta(days=2)))
    # 02:00, a minute later, and the evening's look.
    assert looks(watched, 0, 0.02, 18.5) == [
        ["gap in the rosters ahead: district", "rosters looked at: 1"],
        [],
        ["rosters looked at: 1"],
    ]


def test_every_look_ahead_tells_all_gaps_that_there_are() -> None:
    watched = Watched(book(NIGHT + timedelta(days=2)))
    looks(watched, 0, 0.02, 18.5)
    assert watched.told == [[(VNPT, Level.DISTRICT)]] * 2
    watched = Watched(book())
    looks(watched, 0)
    assert watched.told == [[]]


def test_a_gap_that_has_come_is_shown_and_said() -> None:
    watched = Watched(book(NIGHT + timedelta(hours=1)))
    said = looks(watched, 0.5, 1.0, 1.1)
    assert watched.shown == [frozenset(), *[frozenset({(VNPT, Level.DISTRICT)})] * 2]
    assert said[1:] == [["nobody on duty: district"], []]


def test_changed_rosters_are_looked_at_at_once() -> None:
    watched = Watched(book())
    watch = watched.watch()
    asyncio.run(watch.look())
    watched.book = book(NIGHT + timedelta(days=1))
    with capture_logs() as lines:
        asyncio.run(watch.look())
    assert [line["event"] for line in lines] == ["gap in the rosters ahead", "rosters looked at"]
    gap = lines[0]
    assert (gap["what"], gap["carrier"], gap["sites"]) == ("nobody", "vnpt", "chu-se")
    assert gap["since"] == "2021-05-15T02:00+07:00"
