"""A conference's window opens, by its time or by a reload, and closes: what it changes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linkwatch.conference.pace import Hurried
from linkwatch.judge.significance import false_alarm_chance
from linkwatch.model.conference import Conference, Importance
from linkwatch.model.finding import Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.priority import Priority
from linkwatch.runtime.events import Reloaded
from linkwatch.runtime.step import advance, next_due, step
from support.drive import Drive, silent
from support.province import INET, ROUTER, WAN, ZONE, conference, inventory, moment

START = datetime(2021, 5, 15, 7, 30, tzinfo=ZONE)
OPENS = START - timedelta(minutes=60)
ALL = Hurried(frozenset({WAN, INET}), frozenset({ROUTER}))


def slowly(*conferences: Conference, interval: float = 5.0) -> Inventory:
    """The province, its links probed every `interval` s outside conferences."""
    whole = inventory(conferences=conferences)
    links = {
        k: replace(x, probing=replace(x.probing, interval=interval)) for k, x in whole.links.items()
    }
    return replace(whole, links=links)


def chances(drive: Drive) -> set[float]:
    return {judge._chance for judge in drive.state.judges.values()}


# --- the pace


def test_the_pace_changes_at_the_windows_edge_and_back_when_it_closes() -> None:
    drive = Drive(slowly(conference()), OPENS - timedelta(seconds=90))
    at = 0.0
    changes = []
    while at < 7 * 3600.0:
        at = max(at + 0.5, min(next_due(drive.state) - 1000.0, at + 60.0))
        effects = advance(drive.state, moment(drive.start, at))
        if effects.hurry is not None:
            changes.append((at, effects.hurry))
    assert changes == [(90.0, ALL), (90.0 + 6 * 3600.0, Hurried())]


def test_a_conference_that_a_reload_adds_five_minutes_before_is_in_force_at_once() -> None:
    drive = Drive(slowly(), START - timedelta(minutes=5))
    drive.run(60)
    now = moment(drive.start, drive.seconds)
    assert step(drive.state, Reloaded(slowly(conference())), now).hurry == ALL
    # It is told once; another reload of the same changes no pace.
    assert step(drive.state, Reloaded(slowly(conference())), now).hurry is None
    gone = step(drive.state, Reloaded(slowly()), now).hurry
    assert gone == Hurried()


def test_a_daemon_that_starts_within_a_window_starts_at_its_pace() -> None:
    drive = Drive(slowly(conference()), START)
    assert drive.state.hurried == ALL
    assert chances(drive) == {false_alarm_chance(0.02, 1.0)}


def test_a_clock_that_is_set_into_the_window_hurries_within_a_minute() -> None:
    drive = Drive(slowly(conference()), START - timedelta(days=3))
    drive.run(60)
    assert drive.state.hurried == Hurried()
    drive.step_clock(3 * 86_400)
    drive.run(61)
    assert drive.state.hurried == ALL


def test_faster_probes_raise_no_more_false_alarms_a_year() -> None:
    drive = Drive(slowly(conference()), OPENS - timedelta(seconds=30))
    assert chances(drive) == {false_alarm_chance(0.02, 5.0)}
    drive.run(40)
    assert chances(drive) == {false_alarm_chance(0.02, 1.0)}
    drive.reload(slowly(conference(), interval=7.0))
    assert chances(drive) == {false_alarm_chance(0.02, 1.0)}
    drive.reload(slowly(interval=7.0))
    assert chances(drive) == {false_alarm_chance(0.02, 7.0)}


def test_what_the_judge_has_seen_before_the_window_counts_in_it() -> None:
    drive = Drive(slowly(conference()), OPENS - timedelta(seconds=62))
    drive.run(60)
    # Two probes are lost before the edge and three after it: one outage, from its first loss.
    told = drive.run(8, chu_se_wan=silent)
    (incident,) = drive.incidents.values()
    assert (incident.started_at - drive.start).total_seconds() == 60.0
    assert incident.priority is Priority.P1
    assert {m.event for m in told} == {IncidentEvent.OPENED}


def test_links_probed_seldom_are_not_taken_for_unseen_when_the_window_opens() -> None:
    drive = Drive(slowly(conference(), interval=300.0), OPENS - timedelta(seconds=100))
    drive.run(2)
    # The next probes were due in minutes; at the new pace they are due within a second.
    assert drive.pause(100) == []
    assert drive.incidents == {}
    drive.run(60)
    assert drive.incidents == {}


def test_silence_within_the_window_is_noticed_at_the_windows_pace() -> None:
    drive = Drive(slowly(conference(), interval=300.0), OPENS - timedelta(seconds=100))
    drive.run(2)
    drive.pause(130)
    assert {i.kind.value for i in drive.incidents.values()} == {"no_data"}


# --- priorities


@pytest.mark.parametrize(
    ("importance", "before", "within"),
    [
        (Importance.HIGH, Priority.P2, Priority.P1),
        (Importance.NORMAL, Priority.P2, Priority.P2),
    ],
)
def test_a_fault_from_before_rises_when_the_window_opens(
    importance: Importance, before: Priority, within: Priority
) -> None:
    drive = Drive(slowly(conference(importance=importance)), OPENS - timedelta(seconds=200))
    drive.run(30)
    drive.run(165, chu_se_wan=silent)
    (incident,) = drive.incidents.values()
    assert incident.priority is before
    told = drive.run(10, chu_se_wan=silent)
    (incident,) = drive.incidents.values()
    assert incident.priority is within
    rises = {IncidentEvent.RAISED} if within is not before else set()
    assert {m.event for m in told} == rises


def test_a_fault_falls_when_the_window_closes_and_nobody_is_told() -> None:
    closes = datetime(2021, 5, 15, 12, 30, tzinfo=ZONE)
    drive = Drive(slowly(conference(use=(WAN,))), closes - timedelta(seconds=60))
    drive.run(10)
    drive.run(40, chu_se_wan=silent)
    (incident,) = drive.incidents.values()
    assert incident.priority is Priority.P1
    assert drive.run(30, chu_se_wan=silent) == []
    (incident,) = drive.incidents.values()
    assert (incident.priority, incident.conference) == (Priority.P2, None)


def test_a_fault_rises_in_the_turn_of_the_reload_that_adds_the_conference() -> None:
    drive = Drive(slowly(), START - timedelta(minutes=5))
    drive.run(30)
    drive.run(90, chu_se_wan=silent)
    told = drive.reload(slowly(conference()))
    assert {m.event for m in told} == {IncidentEvent.RAISED}
    (incident,) = drive.incidents.values()
    assert incident.priority is Priority.P1
    assert drive.state.judges[LinkId("chu-se-inet")].hurried


def test_a_link_that_sways_is_poor_and_then_flaps_which_is_as_bad_as_down() -> None:
    drive = Drive(slowly(conference()), START)
    drive.run(60)
    told = drive.run(600, chu_se_wan=lambda sent: 0.120 if sent % 120 < 60 else 0.010)
    (incident,) = drive.incidents.values()
    assert (incident.status, incident.priority) == (Status.FLAPPING, Priority.P1)
    assert incident.kind is Kind.LATENCY
    first = next(m for m in told if m.event is IncidentEvent.FLAPPING)
    assert first.priority is Priority.P1
    assert IncidentEvent.RAISED not in {m.event for m in told}


def test_a_dead_spare_is_a_site_cut_off_once_the_link_in_use_dies_as_well() -> None:
    drive = Drive(slowly(conference(use=(WAN,))), START)
    drive.run(60)
    drive.run(20, chu_se_inet=silent)
    (spare,) = drive.incidents.values()
    assert spare.priority is Priority.P2
    drive.run(8, chu_se_inet=silent, chu_se_wan=silent)
    assert {i.priority for i in drive.incidents.values()} == {Priority.P1}
    assert len(drive.incidents) == 2
