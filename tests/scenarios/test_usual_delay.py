"""A link that is slow for itself, though far below its level."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from linkwatch.judge.baseline import LESSONS
from linkwatch.model.finding import Kind
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Restored, SaveUsual
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.usual import UsualDelay
from support.drive import Drive, silent
from support.province import NIGHT, WAN, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = UsualDelay(WAN, {NIGHT.hour: (0.010, 0.001, LESSONS)})
LEVEL = 0.010 + 6 * 1.4826 * 0.001
HOUR = 3600


def comparing(deviations: float | None = 6.0) -> Inventory:
    whole = inventory()
    link = whole.links[WAN]
    limits = replace(link.thresholds, above_usual=deviations)
    return replace(whole, links={**whole.links, WAN: replace(link, thresholds=limits)})


def watched(whole: Inventory, start: datetime = NIGHT) -> Drive:
    """Well for a minute, by a daemon that knows the line."""
    drive = Drive(
        whole, start, Restored(verified=frozenset({(WAN, "127.0.17.10")}), usual=(KNOWN,))
    )
    drive.run(60)
    return drive


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def lessons(drive: Drive) -> "Iterator[UsualDelay]":
    return (r.usual for r in drive.records if isinstance(r, SaveUsual))


def test_slow_for_itself_is_a_warning_with_the_level_that_was_reached() -> None:
    drive = watched(comparing())
    told = drive.run(240, chu_se_wan=lambda _: 0.025)
    incident = only(drive)
    assert (incident.kind, incident.severity) == (Kind.LATENCY, Severity.WARNING)
    assert incident.priority is Priority.P3
    assert incident.threshold[Metric.LATENCY] == pytest.approx(LEVEL)
    assert {m.event for m in told} == {IncidentEvent.OPENED}
    drive.run(60)
    assert only(drive).status is Status.RESOLVED


def test_off_by_default() -> None:
    drive = watched(comparing(None))
    drive.run(600, chu_se_wan=lambda _: 0.025)
    assert drive.incidents == {}
    assert list(lessons(drive)) == []


def test_another_hour_is_not_judged_by_this_ones_habit() -> None:
    drive = watched(comparing(), NIGHT.replace(hour=4))
    drive.run(600, chu_se_wan=lambda _: 0.025)
    assert drive.incidents == {}


def test_a_lower_level_of_the_operators_stays() -> None:
    whole = comparing(100.0)
    drive = watched(whole)
    drive.run(60, chu_se_wan=lambda _: 0.060)
    assert only(drive).threshold[Metric.LATENCY] == whole.links[WAN].thresholds.latency.warning


def test_a_lesson_is_taken_every_five_minutes_and_kept() -> None:
    drive = watched(comparing())
    drive.run(HOUR // 2)
    kept = list(lessons(drive))
    assert len(kept) == 6
    median, _, count = kept[-1].hours[NIGHT.hour]
    assert median == pytest.approx(0.010)
    assert count == LESSONS + 6


@pytest.mark.parametrize("rtt", [None, 0.060])
def test_a_fault_by_the_operators_own_levels_teaches_nothing(rtt: float | None) -> None:
    drive = watched(comparing())
    drive.run(600)
    before = len(list(lessons(drive)))
    drive.run(100, chu_se_wan=lambda _: rtt)
    during = len(list(lessons(drive)))
    drive.run(900, chu_se_wan=(lambda _: rtt) if rtt else silent)
    assert before == 2
    assert during - before <= 1
    assert len(list(lessons(drive))) == during


@pytest.mark.parametrize("how", ["restart", "reload"])
def test_neither_a_restart_nor_a_reload_makes_it_usual(how: str) -> None:
    drive = watched(comparing())
    drive.run(300)
    drive.run(60, chu_se_wan=lambda _: 0.025)
    assert only(drive).status is Status.OPEN
    if how == "restart":
        drive = drive.restart(drive.state.inventory, 5.0)
    else:
        drive.reload(comparing(6.0))
    drive.run(200, chu_se_wan=lambda _: 0.025)
    assert {i.status for i in drive.state.incidents.values()} == {Status.OPEN}
    drive.run(60)
    assert {i.status for i in drive.state.incidents.values()} == {Status.RESOLVED}


def test_a_reload_that_gives_it_up_ends_it() -> None:
    drive = watched(comparing())
    drive.run(60, chu_se_wan=lambda _: 0.025)
    assert only(drive).status is Status.OPEN
    drive.reload(comparing(None))
    drive.run(60, chu_se_wan=lambda _: 0.025)
    assert only(drive).status is Status.RESOLVED
