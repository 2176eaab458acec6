"""Announced work: which faults it explains, what it means for them, and what is withheld."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linkwatch.incident.lifecycle import Change, due
from linkwatch.incident.maintenance import as_heard, covering, next_change, standing, told
from linkwatch.model.finding import Family, Kind
from linkwatch.model.ids import SiteId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.maintenance import Bearing, UnderWork, work_of
from linkwatch.model.moment import Span
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from support.province import (
    CHU_SE,
    HUB,
    INET,
    NIGHT,
    ROUTER,
    VIETTEL,
    VNPT,
    WAN,
    incident,
    inventory,
    work,
)

END = NIGHT + timedelta(hours=2)
MUTED = UnderWork("CV 12/VNPT", END, Bearing.MUTED)
WHOLE = inventory()
CABLE = replace(
    WHOLE, links={**WHOLE.links, INET: replace(WHOLE.links[INET], shared_risk=("cable",))}
)


def router_fault(**values: Any) -> Incident:
    return incident(
        NIGHT,
        family=Family.ROUTER,
        kind=Kind.ROUTER_DOWN,
        subject=Subject.of_router(ROUTER),
        links=(WAN, INET),
        **values,
    )


def none_but(**values: Any) -> Any:
    return work(NIGHT, END, links=(), **values)


@pytest.mark.parametrize(
    ("fault", "announced", "explained"),
    [
        (incident(NIGHT), work(NIGHT, END), True),
        (incident(NIGHT), work(NIGHT, END, links=(INET,)), False),
        (incident(NIGHT), none_but(sites=frozenset({CHU_SE})), True),
        (incident(NIGHT), none_but(sites=frozenset({HUB})), False),
        (incident(NIGHT), none_but(carrier=VNPT), True),
        (incident(NIGHT), none_but(carrier=VIETTEL), False),
        (incident(NIGHT), none_but(sites=frozenset({CHU_SE}), carrier=VIETTEL), False),
        (incident(NIGHT), none_but(sites=frozenset({CHU_SE}), carrier=VNPT), True),
        (incident(NIGHT), none_but(shared_risk=frozenset({"cable"})), False),
        (
            incident(NIGHT, subject=Subject.of_link(INET), links=(INET,)),
            none_but(shared_risk=frozenset({"cable"})),
            True,
        ),
        (router_fault(), work(NIGHT, END), False),
        (router_fault(), work(NIGHT, END, links=(WAN, INET)), True),
        (router_fault(), none_but(carrier=VNPT), False),
        (router_fault(), none_but(sites=frozenset({CHU_SE})), True),
        (replace(router_fault(), links=()), none_but(sites=frozenset({CHU_SE})), True),
        (replace(router_fault(), links=()), none_but(carrier=VNPT), False),
        (
            incident(NIGHT, family=Family.BANDWIDTH, kind=Kind.BANDWIDTH_NOT_EXPANDED),
            work(NIGHT, END),
            False,
        ),
        (incident(NIGHT, family=Family.UTILISATION), work(NIGHT, END), True),
    ],
)
def test_work_explains_what_it_touches_whole(
    fault: Incident, announced: Any, explained: bool
) -> None:
    assert bool(covering(fault, [announced], CABLE.links)) is explained


def test_what_passes_a_line_and_fails_with_it_is_explained_by_work_on_that_line() -> None:
    links = {**WHOLE.links, INET: replace(WHOLE.links[INET], parent=WAN)}
    with_effects = incident(NIGHT, links=(WAN, INET))
    assert covering(with_effects, [work(NIGHT, END)], links)
    assert not covering(with_effects, [work(NIGHT, END, links=(INET,))], links)
    assert not covering(with_effects, [work(NIGHT, END)], WHOLE.links)
    of_its_own = incident(NIGHT, subject=Subject.of_link(INET), links=(INET,))
    assert not covering(of_its_own, [work(NIGHT, END)], links)


def test_a_fault_at_several_sites_takes_work_at_all_of_them() -> None:
    wide = incident(NIGHT, affects=(CHU_SE, HUB), links=())
    assert not covering(wide, [none_but(sites=frozenset({CHU_SE}))], WHOLE.links)
    assert covering(wide, [none_but(sites=frozenset({CHU_SE, HUB}))], WHOLE.links)


def test_what_work_means() -> None:
    plain, agreed = work(NIGHT, END), work(NIGHT, END, accepted_by="TT")
    longer = work(NIGHT, END + timedelta(hours=1), reference=None, number=7)

    def means(*works: Any, on: bool = False, before: UnderWork | None = None) -> UnderWork | None:
        return standing(before, works, NIGHT, in_conference=on)

    assert means() is None
    assert means(plain) == MUTED
    assert means(plain, longer) == UnderWork("#7", END + timedelta(hours=1), Bearing.MUTED)
    assert means(plain, on=True) == replace(MUTED, bearing=Bearing.OVER_CONFERENCE)
    assert means(agreed, longer, on=True) == MUTED
    assert means(before=MUTED) == UnderWork("CV 12/VNPT", NIGHT, Bearing.OUTLASTED)
    over = UnderWork("CV 12/VNPT", NIGHT - timedelta(hours=1), Bearing.OUTLASTED)
    assert means(before=over) == over
    assert means(plain, before=over) == MUTED


def test_every_beginning_and_end_is_a_change() -> None:
    works = [work(NIGHT, END), work(NIGHT + timedelta(hours=1), END + timedelta(hours=1))]
    at, seen = NIGHT - timedelta(hours=1), list[datetime]()
    while (edge := next_change(works, at)) is not None:
        seen.append(edge)
        at = edge
    hours = [timedelta(hours=n) for n in (0, 1, 2, 3)]
    assert seen == [NIGHT + each for each in hours]


def test_its_name_and_identity_stay_when_somebody_agrees() -> None:
    plain = work(NIGHT, END)
    assert replace(plain, accepted_by="TT").subject == plain.subject
    assert replace(plain, number=3).subject.id == "CV 12/VNPT #3"
    assert work_of(plain.subject) == "CV 12/VNPT"
    assert work_of(replace(plain, number=3, reference=None).subject) == "#3"
    assert work_of(Subject.of_link(WAN)) is None
    nameless = none_but(
        carrier=VNPT, sites=frozenset(map(SiteId, ("a", "b", "c", "d"))), reference=None
    )
    assert nameless.name == "vnpt, a, b, c, +1"


def test_it_is_on_from_its_beginning_until_just_before_its_end() -> None:
    plain = work(NIGHT, END)
    tick = timedelta(seconds=1)
    assert [plain.is_on(at) for at in (NIGHT - tick, NIGHT, END - tick, END)] == [
        *(False, True, True, False)
    ]
    assert (plain.is_over(END - tick), plain.is_over(END)) == (False, True)
    ended = replace(plain, ended_at=NIGHT + tick)
    assert (ended.is_on(NIGHT + tick), ended.is_over(NIGHT + tick)) == (False, True)
    assert replace(plain, span=Span(None, None)).is_on(END)


# --- what is withheld


HEARD = incident(
    NIGHT,
    announced_at=NIGHT,
    announce_at=None,
    worst_told=1,
    highest_told=Priority.P3,
    priority=Priority.P3,
    kind=Kind.LATENCY,
    severity=Severity.WARNING,
    maintenance=MUTED,
)
WORSE = replace(
    HEARD,
    priority=Priority.P2,
    kind=Kind.DOWN,
    severity=Severity.CRITICAL,
    worst_told=3,
    highest_told=Priority.P2,
)


def freed(one: Incident) -> Incident:
    return replace(one, maintenance=None)


def test_a_first_word_waits_until_nothing_mutes_it() -> None:
    before = incident(NIGHT, maintenance=MUTED)
    now = replace(before, announced_at=NIGHT, announce_at=None, worst_told=3)
    change = told(before, Change(now, IncidentEvent.OPENED, "announced"))
    assert (change.event, change.incident.announced_at) == (None, None)
    assert (change.incident.announce_at, change.incident.worst_told) == (NIGHT, 0)
    assert due(change.incident, WHOLE.flapping) is None
    assert due(freed(change.incident), WHOLE.flapping) == NIGHT


@pytest.mark.parametrize(
    "kept_back", [{"good_since": NIGHT}, {"priority": Priority.P4}], ids=["quiet", "for the record"]
)
def test_what_nobody_would_be_told_of_anyway_waits_for_nothing(kept_back: dict[str, Any]) -> None:
    before = incident(NIGHT, maintenance=MUTED, status=Status.FLAPPING)
    now = replace(before, announced_at=NIGHT, **kept_back)
    change = told(before, Change(now, IncidentEvent.FLAPPING))
    assert (change.event, change.incident.announce_at) == (None, None)


def test_a_rise_is_withheld_and_told_afterwards_as_seen_by_who_knows_less() -> None:
    change = told(HEARD, Change(WORSE, IncidentEvent.RAISED, "raised"))
    withheld = change.incident
    assert (change.event, withheld.withheld) == (None, (IncidentEvent.RAISED,))
    assert (withheld.worst_told, withheld.highest_told) == (1, Priority.P3)
    seen = as_heard(withheld)
    assert seen is not None
    assert seen.priority is Priority.P3
    after = told(withheld, Change(freed(withheld)))
    assert (after.event, after.incident.withheld) == (IncidentEvent.RAISED, ())
    assert (after.incident.worst_told, after.incident.highest_told) == (3, Priority.P2)


def test_a_rise_that_has_eased_is_never_told() -> None:
    withheld = told(HEARD, Change(WORSE, IncidentEvent.RAISED)).incident
    eased = replace(HEARD, maintenance=None, withheld=withheld.withheld)
    after = told(withheld, Change(eased))
    assert (after.event, after.incident.withheld) == (None, ())
    assert after.incident.worst_told == 1


def test_flapping_is_told_once_it_is_bad_again() -> None:
    flapping = replace(HEARD, status=Status.FLAPPING, good_since=NIGHT)
    withheld = told(HEARD, Change(flapping, IncidentEvent.FLAPPING)).incident
    quiet = told(withheld, Change(freed(withheld)))
    assert (quiet.event, quiet.incident.withheld) == (None, (IncidentEvent.FLAPPING,))
    bad = told(quiet.incident, Change(replace(quiet.incident, good_since=None)))
    assert (bad.event, bad.incident.withheld) == (IncidentEvent.FLAPPING, ())
    said = told(withheld, Change(freed(withheld), IncidentEvent.FLAPPING))
    assert (said.event, said.incident.withheld) == (IncidentEvent.FLAPPING, ())


def test_one_word_tells_all_that_was_withheld() -> None:
    both = (IncidentEvent.UPDATED, IncidentEvent.RAISED)
    worse = replace(WORSE, maintenance=None, withheld=both, worst_told=1, highest_told=Priority.P3)
    assert told(HEARD, Change(worse)).event is IncidentEvent.RAISED
    moved = replace(HEARD, maintenance=None, withheld=both)
    assert told(HEARD, Change(moved)).event is IncidentEvent.UPDATED


def test_the_end_reaches_who_was_told_and_owes_nothing_more() -> None:
    over = replace(HEARD, status=Status.RESOLVED, withheld=(IncidentEvent.RAISED,))
    change = told(HEARD, Change(over, IncidentEvent.RESOLVED, "resolved"))
    assert (change.event, change.incident.withheld) == (IncidentEvent.RESOLVED, ())
