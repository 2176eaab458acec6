"""What a look at the rosters finds: as stretches of time, and for every contact with a part."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.conference.occasions import occasion, occasions
from linkwatch.model.conference import Directive
from linkwatch.model.coverage import (
    AlwaysNights,
    DeadEnd,
    Period,
    Shortfall,
    Unnamed,
    Vacancy,
    WeakContact,
    Weakness,
)
from linkwatch.model.ids import ChannelId, ContactId, RosterId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import (
    Address,
    Answer,
    Contact,
    EscalationStep,
    Operators,
    Role,
    Roster,
    Rotation,
    Turn,
)
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level, LinkKind, SiteRole
from linkwatch.oncall.coverage import coverage, coverage_of, next_check
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.nights import always_nights
from linkwatch.oncall.rostergaps import roster_gaps
from linkwatch.oncall.shortfalls import account_of
from support.province import (
    CHU_SE,
    CONFERENCE,
    HUB,
    INET,
    NIGHT,
    VIETTEL,
    VNPT,
    ZONE,
    conference,
    inventory,
    link,
    roster,
    site,
)

WEEK = Period(NIGHT, NIGHT + timedelta(days=7))
LEADERS = (
    roster("vnpt-leader", VNPT, Level.LEADER, "vnpt-tinh"),
    roster("viettel-leader", VIETTEL, Level.LEADER, "viettel-tinh"),
)


def after(hours: float) -> datetime:
    return NIGHT + timedelta(hours=hours)


def with_rosters(whole: Inventory, *changed: Roster) -> Inventory:
    return replace(whole, rosters={**whole.rosters, **{r.id: r for r in changed}})


def manned() -> Inventory:
    """The province with nothing amiss."""
    whole = with_rosters(inventory(conferences=(conference(),)), *LEADERS)
    return replace(whole, department_leader=ContactId("truc-ttcntt"))


def look(whole: Inventory, period: Period = WEEK) -> list[Shortfall]:
    return list(coverage(DutyBook(whole), NIGHT, period, list(occasions(whole, period))))


def schedule(name: str, level: Level, *turns: tuple[str, float, float]) -> Roster:
    plan = tuple(Turn(ContactId(who), Span(after(a), after(b))) for who, a, b in turns)
    return replace(roster(name, VNPT, level, "x"), standing=None, schedule=plan)


def test_nothing_is_found_where_nothing_is_amiss() -> None:
    assert look(manned()) == []


# --- time


def test_a_gap_is_the_stretch_between_two_turns_for_all_sites_of_the_roster() -> None:
    plan = schedule(
        "vnpt-district", Level.DISTRICT, ("vnpt-huyen", 0, 48), ("vnpt-tinh", 60, 24 * 7)
    )
    (gap,) = look(with_rosters(manned(), plan))
    assert gap == Vacancy(
        carrier=VNPT,
        level=Level.DISTRICT,
        sites=(CHU_SE,),
        rosters=(RosterId("vnpt-district"),),
        period=Period(after(48), after(60)),
        on_duty=0,
        wanted=1,
    )
    assert gap.is_gap


hours = st.integers(-30, 200).map(float)
turns = st.lists(
    st.builds(
        lambda who, start, length: Turn(ContactId(who), Span(after(start), after(start + length))),
        st.sampled_from(["vnpt-huyen", "vnpt-tinh"]),
        hours,
        st.integers(1, 90),
    ),
    max_size=4,
).map(tuple)


@given(turns, turns, turns, st.lists(st.floats(0, 24 * 7 - 0.01), min_size=20, max_size=20))
def test_no_instant_is_without_an_answer_unless_coverage_said_so(
    plan: tuple[Turn, ...],
    overrides: tuple[Turn, ...],
    swaps: tuple[Turn, ...],
    instants: list[float],
) -> None:
    """Across midnight, and with turns that overlap: what is looked up is what was foretold."""
    district = replace(
        schedule("vnpt-district", Level.DISTRICT),
        schedule=plan,
        overrides=overrides,
        swaps=swaps,
    )
    book = DutyBook(with_rosters(manned(), district))
    foretold = [
        gap.period
        for gap in coverage(book, NIGHT, WEEK, [])
        if isinstance(gap, Vacancy) and (gap.carrier, gap.level) == (VNPT, Level.DISTRICT)
    ]
    edges = [edge for gap in foretold for edge in (gap.start, gap.end)]
    for at in (*map(after, instants), *(edge for edge in edges if edge < WEEK.end)):
        duty = book.on_duty(VNPT, Level.DISTRICT, CHU_SE, at)
        assert duty is not None, "the province is always there"
        assert duty.is_inherited == any(gap.start <= at < gap.end for gap in foretold)
        assert duty.is_inherited == ((VNPT, Level.DISTRICT) in book.gaps(at))


def test_a_roster_that_covers_a_wider_area_closes_the_gap_of_a_narrower() -> None:
    own = replace(
        schedule("own", Level.DISTRICT, ("vnpt-huyen", 0, 48)),
        areas=(CHU_SE,),
    )
    assert look(with_rosters(manned(), own)) == []


def test_a_level_without_any_roster_is_one_gap_and_one_more_for_each_conference() -> None:
    whole = manned()
    rosters = {k: r for k, r in whole.rosters.items() if k != "viettel-province"}
    gap, during = look(replace(whole, rosters=rosters))
    assert isinstance(gap, Vacancy)
    assert (gap.carrier, gap.level, gap.period) == (VIETTEL, Level.PROVINCE, WEEK)
    assert isinstance(during, Vacancy)
    assert (during.carrier, during.conference) == (VIETTEL, CONFERENCE)


def test_fewer_than_wanted_is_a_gap_at_ordinary_times_too() -> None:
    pair = replace(
        schedule(
            "vnpt-district", Level.DISTRICT, ("vnpt-huyen", 0, 24 * 7), ("ky-thuat", 0, 24 * 3)
        ),
        min_normal=2,
        min_conference=1,
    )
    (gap,) = look(with_rosters(manned(), pair))
    assert isinstance(gap, Vacancy)
    assert (gap.on_duty, gap.wanted) == (1, 2)
    assert gap.period == Period(after(24 * 3), after(24 * 7))


def test_within_a_conferences_window_its_own_minimum_counts_and_names_it() -> None:
    whole = manned()
    more = replace(whole.rosters[RosterId("vnpt-district")], min_conference=2)
    (gap,) = look(with_rosters(whole, more))
    assert isinstance(gap, Vacancy)
    assert (gap.conference, gap.on_duty, gap.wanted) == (CONFERENCE, 1, 2)
    start = conference().start
    assert gap.period == Period(start - timedelta(hours=1), conference().end + timedelta(hours=1))


def test_a_conference_asks_only_for_the_carriers_of_the_links_it_uses() -> None:
    over_viettel = replace(manned(), conferences={CONFERENCE: conference(use=(INET,))})
    more = replace(over_viettel.rosters[RosterId("vnpt-district")], min_conference=2)
    assert look(with_rosters(over_viettel, more)) == []


def test_a_conference_asks_for_the_hub_whether_it_attends_or_not() -> None:
    whole = manned()
    hub = link(INET, HUB, LinkKind.INTERNET, VIETTEL, ())
    found = occasion(replace(whole, links={**whole.links, INET: hub}), conference())
    assert found.places == {(VNPT, CHU_SE), (VIETTEL, HUB)}


def test_coverage_of_one_conference_leaves_the_rest_out() -> None:
    whole = manned()
    elsewhere = site(SiteId("ia-pa"), Level.DISTRICT, SiteRole.SITE, HUB)
    far = replace(elsewhere, contacts=(ContactId("xa"),))
    silent = Contact(ContactId("xa"), "xa", ("+84000000001",), None, (), frozenset(Answer))
    more = replace(whole.rosters[RosterId("vnpt-district")], min_conference=2)
    whole = replace(
        with_rosters(whole, more),
        sites={**whole.sites, far.id: far},
        contacts={**whole.contacts, silent.id: silent},
    )
    assert any(isinstance(each, WeakContact) for each in look(whole))
    found = coverage_of(DutyBook(whole), occasion(whole, conference()))
    assert [type(each) for each in found] == [Vacancy]


# --- contacts


def with_contact(whole: Inventory, **values: object) -> Inventory:
    changed = replace(whole.contacts[ContactId("vnpt-huyen")], **values)  # type: ignore[arg-type]  # any of its fields
    return replace(whole, contacts={**whole.contacts, changed.id: changed})


EMAIL = {ChannelId("hook"): Address.EMAIL}
SMS = {ChannelId("log"): Address.PHONE}


@pytest.mark.parametrize(
    ("values", "addressed_by", "weaknesses"),
    [
        ({"phones": ()}, {}, {Weakness.NO_PHONE}),
        ({"phones": ()}, SMS, {Weakness.NO_PHONE, Weakness.CHANNEL_UNFIT}),
        ({"email": None}, EMAIL, {Weakness.CHANNEL_UNFIT}),
        ({"email": None, "channels": (ChannelId("hook"),)}, EMAIL, {Weakness.UNREACHABLE}),
        ({"channels": ()}, {}, {Weakness.UNREACHABLE}),
        ({"channels": (ChannelId("none"),)}, {}, {Weakness.UNREACHABLE}),
        ({"answers_by": frozenset()}, {}, {Weakness.CANNOT_ANSWER}),
        ({"answers_by": frozenset({Answer.LINK})}, {}, {Weakness.CANNOT_ANSWER}),
        ({"answers_by": frozenset({Answer.TELEGRAM})}, {}, {Weakness.CANNOT_ANSWER}),
        ({"email": None}, SMS, set()),
    ],
)
def test_a_contact_who_is_of_little_use(
    values: dict[str, object], addressed_by: dict[ChannelId, Address], weaknesses: set[Weakness]
) -> None:
    found = look(replace(with_contact(manned(), **values), addressed_by=addressed_by))
    assert all(isinstance(each, WeakContact) for each in found)
    told = {each.weakness: each for each in found if isinstance(each, WeakContact)}
    assert set(told) == weaknesses
    for weakness, each in told.items():
        assert (each.contact, each.rosters) == ("vnpt-huyen", ("vnpt-district",))
        assert each.is_gap == (weakness is Weakness.UNREACHABLE)


def test_without_a_hotline_nobody_can_answer_by_phone() -> None:
    whole = manned()
    mute = replace(whole, operators=Operators(None, whole.operators.roster))
    found = [e for e in look(mute) if isinstance(e, WeakContact)]
    assert {e.weakness for e in found} == {Weakness.CANNOT_ANSWER}
    assert {e.contact for e in found} == set(whole.contacts)


def test_by_a_link_they_answer_where_the_daemon_is_reached_from_outside() -> None:
    by_link = with_contact(manned(), answers_by=frozenset({Answer.LINK}))
    assert look(replace(by_link, public_url="https://linkwatch.example")) == []


def test_somebody_on_no_roster_and_at_no_site_does_not_matter() -> None:
    spare = Contact(ContactId("du-phong"), "Dự phòng", (), None, (), frozenset())
    whole = manned()
    assert look(replace(whole, contacts={**whole.contacts, spare.id: spare})) == []


# --- escalation


def test_a_step_that_finds_nobody_is_a_dead_end_while_it_does() -> None:
    whole = manned()
    away = schedule("vnpt-leader", Level.LEADER, ("vnpt-tinh", 24, 24 * 7))
    vacancy, dead_end = look(with_rosters(whole, away))
    assert isinstance(vacancy, Vacancy)
    assert dead_end == DeadEnd(
        carrier=VNPT,
        sites=(CHU_SE,),
        steps=((Priority.P1, 2),),
        period=Period(after(0), after(24)),
    )


def test_whatever_the_carrier_a_department_without_a_leader_is_a_dead_end() -> None:
    last = (EscalationStep(notify=(Role.DUTY,)), EscalationStep(600.0, (Role.DEPARTMENT,)))
    table = {Priority.P1: last, Priority.P2: last}
    whole = replace(manned(), escalation=table, department_leader=None)
    assert look(whole) == [
        DeadEnd(None, (), ((Priority.P1, 2), (Priority.P2, 2)), WEEK),
    ]


def test_a_site_without_a_contact_of_its_own_is_a_dead_end_of_that_step() -> None:
    whole = manned()
    table = {Priority.P1: (EscalationStep(notify=(Role.SITE,)),)}
    bare = replace(whole.sites[CHU_SE], contacts=())
    whole = replace(whole, escalation=table, sites={**whole.sites, CHU_SE: bare})
    assert {type(each) for each in look(whole)} == {DeadEnd}
    with_duty = {Priority.P1: (EscalationStep(notify=(Role.SITE, Role.DUTY)),)}
    assert look(replace(whole, escalation=with_duty)) == []


# --- orders


def ordered(whole: Inventory, due: date, until: datetime | None = None) -> list[Shortfall]:
    order = Directive("675/STTTT-BCVT", Span(None, until), (VNPT,), due, None)
    return look(replace(whole, directives=(order,)))


def test_contacts_that_an_order_asks_for_are_due_then_overdue() -> None:
    whole = with_contact(manned(), phones=())
    today = NIGHT.date()
    expected = Unnamed("675/STTTT-BCVT", VNPT, Level.DISTRICT, (CHU_SE,), today, is_overdue=False)
    assert expected in ordered(whole, today)
    late = replace(expected, due=today - timedelta(days=1), is_overdue=True)
    assert late in ordered(whole, late.due)
    assert late.is_gap
    assert not expected.is_gap


def test_an_order_that_is_over_or_met_asks_for_nothing() -> None:
    today = NIGHT.date()
    assert ordered(manned(), today) == []
    unmet = with_contact(manned(), phones=())
    assert not any(isinstance(e, Unnamed) for e in ordered(unmet, today, until=NIGHT))


# --- nights


def rotating(shift: float, *members: str) -> Roster:
    start = datetime(2021, 5, 10, 7, 0, tzinfo=ZONE)
    rotation = Rotation(start, shift * 3600.0, tuple(map(ContactId, members)))
    return replace(roster("r", VNPT, Level.DISTRICT, "x"), standing=None, rotation=rotation)


@pytest.mark.parametrize(
    ("one", "always"),
    [
        (rotating(12, "a", "b"), ["b"]),
        (rotating(8, "a", "b", "c"), ["c"]),
        (rotating(12, "a", "b", "c"), []),
        (rotating(24, "a", "b"), []),
        (rotating(168, "a", "b"), []),
        (rotating(12, "a"), []),
        (roster("r", VNPT, Level.DISTRICT, "a"), []),
        (
            replace(
                roster("r", VNPT, Level.DISTRICT, "a"),
                overrides=(Turn(ContactId("b"), Span(after(6), after(12))),),
            ),
            [],
        ),
    ],
)
def test_one_of_several_who_has_every_night(one: Roster, always: list[str]) -> None:
    found = list(always_nights([one], ZONE, NIGHT))
    assert found == [AlwaysNights(RosterId("r"), ContactId(who), 28) for who in always]
    assert not any(each.is_gap for each in found)


# --- when it is looked at


def test_it_is_looked_at_every_evening_and_before_each_conference() -> None:
    coming = replace(conference(), checks=(86_400.0, 7200.0))
    start = coming.start
    found = [NIGHT]
    for _ in range(4):
        found.append(next_check([coming], ZONE, found[-1]))
    assert found[1:] == [
        start - timedelta(days=1),
        datetime(2021, 5, 14, 20, 0, tzinfo=ZONE),
        start - timedelta(hours=2),
        datetime(2021, 5, 15, 20, 0, tzinfo=ZONE),
    ]
    assert next_check([], ZoneInfo("Europe/Berlin"), NIGHT) > NIGHT


def test_every_kind_of_shortfall_has_a_word_of_its_own() -> None:
    vacancy = Vacancy(VNPT, Level.DISTRICT, (CHU_SE,), (), WEEK, 0, 1)
    weak = [WeakContact(ContactId("a"), w, (), (), is_leader=False) for w in Weakness]
    every: list[Shortfall] = [
        vacancy,
        replace(vacancy, on_duty=1, wanted=2),
        DeadEnd(VNPT, (), ((Priority.P1, 2),), WEEK),
        Unnamed("1/CV", VNPT, Level.COMMUNE, (), NIGHT.date(), is_overdue=True),
        AlwaysNights(RosterId("r"), ContactId("a"), 28),
        *weak,
    ]
    accounts = [account_of(each) for each in every]
    assert len({account.what for account in accounts}) == len(every)
    assert accounts[1].detail == "1 on duty, 2 wanted"
    assert accounts[2].detail == "nobody to tell at P1 step 2"
    assert accounts[3].detail == "contacts were due on 2021-05-14 by 1/CV"


# --- as findings of incidents


def vacancy(level: Level, start: float, during: bool = False) -> Vacancy:
    period = Period(after(start), after(start + 5))
    conferring = CONFERENCE if during else None
    return Vacancy(VNPT, level, (CHU_SE,), (), period, 0, 1, conferring)


def test_one_gap_a_carrier_and_level_the_one_of_a_near_conference_before_all() -> None:
    found = [
        vacancy(Level.DISTRICT, 50),
        vacancy(Level.DISTRICT, 2),
        vacancy(Level.PROVINCE, 3),
        vacancy(Level.PROVINCE, 20, during=True),
        vacancy(Level.LEADER, 30, during=True),
    ]
    gaps = {gap.level: gap for gap in roster_gaps(found, NIGHT)}
    assert {level: gap.period.start for level, gap in gaps.items()} == {
        Level.DISTRICT: after(2),
        Level.PROVINCE: after(20),
        Level.LEADER: after(30),
    }
    # More than a day away a conference makes a gap no more urgent.
    assert {level: gap.conference for level, gap in gaps.items()} == {
        Level.DISTRICT: None,
        Level.PROVINCE: CONFERENCE,
        Level.LEADER: None,
    }
