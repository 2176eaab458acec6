"""One site with two links: a timeline in, messages out."""

from dataclasses import replace

import pytest

from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Limits
from support.drive import Drive, keys, silent
from support.province import (
    CONFERENCE,
    INET,
    MORNING,
    NIGHT,
    WAN,
    conference,
    inventory,
    without_link,
)


def slow(_sent: float) -> float | None:
    return 0.120


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def with_threshold(whole: Inventory, limits: Limits) -> Inventory:
    link = whole.links[WAN]
    changed = replace(link, thresholds=replace(link.thresholds, latency=limits))
    return replace(whole, links={**whole.links, WAN: changed})


def test_a_healthy_hour_tells_nobody_anything() -> None:
    drive = Drive(inventory(), NIGHT)
    assert drive.run(3600) == []
    assert drive.incidents == {}
    assert drive.state.judges[WAN].state is LinkState.UP


def test_an_outage_in_a_conference_pages_the_carriers_duty_at_once_by_all_channels() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    told = drive.run(6, chu_se_wan=silent)
    incident = only(drive)
    assert (incident.kind, incident.priority) == (Kind.DOWN, Priority.P1)
    assert incident.conference == CONFERENCE
    assert keys(told) == [
        "LW-000001:opened:ky-thuat:hook",
        "LW-000001:opened:ky-thuat:log",
        "LW-000001:opened:truc-ttcntt:hook",
        "LW-000001:opened:truc-ttcntt:log",
        "LW-000001:opened:vnpt-huyen:hook",
        "LW-000001:opened:vnpt-huyen:log",
        "LW-000001:opened:vnpt-tinh:hook",
        "LW-000001:opened:vnpt-tinh:log",
    ]
    # The first lost probe was sent at second 60; the verdict needs five of them.
    assert (incident.started_at - MORNING).total_seconds() == 60
    assert (incident.opened_at - MORNING).total_seconds() == 65


def test_away_from_a_conference_it_waits_for_the_hold_and_tells_by_the_first_channel() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    assert drive.run(60, chu_se_wan=silent) == []
    told = drive.run(10, chu_se_wan=silent)
    assert keys(told) == ["LW-000001:opened:truc-ttcntt:hook", "LW-000001:opened:vnpt-huyen:hook"]
    assert only(drive).priority is Priority.P2


def test_a_fault_shorter_than_its_hold_is_on_record_but_wakes_nobody() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(30, chu_se_wan=silent)
    drive.run(60)
    assert drive.notifications == []
    assert only(drive).status is Status.RESOLVED
    assert drive.timeline == ["opened", "resolved"]


def test_recovery_is_told_to_everyone_who_was_told_by_the_channel_that_told_them() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    opened = drive.run(80, chu_se_wan=silent)
    resolved = drive.run(15)
    assert {(m.contact, m.channel) for m in resolved} == {(m.contact, m.channel) for m in opened}
    assert {m.event for m in resolved} == {IncidentEvent.RESOLVED}
    incident = only(drive)
    # Probes sent from second 140 on were answered again.
    assert incident.restored_at is not None
    assert (incident.restored_at - NIGHT).total_seconds() == 140
    assert drive.state.judges[WAN].state is LinkState.UP


@pytest.mark.parametrize("lost", [{100.0}, {100.0, 101.0}, {100.0, 101.0, 102.0}])
def test_a_few_lost_packets_never_alarm(lost: set[float]) -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(600, chu_se_wan=lambda sent: None if sent in lost else 0.010)
    assert drive.incidents == {}


def test_bad_again_soon_after_is_the_same_incident_told_again() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    drive.run(60)
    again = drive.run(20, chu_se_wan=silent)
    assert {m.key.split(":")[1] for m in again} == {"opened.2"}
    assert only(drive).status is Status.OPEN
    assert drive.timeline == ["opened", "announced", "resolved", "reopened", "announced"]


def test_bad_again_long_after_is_another_incident() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    drive.run(700)
    drive.run(20, chu_se_wan=silent)
    assert sorted(drive.incidents) == ["LW-000001", "LW-000002"]


def test_heavy_loss_is_seen_and_said_with_its_figures() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(120)
    told = drive.run(120, chu_se_wan=lambda sent: None if sent % 5 == 0 else 0.010)
    incident = only(drive)
    assert (incident.kind, incident.priority) == (Kind.LOSS, Priority.P1)
    assert "MẤT GÓI" in told[0].text
    assert "ngưỡng 5 %" in told[0].text
    drive.run(180)
    assert only(drive).status is Status.RESOLVED


def test_loss_that_becomes_an_outage_stays_one_incident() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(120)
    drive.run(120, chu_se_wan=lambda sent: None if sent % 5 == 0 else 0.010)
    told = drive.run(30, chu_se_wan=silent)
    assert only(drive).kind is Kind.DOWN
    assert {m.event for m in told} == {IncidentEvent.RAISED}
    assert "NẶNG HƠN: MẤT KẾT NỐI" in told[0].text


def test_slowness_is_raised_and_clears_below_its_clear_level_only() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(60, chu_se_wan=slow)
    assert (only(drive).kind, only(drive).priority) == (Kind.LATENCY, Priority.P2)
    drive.run(60, chu_se_wan=lambda _: 0.096)
    assert only(drive).status is Status.OPEN
    drive.run(60)
    assert only(drive).status is Status.RESOLVED


def test_silence_of_our_own_is_told_to_the_operators_and_to_no_carrier() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    told = drive.pause(300)
    assert {m.contact for m in told} == {"truc-ttcntt"}
    assert {i.kind for i in drive.incidents.values()} == {Kind.NO_DATA}
    assert drive.state.judges[WAN].state is LinkState.UNKNOWN
    drive.run(10)
    assert {i.status for i in drive.incidents.values()} == {Status.RESOLVED}


def test_a_target_that_never_answered_pages_nobody() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(600, chu_se_wan=silent)
    assert drive.incidents == {}
    assert drive.state.judges[WAN].state is LinkState.UNVERIFIED


def test_both_links_down_cut_the_site_off_and_raise_what_was_open() -> None:
    one_in_use = conference(use=(WAN,))
    drive = Drive(inventory(conferences=(one_in_use,)), MORNING)
    drive.run(60)
    drive.run(20, chu_se_inet=silent)
    assert only(drive).priority is Priority.P2
    drive.run(20, chu_se_inet=silent, chu_se_wan=silent)
    assert drive.incidents["LW-000002"].priority is Priority.P1
    assert drive.incidents["LW-000001"].priority is Priority.P1


def test_the_window_opening_raises_a_fault_that_goes_on() -> None:
    evening = MORNING.replace(hour=6, minute=20)
    drive = Drive(inventory(conferences=(conference(),)), evening)
    drive.run(60)
    drive.run(100, chu_se_wan=silent)
    assert only(drive).priority is Priority.P2
    told = drive.run(600, chu_se_wan=silent)
    assert only(drive).priority is Priority.P1
    assert {m.event for m in told} == {IncidentEvent.RAISED}
    assert "vnpt-tinh" in {m.contact for m in told}


def test_a_restart_keeps_the_incident_and_neither_pages_again_nor_forgets_to_resolve() -> None:
    before = Drive(inventory(conferences=(conference(),)), MORNING)
    before.run(60)
    before.run(20, chu_se_wan=silent)
    after = before.restart(before.state.inventory, 5.0)
    assert after.state.judges[WAN].state is LinkState.UNKNOWN
    assert after.run(30, chu_se_wan=silent) == []
    assert after.state.judges[WAN].state is LinkState.DOWN
    resolved = after.run(15)
    assert {m.event for m in resolved} == {IncidentEvent.RESOLVED}
    assert len(resolved) == len(before.notifications)


def test_a_link_that_died_while_nobody_watched_is_still_found() -> None:
    before = Drive(inventory(conferences=(conference(),)), MORNING)
    before.run(60)
    after = before.restart(before.state.inventory, 5.0)
    after.run(10, chu_se_wan=silent)
    assert only(after).kind is Kind.DOWN


def test_a_reload_keeps_what_is_known_of_unchanged_links() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(80, chu_se_wan=silent)
    assert drive.reload(with_threshold(drive.state.inventory, Limits(0.2, 0.4))) == []
    assert drive.state.judges[WAN].state is LinkState.DOWN
    assert only(drive).status is Status.OPEN


def test_a_removed_links_incident_is_withdrawn_and_told() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    opened = drive.run(80, chu_se_wan=silent)
    told = drive.reload(without_link(drive.state.inventory, WAN))
    assert {(m.contact, m.channel) for m in told} == {(m.contact, m.channel) for m in opened}
    assert only(drive).status is Status.WITHDRAWN
    assert "NGỪNG THEO DÕI" in told[0].text
    assert set(drive.state.judges) == {INET}


def test_a_changed_threshold_is_judged_by_from_the_next_probe_on() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(60, chu_se_wan=slow)
    drive.reload(with_threshold(drive.state.inventory, Limits(0.2, 0.4)))
    drive.run(30, chu_se_wan=slow)
    assert only(drive).status is Status.RESOLVED
