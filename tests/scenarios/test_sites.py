"""Sites as boards show them, and what conferences lose: by links as they are probed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from linkwatch.conference.windows import closes_at
from linkwatch.model.finding import Kind, LinkState, SiteState
from linkwatch.model.ids import ContactId, IncidentId, LinkId, SiteId
from linkwatch.model.incident import IncidentEvent, Status, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Hours
from linkwatch.oncall.response import Response
from linkwatch.runtime.causes import key_of
from linkwatch.runtime.events import TakeAsked
from linkwatch.runtime.figures import site_states
from linkwatch.runtime.state import State
from support.drive import Drive, silent
from support.province import (
    CHU_SE,
    CONFERENCE,
    INET,
    MORNING,
    NIGHT,
    VNPT,
    WAN,
    ZONE,
    conference,
    inventory,
    moment,
)
from support.towns import OWN_INET, Towns, district, towns

BOTH = {"chu_se_wan": silent, "chu_se_inet": silent}
START = conference().start


def shown(state: State, sites: Iterable[SiteId], now: datetime) -> list[SiteState]:
    """These sites, as a scrape at `now` shows them."""
    links = ((x, [state.shown(state.judges[k]) for k in state.links_of.get(x, ())]) for x in sites)
    return site_states(state, links, now)


def at_chu_se(drive: Drive) -> SiteState:
    (state,) = shown(drive.state, [CHU_SE], moment(drive.start, drive.seconds).wall)
    return state


def lost(drive: Drive) -> float:
    return drive.state.lost.seconds(CONFERENCE, CHU_SE, moment(drive.start, drive.seconds))


def meeting(*use: LinkId) -> Inventory:
    return inventory(conferences=(conference(use=use),))


def test_a_site_is_what_its_links_are() -> None:
    drive = Drive(inventory(), NIGHT)
    assert at_chu_se(drive) is SiteState.UNVERIFIED
    for answers, state in (
        ({}, SiteState.UP),
        ({"chu_se_wan": lambda _: 0.120}, SiteState.DEGRADED),
        ({"chu_se_wan": silent}, SiteState.DEGRADED),
        (BOTH, SiteState.CUT_OFF),
        ({}, SiteState.UP),
    ):
        drive.run(60, **answers)
        assert at_chu_se(drive) is state


def test_in_a_conference_the_links_that_it_uses_decide() -> None:
    opens = START - timedelta(minutes=60)
    drive = Drive(meeting(WAN), opens - timedelta(seconds=100))
    drive.run(30)
    drive.run(60, chu_se_wan=silent)
    assert at_chu_se(drive) is SiteState.DEGRADED
    drive.run(20, chu_se_wan=silent)
    assert at_chu_se(drive) is SiteState.CUT_OFF


def test_outside_its_hours_a_site_is_closed_unless_a_conference_needs_it() -> None:
    office = Hours(frozenset(range(1, 6)), time(8), time(17))
    whole = meeting()
    whole = replace(
        whole, sites={**whole.sites, CHU_SE: replace(whole.sites[CHU_SE], hours=office)}
    )
    saturday = datetime(2021, 5, 15, 6, 29, tzinfo=ZONE)
    drive = Drive(whole, saturday)
    drive.run(59, **BOTH)
    assert at_chu_se(drive) is SiteState.CLOSED
    drive.run(2, **BOTH)
    assert at_chu_se(drive) is SiteState.UNVERIFIED
    friday = Drive(whole, datetime(2021, 5, 14, 16, 59, tzinfo=ZONE))
    friday.run(30)
    assert at_chu_se(friday) is SiteState.UP
    friday.run(30)
    assert at_chu_se(friday) is SiteState.CLOSED


def test_a_site_that_left_the_configuration_is_unknown() -> None:
    drive = Drive(inventory(), NIGHT)
    now = moment(NIGHT, 0).wall
    assert site_states(drive.state, [(SiteId("gone"), ())], now) == [SiteState.UNKNOWN]


def test_what_a_site_loses_of_a_conference_is_counted_while_it_runs() -> None:
    drive = Drive(meeting(), START - timedelta(seconds=100))
    drive.run(20)
    drive.run(90, **BOTH)
    assert 9 <= lost(drive) <= 11, "cut off before it began: counted from its beginning"
    drive.run(30, chu_se_inet=silent)
    ended = lost(drive)
    assert 9 <= ended <= 18, "until the link is well again"
    drive.run(60, chu_se_inet=silent)
    assert lost(drive) == ended, "one link is enough"
    drive.run(60, **BOTH)
    assert 50 <= lost(drive) - ended <= 60


def test_nothing_is_lost_after_the_end_nor_of_links_that_it_does_not_use() -> None:
    drive = Drive(meeting(WAN), conference().end - timedelta(seconds=100))
    drive.run(20)
    drive.run(40, chu_se_inet=silent)
    assert lost(drive) == 0
    drive.run(100, chu_se_wan=silent)
    assert 30 <= lost(drive) <= 40
    drive.run(100)
    assert 30 <= lost(drive) <= 40


def test_a_reload_keeps_what_was_lost_and_drops_what_left() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(60, **BOTH)
    before = lost(drive)
    assert before >= 50
    drive.reload(replace(drive.state.inventory, organisation="khác"))
    drive.run(10, **BOTH)
    assert lost(drive) == pytest.approx(before + 10, abs=0.5)
    drive.reload(replace(drive.state.inventory, conferences={}))
    assert lost(drive) == 0


def test_a_site_that_was_cut_off_is_so_after_a_restart_before_any_probe() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(40, chu_se_wan=silent)
    drive.run(20, **BOTH)
    again = drive.restart(drive.state.inventory, after=5)
    again.run(2, **BOTH)
    assert at_chu_se(again) is SiteState.CUT_OFF
    assert lost(again) == pytest.approx(2, abs=0.5), "a counter that begins anew"


def test_after_a_restart_the_links_of_a_site_without_power_are_unknown_until_they_answer() -> None:
    """They have no incident of their own: the site's says what they were."""
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(40, **BOTH)
    (incident,) = drive.incidents.values()
    assert incident.kind is Kind.SITE_DOWN
    again = drive.restart(drive.state.inventory, after=5)

    def links() -> set[LinkState]:
        return {again.state.shown(again.state.judges[x]) for x in (WAN, INET)}

    assert links() == {LinkState.UNKNOWN}
    assert at_chu_se(again) is SiteState.CUT_OFF
    told = again.run(3)
    assert links() == {LinkState.UNKNOWN}, "three answers do not meet the clear rule"
    told += again.run(6)
    assert links() == {LinkState.UP}
    assert {m.event for m in told} == {IncidentEvent.RESOLVED}
    assert not list(again.state.open_incidents())


def test_after_a_restart_a_site_still_without_power_is_told_no_second_time() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(40, **BOTH)
    again = drive.restart(drive.state.inventory, after=5)
    assert again.run(60, **BOTH) == []
    assert {again.state.shown(again.state.judges[x]) for x in (WAN, INET)} == {LinkState.DOWN}
    (incident,) = again.state.open_incidents()
    assert set(incident.links) == {WAN, INET}
    assert again.run(60)


def test_after_a_restart_a_site_out_for_the_second_time_is_so_since_then() -> None:
    """What else has failed before is none of its doing."""
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(40, **BOTH)
    drive.run(60)
    began = MORNING + timedelta(seconds=drive.seconds)
    drive.run(20, **BOTH)
    again = drive.restart(drive.state.inventory, after=5)
    since = {again.state.causes.bad[key_of(x)].started_at for x in (WAN, INET)}
    assert all(began <= at <= began + timedelta(seconds=6) for at in since)
    (incident,) = again.state.open_incidents()
    assert incident.started_at < began


def test_who_heard_of_a_line_before_the_site_hears_its_end_though_it_was_to_be_told_anew() -> None:
    """Told, then part of the site's fault, then by itself, as the window is over with a hold."""
    patient: dict[Priority, float] = {
        priority: 600.0 for priority in Priority if priority is not Priority.P1
    }
    whole = replace(meeting(), hold={**inventory().hold, **patient})
    drive = Drive(whole, closes_at(conference()) - timedelta(seconds=50))
    drive.run(20)
    first = drive.run(15, chu_se_wan=silent)
    assert {(m.incident, m.event) for m in first} == {("LW-000001", IncidentEvent.OPENED)}
    site = drive.run(40, **BOTH)
    assert {m.incident for m in site} == {"LW-000002"}
    over = drive.run(20, chu_se_wan=silent)
    assert {(m.incident, m.event) for m in over} == {("LW-000002", IncidentEvent.RESOLVED)}
    alone = drive.incidents["LW-000001"]
    assert (alone.caused_by, alone.announced_at) == (None, None)
    told = drive.run(20)
    assert {(m.incident, m.event) for m in told} == {("LW-000001", IncidentEvent.RESOLVED)}
    assert {m.contact for m in told} == {m.contact for m in first}
    assert drive.run(600) == []


def test_a_line_seen_to_flap_while_its_site_was_out_is_told_when_it_is_bad_by_itself() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(30)
    drive.run(15, chu_se_wan=silent)
    drive.run(20)
    drive.run(20, chu_se_wan=lambda _: 0.12)
    drive.run(20, **BOTH)
    over = drive.run(18, chu_se_inet=silent)
    assert {(m.incident, m.event) for m in over} == {("LW-000002", IncidentEvent.RESOLVED)}
    assert drive.incidents["LW-000001"].status is Status.FLAPPING
    told = drive.run(15, chu_se_wan=silent)
    assert {(m.incident, m.event) for m in told} == {("LW-000001", IncidentEvent.FLAPPING)}
    assert {(m.incident, m.event) for m in drive.run(700)} == {
        ("LW-000001", IncidentEvent.RESOLVED)
    }


def test_behind_a_dead_uplink_of_ours_nothing_is_known_and_nothing_is_lost() -> None:
    def fate(link: LinkId, sent: float) -> float | None:
        return None if sent > 30 else 0.012

    whole = towns(4, meeting=True)
    play = Towns(whole, MORNING, fate)
    play.run(90)
    assert OWN_INET in {i.subject.uplink for i in play.incidents.values()}
    now = moment(MORNING, play.seconds)
    districts = [district(n) for n in range(4)]
    assert shown(play.state, districts, now.wall) == [SiteState.UNKNOWN] * 4
    for site in districts:
        assert play.state.lost.seconds(CONFERENCE, site, now) <= 3


def took(incident: str) -> TakeAsked:
    who = ContactId("vnpt-huyen")
    return TakeAsked(IncidentId(incident), who, None, Via.PHONE, by="truc", note="")


def test_a_carriers_times_are_counted_once_whatever_is_restarted() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(10, chu_se_wan=silent)
    (number,) = drive.incidents
    told = drive.incidents[number].announced_at
    assert told is not None
    drive.run(50, chu_se_wan=silent)
    drive.ask(took(number))
    drive.ask(took(number))
    taken_after = (moment(MORNING, 80).wall - told).total_seconds()
    assert drive.acknowledged == [Response(VNPT, Priority.P1, taken_after)]
    again = drive.restart(drive.state.inventory, after=5)
    again.run(30, chu_se_wan=silent)
    assert again.acknowledged == again.restored == []
    again.run(30)
    (mended,) = again.restored
    assert (mended.carrier, mended.priority) == (VNPT, Priority.P1)
    # Dead from the 20th to the 115th second, told some four seconds later.
    assert 85 <= mended.seconds <= 97
    last = again.restart(again.state.inventory, after=5)
    last.run(30)
    assert last.restored == []


def test_both_of_a_sites_links_at_once_are_no_carriers_to_mend() -> None:
    drive = Drive(meeting(), MORNING)
    drive.run(20)
    drive.run(60, **BOTH)
    drive.run(60)
    assert drive.restored == []
    assert INET in drive.state.judges
