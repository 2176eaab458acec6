"""Announced work that is not one line's story: by command, on routers, with several conferences."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linkwatch.model.acts import Refusal
from linkwatch.model.finding import Kind
from linkwatch.model.ids import CarrierId, ConferenceId, LinkId, SiteId
from linkwatch.model.incident import Incident, IncidentEvent, Status, Via
from linkwatch.model.maintenance import Bearing
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.moment import Span
from linkwatch.model.priority import Priority
from linkwatch.oncall.outlook import outlook
from linkwatch.runtime.events import (
    CloseAsked,
    Event,
    TakeAsked,
    WorkAccepted,
    WorkAsked,
    WorkEnded,
)
from linkwatch.runtime.figures import figures
from support.drive import Drive, silent
from support.province import (
    CHU_SE,
    INET,
    MORNING,
    NIGHT,
    WAN,
    ZONE,
    conference,
    inventory,
    moment,
    without_link,
    work,
)

HOUR = timedelta(hours=1)


def night() -> Drive:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    return drive


def only(drive: Drive, kind: Kind = Kind.DOWN) -> Incident:
    (found,) = [i for i in drive.incidents.values() if i.kind is kind]
    return found


def asked(**values: Any) -> WorkAsked:
    announced = work(None, NIGHT + HOUR, by="truc")
    return WorkAsked(replace(announced, **values))


# --- by command


def test_work_by_command_is_numbered_and_begins_at_once() -> None:
    drive = night()
    (made,) = drive.ask(asked()).works
    assert (made.number, made.by, made.span.start, made.made_at) == (
        *(1, "truc", made.made_at, moment(NIGHT, 60).wall),
    )
    assert drive.run(80, chu_se_wan=silent) == []


def test_it_survives_a_restart_and_a_reload_and_its_number_is_not_given_again() -> None:
    before = night()
    before.ask(asked())
    before.ask(WorkEnded(before.ask(asked()).works[0].number or 0, "truc"))
    after = before.restart(inventory(), 5.0)
    after.run(60)
    after.reload(inventory())
    assert after.run(80, chu_se_wan=silent) == []
    assert after.ask(asked()).works[0].number == 3


REFUSED: Mapping[str, tuple[Event, Refusal]] = {
    "link": (asked(links=frozenset({LinkId("x")})), Refusal.UNKNOWN_LINK),
    "site": (asked(sites=frozenset({SiteId("x")})), Refusal.UNKNOWN_SITE),
    "carrier": (asked(carrier=CarrierId("x")), Refusal.UNKNOWN_CARRIER),
    "risk": (asked(shared_risk=frozenset({"x"})), Refusal.UNKNOWN_RISK),
    "nothing": (asked(links=frozenset()), Refusal.WORK_ON_NOTHING),
    "another's": (asked(carrier=CarrierId("viettel")), Refusal.WORK_ON_NOTHING),
    "empty site": (
        asked(links=frozenset(), sites=frozenset({SiteId("ttcntt")})),
        Refusal.WORK_ON_NOTHING,
    ),
    "order": (asked(span=Span(NIGHT + 2 * HOUR, NIGHT + HOUR)), Refusal.ENDS_FIRST),
    "endless": (asked(span=Span(NIGHT, None)), Refusal.ENDS_FIRST),
    "past": (asked(span=Span(NIGHT - HOUR, NIGHT)), Refusal.IS_OVER),
    "end": (WorkEnded(7, "x"), Refusal.UNKNOWN_WORK),
    "accept": (WorkAccepted(7, "x", "x"), Refusal.UNKNOWN_WORK),
}


@pytest.mark.parametrize(("event", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_with_its_reason(event: Event, why: Refusal) -> None:
    drive = night()
    records = len(drive.records)
    assert drive.ask(event).refusal is why
    assert len(drive.records) == records


def test_work_that_is_over_can_be_neither_ended_nor_agreed_to() -> None:
    drive = night()
    number = drive.ask(asked(span=Span(None, NIGHT + timedelta(seconds=90)))).works[0].number or 0
    drive.run(60)
    assert drive.ask(WorkEnded(number, "x")).refusal is Refusal.UNKNOWN_WORK
    assert drive.ask(WorkAccepted(number, "x", "x")).refusal is Refusal.UNKNOWN_WORK


# --- what is muted is shown


def test_a_muted_fault_is_shown_with_its_work_and_has_no_next_step() -> None:
    drive = night()
    drive.ask(asked())
    drive.run(80, chu_se_wan=silent)
    muted = only(drive)
    assert muted.maintenance is not None
    assert (muted.is_muted, muted.maintenance.work) == (True, "CV 12/VNPT")
    now = moment(drive.start, drive.seconds).wall
    assert outlook(muted, ZONE, now) is None
    on = figures(drive.state, WAN, now).maintenance
    assert on is not None
    assert figures(drive.state, INET, now).maintenance is None
    assert figures(drive.state, WAN, NIGHT + HOUR).maintenance is None


def test_an_answer_is_told_and_the_escalation_goes_on_only_after_it() -> None:
    drive = night()
    drive.run(80, chu_se_wan=silent)
    drive.ask(asked())
    drive.run(10, chu_se_wan=silent)
    before = len(drive.notifications)
    drive.ask(TakeAsked(only(drive).id, None, None, Via.PHONE, "truc", ""))
    heard = {m.event for m in drive.notifications[before:]}
    assert heard == {IncidentEvent.ACKNOWLEDGED}
    assert drive.run(1900, chu_se_wan=silent) == []
    assert only(drive).status is Status.ACKNOWLEDGED


def test_a_router_is_muted_by_work_on_all_its_links_not_on_one() -> None:
    for links, is_muted in (((WAN,), False), ((WAN, INET), True)):
        drive = night()
        drive.ask(asked(links=frozenset(links)))
        drive.poll(outcome=PollOutcome.TIMEOUT, times=12)
        assert only(drive, Kind.SNMP_UNREACHABLE).is_muted is is_muted


@pytest.mark.parametrize("removed", [WAN, INET])
def test_a_routers_fault_is_of_the_links_that_the_router_still_has(removed: LinkId) -> None:
    drive = night()
    drive.poll(outcome=PollOutcome.TIMEOUT, times=12)
    drive.reload(without_link(drive.state.inventory, removed))
    (left,) = {WAN, INET} - {removed}
    assert only(drive, Kind.SNMP_UNREACHABLE).links == (left,)
    drive.ask(asked(links=frozenset({left})))
    assert only(drive, Kind.SNMP_UNREACHABLE).is_muted
    drive.reload(inventory())
    assert set(only(drive, Kind.SNMP_UNREACHABLE).links) == {WAN, INET}
    assert not only(drive, Kind.SNMP_UNREACHABLE).is_muted


def test_bad_spells_in_the_work_are_no_part_of_a_later_hold() -> None:
    drive = night()
    drive.ask(asked(span=Span(None, NIGHT + timedelta(seconds=150))))
    drive.run(70, chu_se_wan=silent)
    drive.run(40)
    assert drive.run(40, chu_se_wan=silent) == []
    assert only(drive).served == 0.0
    assert {m.event for m in drive.run(60, chu_se_wan=silent)} == {IncidentEvent.OPENED}


# --- conflicts with conferences


def the_day_before() -> Drive:
    drive = Drive(inventory(conferences=(conference(),)), MORNING - timedelta(hours=20))
    drive.run(10)
    return drive


def over_it(**values: Any) -> WorkAsked:
    return asked(span=Span(None, datetime(2021, 5, 15, 12, 0, tzinfo=ZONE)), **values)


def test_a_conflict_is_the_operators_and_ends_when_somebody_agrees() -> None:
    drive = the_day_before()
    number = drive.ask(over_it()).works[0].number or 0
    assert {m.contact for m in drive.run(90)} == {"truc-ttcntt"}
    conflict = only(drive, Kind.MAINTENANCE_CONFLICT)
    assert (conflict.priority, conflict.conference, conflict.site, conflict.links) == (
        *(Priority.P2, "txct", CHU_SE, (WAN,)),
    )
    drive.ask(WorkAccepted(number, "Trung tâm", "truc"))
    assert only(drive, Kind.MAINTENANCE_CONFLICT).status is Status.RESOLVED


def test_a_conflict_closed_by_hand_stays_closed_until_it_is_another() -> None:
    drive = the_day_before()
    drive.ask(over_it())
    drive.run(90)
    number = only(drive, Kind.MAINTENANCE_CONFLICT).id
    drive.ask(CloseAsked(number, "đã báo", "truc"))
    assert drive.run(900) == []
    drive.ask(over_it(links=frozenset({INET})))
    drive.run(90)
    still_open = [i for i in drive.incidents.values() if not i.status.is_closed]
    assert [i.subject.id for i in still_open] == ["CV 12/VNPT #2"]


def test_a_restart_says_no_conflict_again() -> None:
    drive = the_day_before()
    drive.ask(over_it())
    drive.run(90)
    after = drive.restart(drive.state.inventory, 5.0)
    assert after.run(120) == []
    assert after.timeline == []
    assert [i.kind for i in after.state.open_incidents()] == [Kind.MAINTENANCE_CONFLICT]


def test_work_that_leaves_the_configuration_ends_its_conflict() -> None:
    start, end = conference().start, conference().end
    planned = replace(
        inventory(conferences=(conference(),)), maintenance=(work(start, end, links=(WAN, INET)),)
    )
    drive = Drive(planned, MORNING - timedelta(hours=20))
    drive.run(90)
    assert only(drive, Kind.MAINTENANCE_CONFLICT).announced_at is not None
    heard = drive.reload(replace(planned, maintenance=()))
    assert {m.event for m in heard} == {IncidentEvent.RESOLVED}
    assert only(drive, Kind.MAINTENANCE_CONFLICT).status is Status.RESOLVED


def test_one_work_over_two_conferences_is_one_conflict_with_the_nearer() -> None:
    first = conference()
    second = replace(
        first, id=ConferenceId("txct-2"), start=first.end + HOUR, end=first.end + 2 * HOUR
    )
    planned = replace(
        inventory(conferences=(second, first)), maintenance=(work(first.start, second.end),)
    )
    drive = Drive(planned, first.start - 2 * HOUR)
    drive.run(90)
    assert only(drive, Kind.MAINTENANCE_CONFLICT).conference is not None
    drive.run(3600)
    assert only(drive, Kind.MAINTENANCE_CONFLICT).conference == first.id


def test_work_on_a_spare_link_meets_no_conference_and_mutes() -> None:
    planned = replace(
        inventory(conferences=(conference(use=(INET,)),)),
        maintenance=(work(MORNING - HOUR, MORNING + HOUR),),
    )
    drive = Drive(planned, MORNING)
    drive.run(60)
    assert drive.run(120, chu_se_wan=silent) == []
    spare = only(drive)
    assert spare.maintenance is not None
    assert spare.maintenance.bearing is Bearing.MUTED
