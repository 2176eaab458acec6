"""One roster: exactly one shift at every instant, wherever and whenever the clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import ContactId
from linkwatch.model.moment import Span
from linkwatch.model.people import Roster, Rotation, Turn
from linkwatch.model.topology import Level
from linkwatch.oncall.localclock import first_shown, next_shown
from linkwatch.oncall.roster import manning, next_change, on_roster
from linkwatch.oncall.shifts import next_shift, on_shift
from support.province import VNPT, ZONE, roster

START = datetime(2021, 5, 10, 7, 0, tzinfo=ZONE)
MEMBERS = tuple(ContactId(x) for x in ("ca-a", "ca-b", "ca-c"))
NOBODY = replace(roster("vnpt-province", VNPT, Level.PROVINCE, "x"), standing=None)
SHIFTS = replace(NOBODY, rotation=Rotation(START, 12 * 3600.0, MEMBERS))
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Ho_Chi_Minh",
        "Europe/Berlin",
        "America/New_York",
        "America/Santiago",  # the clocks are changed at midnight
        "Australia/Lord_Howe",  # by half an hour
        "Asia/Kathmandu",
        "Pacific/Apia",  # in 2011 a whole day was left out
        "Africa/Casablanca",
        "Antarctica/Troll",  # by two hours
    )
]
EDGES = [
    ("Europe/Berlin", datetime(2021, 3, 28, 1, 0, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2021, 10, 31, 1, 0, tzinfo=UTC)),
    ("America/Santiago", datetime(2021, 9, 5, 4, 0, tzinfo=UTC)),
    ("America/Santiago", datetime(2021, 4, 4, 3, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2021, 4, 3, 15, 0, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
]


def naive(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A local time; of which zone, the caller says."""
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}")


def test_shifts_go_round_and_change_on_the_hour_across_midnight() -> None:
    assert on_roster(SHIFTS, START - timedelta(seconds=1)) == ()
    assert on_roster(SHIFTS, START) == ("ca-a",)
    assert on_roster(SHIFTS, START.replace(hour=18, minute=59)) == ("ca-a",)
    assert on_roster(SHIFTS, START.replace(hour=19)) == ("ca-b",)
    assert on_roster(SHIFTS, START.replace(day=11, hour=6, minute=59)) == ("ca-b",)
    assert on_roster(SHIFTS, START.replace(day=11, hour=7)) == ("ca-c",)
    assert on_roster(SHIFTS, START + timedelta(hours=36)) == ("ca-a",)


def test_shifts_change_at_the_same_local_time_in_summer_and_in_winter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    rotation = Rotation(datetime(2021, 1, 4, 7, 0, tzinfo=berlin), 12 * 3600.0, MEMBERS)
    at = datetime(2021, 3, 27, 12, 0, tzinfo=berlin)
    changes = []
    for _ in range(4):
        at = next_shift(rotation, at)
        changes.append(at.astimezone(berlin).strftime("%d %H:%M"))
    assert changes == ["27 19:00", "28 07:00", "28 19:00", "29 07:00"]


@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        (naive(2021, 3, 28, 1, 59), "2021-03-28T00:59Z"),
        (naive(2021, 3, 28, 2, 0), "2021-03-28T01:00Z"),
        (naive(2021, 3, 28, 2, 30), "2021-03-28T01:00Z"),
        (naive(2021, 3, 28, 3, 0), "2021-03-28T01:00Z"),
        (naive(2021, 3, 28, 3, 1), "2021-03-28T01:01Z"),
        (naive(2021, 10, 31, 2, 30), "2021-10-31T00:30Z"),
        (naive(2021, 10, 31, 3, 0), "2021-10-31T02:00Z"),
    ],
)
def test_a_local_time_is_an_instant(clock: datetime, shown: str) -> None:
    assert first_shown(clock, ZoneInfo("Europe/Berlin")) == datetime.fromisoformat(shown)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 a local time
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_a_later_local_time_is_never_an_earlier_instant(
    zone: ZoneInfo, clock: datetime, more: timedelta
) -> None:
    assert first_shown(clock, zone) <= first_shown(clock + more, zone)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 put into UTC below
    st.times(),
)
def test_the_next_time_a_clock_shows_it(zone: ZoneInfo, start: datetime, clock: time) -> None:
    after = start.replace(tzinfo=UTC)
    found = next_shown(clock, zone, after)
    assert after < found <= after + timedelta(hours=49)
    again = next_shown(clock, zone, found)
    assert timedelta(0) < again - found <= timedelta(hours=49)


rotations = st.builds(
    lambda zone, start, shift, count: Rotation(
        first_shown(start, zone).astimezone(zone), shift, MEMBERS[:count]
    ),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2020, 1, 1), datetime(2021, 12, 31)),  # noqa: DTZ001 a local time
    st.sampled_from([900.0, 2700.0, 8 * 3600.0, 12 * 3600.0, 24 * 3600.0, 36 * 3600.0, 604_800.0]),
    st.integers(1, 3),
)


@given(rotations, st.timedeltas(timedelta(0), timedelta(days=2000)))
def test_every_instant_has_one_member_until_the_next_relieves_them(
    rotation: Rotation, later: timedelta
) -> None:
    at = rotation.start + later
    who, change = on_shift(rotation, at), next_shift(rotation, at)
    assert who is not None
    # A day may have 25 hours; in Samoa one had none.
    assert at < change <= at + timedelta(seconds=rotation.shift) + timedelta(hours=25)
    assert on_shift(rotation, change - timedelta.resolution) == who
    place = rotation.members.index(who)
    if on_shift(rotation, change) != rotation.members[(place + 1) % len(rotation.members)]:
        # Only where the clocks jump over whole shifts does anybody lose a turn.
        before, after = (
            (change + away).astimezone(rotation.start.tzinfo).utcoffset()
            for away in (-timedelta.resolution, timedelta(0))
        )
        assert before != after


@pytest.mark.parametrize(("zone", "edge"), EDGES)
@pytest.mark.parametrize("shift", [900.0, 1800.0, 4 * 3600.0, 8 * 3600.0, 24 * 3600.0])
def test_around_a_change_of_the_clocks_the_members_follow_each_other(
    zone: str, edge: datetime, shift: float
) -> None:
    """Minute by minute against a clock on the wall: whoever has been relieved stays relieved."""
    local = edge.astimezone(ZoneInfo(zone)) - timedelta(days=3)
    rotation = Rotation(local.replace(hour=6, minute=0), shift, MEMBERS)
    at, latest = rotation.start.astimezone(UTC), rotation.start.replace(tzinfo=None)
    while at < edge + timedelta(days=2):
        # The furthest time the clock has ever shown says how many shifts have begun.
        latest = max(latest, at.astimezone(local.tzinfo).replace(tzinfo=None))
        begun = (latest - rotation.start.replace(tzinfo=None)) // timedelta(seconds=shift)
        assert on_shift(rotation, at) == MEMBERS[begun % 3], at
        at += timedelta(minutes=5)


def turn(contact: str, start: float, end: float) -> Turn:
    """On duty from one hour after START to another."""
    return Turn(
        ContactId(contact), Span(START + timedelta(hours=start), START + timedelta(hours=end))
    )


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_the_nearer_decision_goes_first_for_its_span_only() -> None:
    whole = replace(
        SHIFTS,
        overrides=(turn("thay", 1, 4), turn("them", 2, 3)),
        swaps=(turn("gap", 2.5, 3.5),),
    )
    seen = [on_roster(whole, after(h)) for h in (0.5, 1, 2, 2.5, 3, 3.5, 4)]
    assert seen == [
        ("ca-a",),
        ("thay",),
        ("thay", "them"),
        ("gap",),
        ("gap",),
        ("thay",),
        ("ca-a",),
    ]


def test_lines_of_a_schedule_that_overlap_are_on_duty_together() -> None:
    plan = replace(NOBODY, schedule=(turn("ngay", 0, 12), turn("tang-cuong", 6, 10)))
    assert on_roster(plan, after(6)) == ("ngay", "tang-cuong")
    assert on_roster(plan, after(10)) == ("ngay",)
    assert on_roster(plan, after(12)) == ()


def test_what_goes_on_below_a_turn_changes_nothing_until_it_ends() -> None:
    whole = replace(SHIFTS, overrides=(turn("thay", 0, 40),), swaps=(turn("gap", 30, 36),))
    changes = [after(1)]
    while len(changes) < 5:
        change = next_change(whole, changes[-1])
        assert change is not None
        changes.append(change)
    assert changes[1:] == [after(30), after(36), after(40), after(48)]


hours = st.integers(-48, 240).map(float)
turns = st.lists(
    st.builds(
        lambda who, start, length: turn(who, start, start + length),
        st.sampled_from(["a", "b", "c"]),
        hours,
        st.integers(1, 60),
    ),
    max_size=5,
).map(tuple)
rosters = st.builds(
    lambda base, plan, overrides, swaps: replace(
        base, schedule=plan, overrides=overrides, swaps=swaps
    ),
    st.sampled_from([NOBODY, SHIFTS, replace(NOBODY, standing=ContactId("x"))]),
    turns,
    turns,
    turns,
)


@given(rosters, hours)
def test_nothing_changes_before_the_next_change(one: Roster, hour: float) -> None:
    at = after(hour)
    change = next_change(one, at)
    until = change if change is not None else at + timedelta(days=30)
    assert at < until
    for part in (0.1, 0.5, 0.999):
        assert on_roster(one, at + (until - at) * part) == on_roster(one, at)


@given(st.lists(rosters, min_size=1, max_size=3), hours, st.integers(1, 200))
def test_manning_is_the_rosters_at_every_instant_without_gap_or_overlap(
    chain: list[Roster], hour: float, length: int
) -> None:
    start, end = after(hour), after(hour + length)
    found = list(manning(chain, start, end))
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start for one, other in pairwise(found))
    for stretch in found:
        for part in (0.0, 0.3, 0.999):
            at = stretch.start + (stretch.end - stretch.start) * part
            numbers = [len(on_roster(one, at)) for one in chain]
            answering = next((n for n, number in enumerate(numbers) if number), None)
            assert stretch.number == (0 if answering is None else numbers[answering])
            assert (stretch.roster is None) == (answering is None)
