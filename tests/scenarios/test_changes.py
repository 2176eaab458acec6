"""What changes around a fault: the configuration, the clock, the hours, the link's own moods."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from linkwatch.model.finding import Family, Kind, LinkState
from linkwatch.model.ids import CarrierId, ChannelId, ConferenceId, ContactId, RouterId, SiteId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.notification import Notification
from linkwatch.model.people import DailyHours, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.topology import ContractedRate, Hours, Level, Link, Place, SiteRole, Target
from linkwatch.runtime.events import Numbered, Polled
from linkwatch.runtime.figures import figures
from linkwatch.runtime.step import step
from support.drive import Answers, Drive, silent
from support.province import (
    CHU_SE,
    CONFERENCE,
    HUB,
    MORNING,
    NIGHT,
    VIETTEL,
    VNPT,
    WAN,
    ZONE,
    conference,
    inventory,
    moment,
    sample,
    without_link,
)

MOVED = SiteId("chu-se-moi")


def only(drive: Drive) -> Incident:
    assert len(drive.incidents) == 1, drive.incidents
    return next(iter(drive.incidents.values()))


def changed(whole: Inventory, **values: Any) -> Inventory:
    """The province with another WAN link at Chư Sê."""
    link: Link = replace(whole.links[WAN], **values)
    return replace(whole, links={**whole.links, WAN: link})


def renamed(whole: Inventory) -> Inventory:
    """The site under another id, its links under the same."""
    site = replace(whole.sites[CHU_SE], id=MOVED)
    links = {k: replace(v, site=MOVED) for k, v in whole.links.items()}
    return replace(whole, sites={HUB: whole.sites[HUB], MOVED: site}, links=links)


def events(messages: list[Notification]) -> Counter[str]:
    """How often each event was told, whoever heard it."""
    return Counter(sorted({m.key.split(":")[1].split(".")[0] + m.key[:9] for m in messages}))


def spells(bad: float, good: float) -> Answers:
    """Down and up by turns."""
    return lambda sent: None if sent % (bad + good) < bad else 0.010


# --- the configuration


@pytest.mark.parametrize("seconds", [10, 80])
def test_a_site_renamed_during_a_fault_takes_it_along(seconds: int) -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(seconds, chu_se_wan=silent)
    drive.reload(renamed(drive.state.inventory))
    drive.run(80, chu_se_wan=silent)
    assert (only(drive).site, only(drive).status) == (MOVED, Status.OPEN)
    drive.run(20)
    assert only(drive).status is Status.RESOLVED
    drive.run(80, chu_se_wan=silent)
    assert only(drive).site == MOVED


def test_a_site_renamed_between_two_runs_is_no_harm() -> None:
    before = Drive(inventory(), NIGHT)
    before.run(60)
    before.run(10, chu_se_wan=silent)
    after = before.restart(renamed(before.state.inventory), 120.0)
    told = after.run(10, chu_se_wan=silent)
    assert only(after).site == MOVED
    assert {m.event for m in after.notifications} == {IncidentEvent.OPENED}, told


def test_another_carriers_duty_is_told_when_the_link_changes_hands() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(10, chu_se_wan=silent)
    drive.reload(changed(drive.state.inventory, carrier=VIETTEL))
    told = drive.run(80, chu_se_wan=silent)
    assert {m.contact for m in told} == {"viettel-huyen", "truc-ttcntt"}
    assert "WAN Viettel" in told[0].text


def test_a_link_that_changes_hands_once_told_is_told_to_the_new_carrier_too() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(80, chu_se_wan=silent)
    told = drive.reload(changed(drive.state.inventory, carrier=CarrierId("viettel")))
    assert {m.event for m in told} == {IncidentEvent.UPDATED}
    assert "viettel-huyen" in {m.contact for m in told}


@pytest.mark.parametrize("restart", [False, True])
def test_another_address_for_a_dead_link_is_not_its_recovery(restart: bool) -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    elsewhere = changed(drive.state.inventory, targets=(Target("127.0.17.11"),))
    if restart:
        drive = drive.restart(elsewhere, 5.0)
    else:
        drive.reload(elsewhere)
    assert drive.run(60, chu_se_wan=silent) == []
    assert drive.state.judges[WAN].state is LinkState.UNKNOWN
    assert {m.event for m in drive.run(4)} == set()
    assert {m.event for m in drive.run(10)} == {IncidentEvent.RESOLVED}


def test_the_same_address_at_the_other_end_is_the_same_target() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    at_site = (Target("127.0.17.10", Place.SITE),)
    assert drive.reload(changed(drive.state.inventory, targets=at_site)) == []
    assert drive.run(20, chu_se_wan=silent) == []
    assert drive.state.judges[WAN].state is LinkState.DOWN


def test_a_told_contacts_channel_that_is_gone_is_replaced_by_a_present_one() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(80, chu_se_wan=silent)
    new = ChannelId("hook2")
    whole = drive.state.inventory
    contacts = {k: replace(c, channels=(new,)) for k, c in whole.contacts.items()}
    drive.reload(replace(whole, contacts=contacts, served_channels=frozenset({new})))
    resolved = drive.run(15)
    assert {m.channel for m in resolved} == {new}
    assert {m.event for m in resolved} == {IncidentEvent.RESOLVED}


def test_a_channel_without_a_sender_is_passed_over_for_the_next() -> None:
    whole = inventory()
    contacts = {
        k: replace(c, channels=(ChannelId("sms"), *c.channels)) for k, c in whole.contacts.items()
    }
    drive = Drive(replace(whole, contacts=contacts), NIGHT)
    drive.run(60)
    assert {m.channel for m in drive.run(80, chu_se_wan=silent)} == {"hook"}


def test_a_link_removed_while_its_fault_waits_for_a_number_is_forgotten() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.state.numbers.clear()
    drive.run(20, chu_se_wan=silent)
    assert list(drive.state.waiting) == [(Family.QUALITY, Subject.of_link(WAN))]
    drive.reload(without_link(drive.state.inventory, WAN))
    step(drive.state, Numbered(range(7, 9)), moment(NIGHT, drive.seconds))
    assert drive.incidents == {}


def test_a_fault_that_waited_for_a_number_opens_with_it() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.state.numbers.clear()
    drive.run(20, chu_se_wan=silent)
    effects = step(drive.state, Numbered(range(7, 9)), moment(NIGHT, drive.seconds))
    assert [i.id for i in drive.state.open_incidents()] == ["LW-000007"]
    assert effects.detected == [("LW-000007", 20.0)]


# --- the clock


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_wall_clock_that_is_set_during_a_hold_does_not_change_it(hours: int) -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(20, chu_se_wan=silent)
    drive.step_clock(hours * 3600)
    assert drive.run(30, chu_se_wan=silent) == []
    assert {m.event for m in drive.run(20, chu_se_wan=silent)} == {IncidentEvent.OPENED}


@pytest.mark.parametrize("hours", [-2, 2])
def test_nor_does_it_where_the_priority_changes_after_that(hours: int) -> None:
    """Lossy, then dead: the hold of the new priority counts from when the fault began."""
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(57, chu_se_wan=lambda sent: None if sent % 5 == 0 else 0.010)
    assert drive.incidents["LW-000001"].announced_at is None
    drive.step_clock(hours * 3600)
    told = drive.run(60, chu_se_wan=silent)
    assert {m.event for m in told} == {IncidentEvent.OPENED}


def test_a_clock_set_right_opens_the_window_within_a_minute() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING + timedelta(days=2))
    drive.run(60)
    drive.run(80, chu_se_wan=silent)
    drive.step_clock(-2 * 86_400)
    drive.run(70, chu_se_wan=silent)
    assert only(drive).priority is Priority.P1


# --- hours


def with_hours(whole: Inventory) -> Inventory:
    working = Hours(frozenset(range(1, 8)), time(7, 0), time(17, 0))
    sites = {**whole.sites, CHU_SE: replace(whole.sites[CHU_SE], hours=working)}
    return replace(whole, sites=sites)


def test_a_site_that_opens_finds_its_dead_link_told() -> None:
    coming = replace(conference(), start=MORNING + timedelta(days=14), end=MORNING.replace(day=30))
    drive = Drive(with_hours(inventory(conferences=(coming,))), MORNING.replace(hour=6, minute=50))
    drive.run(60)
    assert drive.run(300, chu_se_wan=silent) == []
    assert only(drive).priority is Priority.P4
    told = drive.run(400, chu_se_wan=silent)
    assert only(drive).priority is Priority.P2
    assert {m.event for m in told} == {IncidentEvent.OPENED}


def test_a_site_that_switches_off_the_evening_before_wakes_nobody() -> None:
    evening = datetime(2021, 5, 14, 16, 55, tzinfo=ZONE)
    drive = Drive(with_hours(inventory(conferences=(conference(),))), evening)
    drive.run(360)
    assert drive.run(600, chu_se_wan=silent, chu_se_inet=silent) == []
    assert {i.priority for i in drive.incidents.values()} == {Priority.P4}


def test_what_can_wait_for_the_morning_waits() -> None:
    daytime = EscalationStep(notify=(Role.DUTY,), hours=DailyHours(time(6, 0), time(22, 0)))
    whole = inventory()
    commune = {**whole.sites, CHU_SE: replace(whole.sites[CHU_SE], level=Level.COMMUNE)}
    table = {**whole.escalation, Priority.P3: (daytime,)}
    early = NIGHT.replace(hour=5, minute=50)
    drive = Drive(replace(whole, sites=commune, escalation=table), early)
    drive.run(60)
    # Its hours begin at six; what waited for the morning comes with the digest at seven.
    assert drive.run(4100, chu_se_wan=silent) == []
    assert {m.event for m in drive.run(60, chu_se_wan=silent)} == {IncidentEvent.OPENED}


# --- conferences


def hub_link(whole: Inventory) -> Inventory:
    """The WAN link stands at the hub instead."""
    return replace(whole, links={WAN: replace(whole.links[WAN], site=HUB)})


def test_todays_conference_counts_before_one_that_the_hub_attends_tomorrow() -> None:
    tomorrow = replace(
        conference(),
        id=ConferenceId("mai"),
        start=conference().start + timedelta(days=1),
        end=conference().end + timedelta(days=1),
        sites=(replace(conference().sites[0], site=HUB),),
    )
    drive = Drive(hub_link(inventory(conferences=(conference(), tomorrow))), MORNING)
    drive.run(60)
    drive.run(10, chu_se_wan=silent)
    assert (only(drive).priority, only(drive).conference) == (Priority.P1, CONFERENCE)


def test_a_site_outside_the_conference_is_not_said_to_confer() -> None:
    elsewhere = replace(conference(), sites=(replace(conference().sites[0], site=HUB),))
    drive = Drive(inventory(conferences=(elsewhere,)), MORNING)
    drive.run(60)
    told = drive.run(80, chu_se_wan=silent)
    assert only(drive).conference is None
    assert "họp" not in told[0].text
    assert drive.state.inventory.sites[HUB].role is SiteRole.HUB


# --- the link's own moods


def test_a_cut_between_the_carriers_end_and_the_site_is_down() -> None:
    ends = (Target("127.0.17.10"), Target("127.0.17.1", Place.SITE))
    drive = Drive(changed(inventory(conferences=(conference(),)), targets=ends), MORNING)
    drive.run(60)
    drive.run(10, chu_se_wan_1=silent)
    assert (only(drive).kind, only(drive).priority) == (Kind.DOWN, Priority.P1)
    drive.run(15)
    assert only(drive).status is Status.RESOLVED


def test_a_carriers_end_that_polices_pings_raises_nothing() -> None:
    ends = (Target("127.0.17.10"), Target("127.0.17.1", Place.SITE))
    drive = Drive(changed(inventory(conferences=(conference(),)), targets=ends), MORNING)
    drive.run(60)
    drive.run(600, chu_se_wan_0=lambda sent: None if sent % 3 else 0.010)
    assert drive.incidents == {}


def test_short_outages_that_come_again_and_again_are_told_in_the_end() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    told = drive.run(600, chu_se_wan=spells(bad=40, good=15))
    assert {m.event for m in told} & {IncidentEvent.OPENED, IncidentEvent.FLAPPING}


def test_flapping_is_one_start_and_one_end() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    told = drive.run(600, chu_se_wan=spells(bad=10, good=10))
    kinds = Counter(m.event for m in told if m.contact == ContactId("vnpt-huyen"))
    # By two channels: opened, resolved, opened again; then it is known to flap.
    assert kinds == {
        IncidentEvent.OPENED: 4,
        IncidentEvent.RESOLVED: 2,
        IncidentEvent.FLAPPING: 2,
    }
    assert only(drive).status is Status.FLAPPING
    assert drive.run(500) == []
    assert {m.event for m in drive.run(200)} == {IncidentEvent.RESOLVED}
    assert only(drive).status is Status.RESOLVED


def test_a_flapping_fault_survives_a_restart() -> None:
    before = Drive(inventory(conferences=(conference(),)), MORNING)
    before.run(60)
    before.run(70, chu_se_wan=spells(bad=10, good=10))
    before.run(60)
    assert only(before).status is Status.FLAPPING
    after = before.restart(before.state.inventory, 5.0)
    assert after.run(300) == []
    assert {m.event for m in after.run(400)} == {IncidentEvent.RESOLVED}


def test_what_was_told_at_its_worst_is_not_told_again() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    moods = [silent, lambda _: 0.120]
    for turn in range(12):
        drive.run(22, chu_se_wan=moods[turn % 2])
    assert sum(m.event is IncidentEvent.RAISED for m in drive.notifications) == 0


def test_a_link_known_to_be_down_is_not_reported_unseen_as_well() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.run(80, chu_se_wan=silent)
    drive.pause(60)
    assert {i.kind for i in drive.incidents.values() if i.links == (WAN,)} == {Kind.DOWN}
    assert drive.state.judges[WAN].state is LinkState.UNKNOWN


# --- load


def test_a_contract_without_a_number_ends_what_was_full() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.poll(sample(WAN, receive=19e6, transmit=1e6), times=7)
    assert only(drive).kind is Kind.UTILISATION
    most = (ContractedRate(None, None),)
    drive.reload(changed(drive.state.inventory, contracted=most))
    drive.poll(sample(WAN, receive=19e6, transmit=1e6))
    assert only(drive).status is Status.RESOLVED


def test_both_directions_full_is_one_word_not_one_at_each_poll() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    for turn in range(15):
        more = 19e6 + turn % 2 * 5e5
        drive.poll(sample(WAN, receive=more, transmit=38e6 - more))
    assert drive.timeline == ["opened", "announced"]


def test_figures_of_a_silent_router_are_not_shown_as_todays() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    drive.poll(sample(WAN, receive=10e6, transmit=1e6))
    now = moment(NIGHT, drive.seconds)
    assert figures(drive.state, WAN, now.wall).utilisation_receive == 0.5
    silence = PollResult(RouterId("chu-se-r1"), now.wall, PollOutcome.TIMEOUT)
    for _ in range(3):
        step(drive.state, Polled(silence), now)
    after = figures(drive.state, WAN, now.wall)
    assert (after.utilisation_receive, after.interface) == (None, None)


def test_a_removed_interface_withdraws_the_load_and_nothing_else() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    drive.poll(sample(WAN, receive=19e6, transmit=1e6), times=7)
    drive.run(70)
    told = drive.reload(changed(drive.state.inventory, interface=None))
    assert only(drive).status is Status.WITHDRAWN
    assert "không còn được đo về mặt này" in told[0].text
    assert VNPT in drive.state.inventory.carriers
