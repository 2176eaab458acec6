"""A link's availability as the daemon counts it: by changes of state, over reloads and restarts."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from linkwatch.model.availability import Availability
from linkwatch.model.ids import LinkId
from linkwatch.model.journal import SaveAvailability
from linkwatch.model.measurement import Outcome
from linkwatch.model.topology import Hours
from linkwatch.runtime.accounting import availability, save_all
from linkwatch.runtime.events import WorkAsked, WorkEnded
from support.drive import Drive, silent
from support.province import CHU_SE, INET, MORNING, NIGHT, WAN, conference, inventory, moment, work
from support.towns import Towns, line, towns

OFFICE = Hours(frozenset(range(1, 6)), time(7), time(17))


def counted(drive: Drive) -> Availability:
    """Of the WAN link, to the second."""
    now = moment(drive.start, drive.seconds)
    drive.records.extend(save_all(drive.state, now))
    found = availability(drive.state, WAN, now.wall.timestamp())
    assert found is not None
    return found


def test_down_is_counted_from_the_verdict_to_the_first_answer() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    drive.run(200, chu_se_wan=silent)
    drive.run(100)
    found = counted(drive)
    assert sum((found.up, found.down, found.unknown, found.maintenance)) == 400
    assert 190 <= found.down <= 202
    assert found.unknown <= 2
    assert found.ratio == found.up / (found.up + found.down)
    other = availability(drive.state, INET, moment(NIGHT, 400).wall.timestamp())
    assert other is not None
    assert other.ratio == 1.0


def test_degraded_is_up_and_our_own_failure_is_unknown() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    drive.run(300, chu_se_wan=lambda _: 0.070)
    before = counted(drive)
    assert (before.down, before.ratio) == (0, 1.0)
    drive.run(300, chu_se_wan=lambda _: Outcome.LOCAL_FAILURE)
    after = counted(drive)
    assert after.down == 0
    assert after.unknown - before.unknown >= 250


def test_work_is_told_apart_until_it_is_ended() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    announced = WorkAsked(work(None, NIGHT + timedelta(hours=1), by="truc"))
    number = drive.ask(announced).works[0].number or 0
    drive.run(200, chu_se_wan=silent)
    drive.ask(WorkEnded(number, "truc"))
    drive.run(100, chu_se_wan=silent)
    found = counted(drive)
    assert (found.maintenance, found.down) == (200, 100)


def test_work_that_nobody_agreed_to_excuses_nothing_over_a_conference() -> None:
    opens = conference().start - timedelta(minutes=60)
    start, end = opens - timedelta(seconds=100), opens + timedelta(seconds=300)
    for agreed, excused in ((None, 100), ("Trung tâm", 300)):
        planned = work(start, end, accepted_by=agreed)
        whole = replace(inventory(conferences=(conference(),)), maintenance=(planned,))
        drive = Drive(whole, start)
        drive.run(300)
        assert counted(drive).maintenance == excused


def test_outside_the_hours_nothing_counts_but_in_a_conference() -> None:
    evening = datetime(2021, 5, 14, 16, 58, tzinfo=NIGHT.tzinfo)
    plain = inventory()
    closing = replace(plain.sites[CHU_SE], hours=OFFICE)
    whole = replace(plain, sites={**plain.sites, CHU_SE: closing})
    drive = Drive(whole, evening)
    drive.run(300)
    assert sum((counted(drive).up, counted(drive).unknown)) == 120
    saturday = conference().start
    assert saturday.isoweekday() == 6
    busy = Drive(replace(whole, conferences={conference().id: conference()}), saturday)
    busy.run(120, chu_se_wan=silent)
    found = counted(busy)
    assert sum((found.up, found.down, found.unknown)) == 120


def test_a_restart_goes_on_with_what_was_saved() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    drive.run(100, chu_se_wan=silent)
    before = counted(drive)
    after = drive.restart(inventory(), 50.0)
    after.run(60)
    found = counted(after)
    assert found.down >= before.down
    assert sum((found.up, found.down, found.unknown, found.maintenance)) == 310
    assert found.unknown - before.unknown >= 50


def test_a_reload_counts_by_what_was_in_force_until_then() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    excused = replace(
        inventory(), maintenance=(work(NIGHT - timedelta(hours=1), NIGHT + timedelta(hours=1)),)
    )
    drive.reload(excused)
    drive.run(100)
    drive.reload(inventory())
    drive.run(100)
    assert counted(drive).maintenance == 100


def test_each_link_is_saved_once_an_hour_at_its_own_time() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(7200)
    saved = [r.availability.link for r in drive.records if isinstance(r, SaveAvailability)]
    assert sorted(saved) == [INET, INET, WAN, WAN]


def test_a_clock_that_is_set_makes_no_time() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    drive.step_clock(7200)
    drive.run(100, chu_se_wan=silent)
    drive.step_clock(-7200)
    drive.run(100)
    found = counted(drive)
    assert sum((found.up, found.down, found.unknown, found.maintenance)) in (299, 300, 301)


def test_what_fails_behind_our_own_uplink_is_held_against_nobody() -> None:
    def fate(link: LinkId, sent: float) -> float | None:
        return None if 30 <= sent < 90 and not link.endswith("wan") else 0.012

    play = Towns(towns(4, meeting=True), MORNING, fate)
    play.run(150)
    now = moment(MORNING, play.seconds).wall.timestamp()
    for number in range(4):
        for kind in ("vnpt", "viettel"):
            found = availability(play.state, line(number, kind), now)
            assert found is not None
            assert found.down <= 1
            assert 58 <= found.unknown <= 70


def test_a_restart_leaves_no_more_unknown_than_until_the_first_answer() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(100)
    counted(drive)
    after = drive.restart(inventory(), 50.0)
    after.run(30)
    assert 50 <= counted(after).unknown <= 53
