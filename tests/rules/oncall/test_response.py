"""How long carriers take: counted once, from when their people knew."""

from dataclasses import replace
from datetime import timedelta

from linkwatch.model.finding import Family
from linkwatch.model.ids import ContactId, IncidentId
from linkwatch.model.incident import Incident, Progress, Status, Taken, Via
from linkwatch.model.maintenance import Bearing, UnderWork
from linkwatch.model.priority import Priority
from linkwatch.oncall.response import (
    Response,
    acknowledged,
    is_unacknowledged,
    restored,
    told_at,
)
from support.province import MORNING, VNPT, incident


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def told(**values: object) -> Incident:
    """Found at MORNING, told a minute later."""
    when = MORNING + at(60)
    progress = Progress(when, {Priority.P2: (0,)}, when, began=when)
    known = replace(
        incident(MORNING, priority=Priority.P2, announce_at=None),
        announced_at=when,
        highest_told=Priority.P2,
        progress=progress,
    )
    return replace(known, **values)  # type: ignore[arg-type]  # its fields by name


def held(of: Incident, seconds: float) -> Incident:
    when = MORNING + at(seconds)
    taken = Taken(ContactId("x"), when, when + at(1800), None, Via.PHONE, "y")
    return replace(of, status=Status.ACKNOWLEDGED, taken=taken, acknowledged_at=when)


def mended(of: Incident, seconds: float) -> Incident:
    when = MORNING + at(seconds)
    return replace(of, status=Status.RESOLVED, restored_at=when, resolved_at=when)


def test_acknowledging_is_counted_from_the_first_word_and_once() -> None:
    before, after = told(), held(told(), 150)
    assert acknowledged(before, after) == Response(VNPT, Priority.P2, 90.0)
    assert acknowledged(after, held(after, 300)) is None
    # What a restart finds has happened already.
    assert acknowledged(None, after) is None
    assert acknowledged(before, before) is None


def test_told_anew_as_more_urgent_it_is_counted_from_then() -> None:
    anew = MORNING + at(3600)
    assert before_progress(told()).began == MORNING + at(60)
    raised = told(
        priority=Priority.P1,
        highest_told=Priority.P1,
        progress=Progress(anew, {Priority.P1: (0,)}, anew, began=anew),
    )
    assert told_at(raised) == anew
    assert acknowledged(raised, held(raised, 3630)) == Response(VNPT, Priority.P1, 30.0)


def before_progress(of: Incident) -> Progress:
    assert of.progress is not None
    return of.progress


def test_an_incident_of_an_older_version_is_counted_from_when_it_was_announced() -> None:
    old = told(progress=replace(before_progress(told()), began=None))
    assert told_at(old) == MORNING + at(60)


def test_who_took_it_before_anybody_was_told_is_not_counted() -> None:
    waiting = incident(MORNING)
    assert acknowledged(waiting, held(waiting, 30)) is None


def test_restoring_is_counted_from_the_verdict_to_the_first_good_probe() -> None:
    before = held(told(), 150)
    assert restored(before, mended(before, 600)) == Response(VNPT, Priority.P2, 600.0)
    assert restored(None, mended(before, 600)) is None
    assert restored(mended(before, 600), mended(before, 600)) is None


def test_the_target_is_that_of_the_highest_priority_that_was_told() -> None:
    before = told(priority=Priority.P3, highest_told=Priority.P1)
    assert restored(before, mended(before, 600)) == Response(VNPT, Priority.P1, 600.0)


def test_one_that_came_back_is_counted_anew_and_one_that_flaps_as_a_whole() -> None:
    again = MORNING + at(1000)
    came_back = told(spell_at=again, announced_at=again + at(60))
    assert restored(came_back, mended(came_back, 1300)) == Response(VNPT, Priority.P2, 300.0)
    flaps = told(spell_at=again, status=Status.FLAPPING)
    assert restored(flaps, mended(flaps, 1300)) == Response(VNPT, Priority.P2, 1240.0)


def test_what_was_nobodys_to_mend_is_not_counted() -> None:
    work = UnderWork("CV 12/VNPT", MORNING + at(7200), Bearing.MUTED)
    for before in (
        told(carrier=None),
        told(priority=Priority.P4, highest_told=None),
        told(announced_at=None),
        told(maintenance=work),
        told(caused_by=IncidentId("LW-000009")),
        told(family=Family.UTILISATION),
    ):
        assert restored(before, mended(before, 600)) is None, before
    open_ = told()
    assert restored(open_, replace(mended(open_, 600), status=Status.WITHDRAWN)) is None
    by_hand = replace(open_, status=Status.RESOLVED, closed_by="a", resolved_at=MORNING)
    assert restored(open_, by_hand) is None


def test_unacknowledged_is_what_goes_on_untaken_though_people_know() -> None:
    assert is_unacknowledged(told())
    assert not is_unacknowledged(held(told(), 90))
    assert not is_unacknowledged(mended(told(), 90))
    assert not is_unacknowledged(incident(MORNING))
    assert not is_unacknowledged(told(caused_by=IncidentId("LW-000009")))
    assert not is_unacknowledged(told(status=Status.FLAPPING, good_since=MORNING + at(70)))
