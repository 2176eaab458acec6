"""The escalation, rule by rule: who hears what, how many seconds after the first were told."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from linkwatch.model.finding import Kind
from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.incident import Incident, IncidentEvent, Status, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import DailyHours, EscalationStep, Operators, Role, Rotation, Turn
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.holding import LONGEST_ETA
from linkwatch.oncall.plan import plan
from linkwatch.oncall.progress import shift
from linkwatch.oncall.row import row_of, taken_at
from support.climb import Climb, Said, province
from support.province import MORNING, ZONE, roster

P1, P2, P3, P4 = Priority
FIRST = ("vnpt-huyen", "vnpt-tinh", "ky-thuat", "truc-ttcntt")
MINUTE, HOUR = 60.0, 3600.0


def table(*steps: EscalationStep) -> dict[Priority, tuple[EscalationStep, ...]]:
    return {P1: steps, P2: steps, P3: steps, P4: ()}


def heard(said: list[Said], event: str) -> list[tuple[float, tuple[str, ...]]]:
    return [(at, who) for at, what, who in said if what == event]


def without_roster(whole: Inventory, *names: str) -> Inventory:
    return replace(whole, rosters={k: r for k, r in whole.rosters.items() if k not in names})


# --- the table, until somebody acknowledges


def test_p1_as_the_table_has_it() -> None:
    climb = Climb()
    climb.run(2 * HOUR)
    assert climb.said[:4] == [
        (0.0, "opened", FIRST),
        (180.0, "escalated", ("truc-ttcntt",)),
        (300.0, "escalated", ("vnpt-ld",)),
        (600.0, "escalated", ("so-tttt",)),
    ]
    everyone = (*FIRST, "vnpt-ld", "so-tttt")
    assert climb.said[4:] == [(600.0 + 300.0 * n, "reminder", everyone) for n in range(1, 7)]
    assert climb.due is None


def test_p2_climbs_by_its_own_row_and_then_reminds() -> None:
    climb = Climb(priority=P2)
    climb.run(3 * HOUR)
    assert climb.said == [
        (0.0, "opened", ("vnpt-huyen", "truc-ttcntt")),
        (600.0, "escalated", ("vnpt-tinh",)),
        (1200.0, "escalated", ("vnpt-ld",)),
        *(
            (1200.0 + 1800.0 * n, "reminder", ("vnpt-huyen", "truc-ttcntt", "vnpt-tinh", "vnpt-ld"))
            for n in range(1, 5)
        ),
    ]


def test_p4_is_for_the_record_only() -> None:
    climb = Climb(priority=P4)
    assert climb.run(24 * HOUR) == []
    assert climb.said == [(0.0, "opened", ())]


def test_a_wide_fault_reaches_the_leader_sooner() -> None:
    climb = Climb(wide=True)
    climb.run(MINUTE * 4)
    assert heard(climb.said, "escalated") == [(120.0, ("vnpt-ld",)), (180.0, ("truc-ttcntt",))]


def test_a_fault_that_becomes_wide_later_reaches_the_leader_then_and_loses_no_other_step() -> None:
    climb = Climb()
    climb.run(240.0)
    climb.wide = True
    climb.run(301.0)
    assert heard(climb.said, "escalated") == [
        (180.0, ("truc-ttcntt",)),
        (240.0, ("vnpt-ld",)),
        (300.0, ("vnpt-ld",)),
    ]


def test_a_wide_step_that_never_applies_holds_nothing_up() -> None:
    steps = table(
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(60.0, (Role.LEADER,), when_wide=True),
        EscalationStep(repeat=120.0, times=2),
    )
    climb = Climb(table=steps)
    climb.run(HOUR)
    assert [at for at, _ in heard(climb.said, "reminder")] == [120.0, 240.0]


def test_people_are_looked_up_as_their_step_is_taken() -> None:
    climb = Climb(priority=P2)
    swap = Turn(ContactId("thay"), Span(climb.start + timedelta(minutes=5), None))
    leader = RosterId("vnpt-province")
    changed = replace(climb.whole.rosters[leader], swaps=(swap,))
    climb.whole = replace(climb.whole, rosters={**climb.whole.rosters, leader: changed})
    climb.run(601.0)
    assert climb.said[-1] == (600.0, "escalated", ("thay",))


def test_the_table_stays_as_it_was_when_the_incident_opened() -> None:
    climb = Climb(priority=P2)
    climb.whole = replace(climb.whole, escalation=table(EscalationStep(notify=(Role.SITE,))))
    assert climb.run(601.0) == [(600.0, "escalated", ("vnpt-tinh",))]


def test_one_who_is_named_by_two_steps_of_one_time_hears_once() -> None:
    steps = table(
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(60.0, (Role.PROVINCE, Role.UP)),
        EscalationStep(60.0, (Role.UP, Role.LEADER)),
    )
    assert Climb(table=steps).run(60.0) == [(60.0, "escalated", ("vnpt-tinh", "vnpt-ld"))]


def test_p1_goes_out_by_all_channels_and_p2_by_the_first_unless_the_step_says_all() -> None:
    def channels(climb: Climb) -> set[tuple[str, ...]]:
        climb.run(MINUTE * 11)
        return {one.channels for one in climb.incident.told}

    assert channels(Climb()) == {("hook", "log")}
    assert channels(Climb(priority=P2)) == {("hook",)}
    every = table(EscalationStep(notify=(Role.DUTY,), all_channels=True))
    assert channels(Climb(priority=P2, table=every)) == {("hook", "log")}


def test_our_own_blindness_climbs_among_our_own_people_only() -> None:
    climb = Climb()
    row = row_of(replace(climb.incident, kind=Kind.NO_DATA))
    assert [step.notify for step in row] == [
        (Role.OPERATOR,),
        (Role.OPERATOR,),
        (Role.DEPARTMENT,),
        (),
    ]
    assert row[-1].repeat == 300.0
    by_day = row_of(replace(climb.incident, kind=Kind.NO_DATA, priority=P3))
    assert [(step.notify, step.hours) for step in by_day] == [((Role.OPERATOR,), None)]


# --- nobody there


def test_a_step_that_finds_nobody_loses_no_time() -> None:
    whole = without_roster(province(), "vnpt-province", "vnpt-leader")
    climb = Climb(whole=replace(whole, department_leader=ContactId("so-tttt")), priority=P2)
    steps = table(
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(600.0, (Role.LEADER,)),
        EscalationStep(1200.0, (Role.DEPARTMENT,)),
    )
    climb = Climb(whole=whole, table=steps)
    assert climb.run(HOUR) == [(600.0, "escalated", ("so-tttt",))]
    assert climb.timeline == ["escalated", "escalated"]


def test_past_the_last_step_that_finds_nobody_the_operators_hear_of_it() -> None:
    whole = replace(province(), department_leader=None)
    steps = table(EscalationStep(notify=(Role.DUTY,)), EscalationStep(60.0, (Role.DEPARTMENT,)))
    climb = Climb(whole=whole, table=steps)
    assert climb.run(HOUR) == [(60.0, "escalated", ("truc-ttcntt",))]
    assert climb.timeline == ["escalated", "nobody_left"]


def test_a_call_list_waits_on_the_wallboard_where_the_operators_have_no_roster() -> None:
    whole = replace(province(), operators=Operators(None, None))
    climb = Climb(whole=whole)
    climb.run(301.0)
    assert heard(climb.said, "escalated") == [(300.0, ("vnpt-ld",))]


# --- acknowledged


@pytest.mark.parametrize("at", [0.0, 100.0, 299.0])
def test_nothing_climbs_while_somebody_has_it(at: float) -> None:
    climb = Climb()
    climb.run(at)
    climb.take("vnpt-huyen")
    assert climb.run(at + 1499.0) == []
    assert (climb.incident.status, climb.incident.acknowledged_at) == (
        Status.ACKNOWLEDGED,
        climb.start + timedelta(seconds=at),
    )


def test_an_acknowledgement_that_runs_out_reminds_its_holder_then_goes_on() -> None:
    climb = Climb()
    climb.run(200.0)
    climb.take("vnpt-huyen")
    assert climb.run(200.0 + 1800.0 + 301.0) == [
        (200.0 + 1500.0, "reminder", ("vnpt-huyen",)),
        # The next step at once, the one after it as far behind as ever.
        (200.0 + 1800.0, "escalated", ("vnpt-ld",)),
        (200.0 + 1800.0 + 300.0, "escalated", ("so-tttt",)),
    ]
    assert climb.incident.status is Status.OPEN
    assert climb.incident.taken is None


def test_an_eta_says_for_how_long_it_counts() -> None:
    climb = Climb()
    climb.take("vnpt-huyen", eta=2 * HOUR)
    assert climb.run(2 * HOUR) == [
        (2 * HOUR - 300.0, "reminder", ("vnpt-huyen",)),
        (2 * HOUR, "escalated", ("truc-ttcntt",)),
    ]


def test_a_short_eta_reminds_halfway() -> None:
    climb = Climb()
    climb.take("vnpt-huyen", eta=120.0)
    assert climb.run(60.0) == [(60.0, "reminder", ("vnpt-huyen",))]


def test_saying_it_again_renews_it() -> None:
    climb = Climb()
    climb.take("vnpt-huyen")
    climb.run(1600.0)
    climb.take("vnpt-huyen")
    assert climb.run(1600.0 + 1499.0) == []


def test_another_takes_it_over() -> None:
    climb = Climb()
    climb.take("vnpt-huyen")
    climb.run(100.0)
    climb.take("vnpt-tinh")
    assert climb.incident.taken is not None
    assert climb.incident.taken.contact == "vnpt-tinh"
    assert climb.run(100.0 + 1500.0) == [(1600.0, "reminder", ("vnpt-tinh",))]


def test_who_took_it_without_having_been_told_hears_of_the_end() -> None:
    climb = Climb(priority=P2)
    climb.take("vnpt-ld")
    (told,) = [one for one in climb.incident.told if one.contact == "vnpt-ld"]
    assert (told.role, told.level, told.channels) == (Role.DUTY, Level.LEADER, ("hook",))


def test_nobody_holds_anything_for_longer_than_a_day() -> None:
    assert timedelta(hours=24) == LONGEST_ETA


@pytest.mark.parametrize(
    ("steps", "again"),
    [
        # A row that repeats says it all again, from the first time on.
        (
            (EscalationStep(notify=(Role.DUTY,)), EscalationStep(repeat=60.0, times=2)),
            [(0.0, "reminder"), (60.0, "reminder")],
        ),
        # One that repeats nothing takes its last step once more.
        ((EscalationStep(notify=(Role.DUTY,)),), [(0.0, "escalated")]),
        (
            (EscalationStep(notify=(Role.DUTY,)), EscalationStep(60.0, (Role.UP,))),
            [(0.0, "escalated")],
        ),
    ],
)
def test_past_the_end_of_the_table_a_lapse_is_never_silent(
    steps: tuple[EscalationStep, ...], again: list[tuple[float, str]]
) -> None:
    climb = Climb(table=table(*steps))
    climb.run(HOUR)
    climb.take("vnpt-huyen")
    lapse = HOUR + 1800.0
    climb.run(lapse - 1.0)
    assert [(at - lapse, what) for at, what, _ in climb.run(lapse + HOUR)] == again


def test_a_lapse_between_repetitions_adds_none() -> None:
    steps = table(EscalationStep(notify=(Role.DUTY,)), EscalationStep(repeat=60.0, times=3))
    climb = Climb(table=steps)
    climb.run(70.0)
    climb.take("vnpt-huyen", eta=100.0)
    climb.run(HOUR)
    assert [at for at, _ in heard(climb.said, "reminder")] == [60.0, 120.0, 170.0, 230.0]


# --- not mine


def test_who_declines_passes_it_to_the_next_step_at_once() -> None:
    climb = Climb(priority=P2)
    climb.run(60.0)
    assert climb.decline("vnpt-huyen") == [(60.0, "escalated", ("vnpt-tinh",))]
    # The leader was due ten minutes after that step.
    assert climb.run(HOUR)[0] == (660.0, "escalated", ("vnpt-ld",))


def test_a_holder_who_declines_has_it_no_more() -> None:
    climb = Climb(priority=P2)
    climb.take("vnpt-huyen")
    climb.run(300.0)
    assert climb.decline("vnpt-huyen") == [(300.0, "escalated", ("vnpt-tinh",))]
    assert (climb.incident.taken, climb.incident.status) == (None, Status.OPEN)


def test_one_who_declines_what_another_has_changes_nothing() -> None:
    climb = Climb(priority=P2)
    climb.take("vnpt-tinh")
    assert climb.decline("vnpt-huyen") == []
    assert climb.incident.taken is not None


def test_who_has_declined_is_not_asked_again() -> None:
    steps = table(
        EscalationStep(notify=(Role.DUTY, Role.SITE)),
        EscalationStep(600.0, (Role.DUTY, Role.UP)),
        EscalationStep(repeat=60.0, times=1),
    )
    climb = Climb(table=steps)
    assert climb.decline("vnpt-huyen") == [(0.0, "escalated", ("vnpt-tinh",))]
    assert climb.run(HOUR) == [(60.0, "reminder", ("ky-thuat", "vnpt-tinh"))]


def test_where_the_only_one_declines_the_operators_hear_of_it() -> None:
    climb = Climb(priority=P3)
    assert climb.said == [(0.0, "opened", ("vnpt-huyen",))]
    assert climb.decline("vnpt-huyen") == [(0.0, "escalated", ("truc-ttcntt",))]


def test_who_declined_and_takes_it_after_all_has_it() -> None:
    climb = Climb(priority=P2)
    climb.decline("vnpt-huyen")
    climb.take("vnpt-huyen")
    assert climb.incident.declined == ()
    assert climb.run(1499.0) == []


def test_declining_hastens_the_next_step_that_its_hours_allow() -> None:
    steps = table(
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(900.0, (Role.UP,), hours=DailyHours(time(6), time(22))),
        EscalationStep(1800.0, (Role.LEADER,)),
    )
    climb = Climb(table=steps, start=MORNING.replace(hour=23))
    climb.run(60.0)
    assert climb.decline("vnpt-huyen") == [(60.0, "escalated", ("vnpt-ld",))]


def test_declining_postpones_nothing_that_is_overdue() -> None:
    climb = Climb(priority=P2)
    climb.seconds = 1200.0
    assert climb.decline("vnpt-huyen") == [(1200.0, "escalated", ("vnpt-tinh", "vnpt-ld"))]


# --- priority


def test_a_rise_starts_anew_by_the_new_row_and_an_older_acknowledgement_does_not_count() -> None:
    climb = Climb(priority=P2)
    climb.run(700.0)
    climb.take("vnpt-tinh")
    climb.run(1000.0)
    assert climb.become(P1, IncidentEvent.RAISED) == [
        (1000.0, "raised", ("vnpt-huyen", "truc-ttcntt", "vnpt-tinh", "ky-thuat"))
    ]
    assert (climb.incident.taken, climb.incident.status) == (None, Status.OPEN)
    assert [(at, who) for at, _, who in climb.run(1301.0)] == [
        (1180.0, ("truc-ttcntt",)),
        (1300.0, ("vnpt-ld",)),
    ]


def test_a_fall_tells_nobody_and_goes_on_by_the_milder_row() -> None:
    climb = Climb()
    climb.run(700.0)
    assert climb.become(P2) == []
    # What the milder row would have said in its first ten minutes is not made up.
    assert climb.run(1500.0) == [(1200.0, "escalated", ("vnpt-ld",))]


def test_a_fall_leaves_it_with_who_has_it() -> None:
    climb = Climb()
    climb.run(100.0)
    climb.take("vnpt-tinh")
    climb.run(1500.0)
    climb.become(P2)
    assert climb.incident.taken is not None
    climb.run(1600.0)
    # 100 s had passed when it was taken: the next step of the milder row is its second.
    assert climb.run(1901.0)[-1] == (1900.0, "escalated", ("vnpt-tinh",))


def test_a_fault_that_swings_at_its_worst_loses_no_step_and_takes_none_twice() -> None:
    climb = Climb()
    climb.run(60.0)
    for turn in range(20):
        climb.run(60.0 + 30.0 * turn)
        climb.become(P2 if turn % 2 else P1)
    steps = heard(climb.said, "escalated")
    of_p1 = [who for _, who in steps if who in (("truc-ttcntt",), ("vnpt-ld",), ("so-tttt",))]
    assert of_p1 == [("truc-ttcntt",), ("vnpt-ld",), ("so-tttt",)]
    # Late by half a minute at most: its row was another one then.
    assert [at for at, who in steps if who in of_p1] == [180.0, 300.0, 600.0]


# --- hours


@pytest.mark.parametrize(
    ("due", "now", "at"),
    [
        ("14 12:00", "14 12:00", "14 12:00"),
        ("14 23:00", "14 23:00", "15 07:00"),
        ("15 05:59", "15 05:59", "15 07:00"),
        ("15 06:00", "15 06:00", "15 06:00"),
        # Late, because nothing ran: at once inside the hours, else with the next digest.
        ("14 12:00", "14 15:00", "14 12:00"),
        ("14 21:00", "14 23:00", "15 07:00"),
        ("14 23:00", "15 09:00", "15 07:00"),
        ("14 23:00", "15 23:00", "16 07:00"),
    ],
)
def test_outside_its_hours_a_step_waits_for_the_digest_at_seven(
    due: str, now: str, at: str
) -> None:
    day = DailyHours(time(6), time(22))

    def instant(text: str) -> datetime:
        return datetime.strptime(f"2021-05-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)

    assert taken_at(day, ZONE, instant(due), instant(now)) == instant(at)


def test_the_digest_comes_at_seven_though_office_hours_begin_later() -> None:
    office = DailyHours(time(8), time(17))
    seven = datetime(2021, 5, 15, 7, 0, tzinfo=ZONE)
    just_after = seven + timedelta(seconds=0.1)
    assert taken_at(office, ZONE, seven - timedelta(hours=3), just_after) == seven


def test_a_later_step_outside_its_hours_waits_and_the_rest_goes_on() -> None:
    evening = MORNING.replace(hour=21, minute=50, second=0)
    steps = table(
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(900.0, (Role.UP,), hours=DailyHours(time(6), time(22))),
        EscalationStep(1800.0, (Role.LEADER,)),
    )
    climb = Climb(table=steps, start=evening)
    seven = (MORNING.replace(day=16, hour=7, minute=0, second=0) - evening).total_seconds()
    assert climb.run(24 * HOUR) == [
        (1800.0, "escalated", ("vnpt-ld",)),
        (seven, "escalated", ("vnpt-tinh",)),
    ]


# --- the change of a shift


def on_shifts(whole: Inventory, shift: float = HOUR) -> Inventory:
    """The district's duty changes hands an hour after the start, and so on."""
    name = RosterId("vnpt-district")
    rotation = Rotation(MORNING, shift, (ContactId("vnpt-huyen"), ContactId("thay")))
    changed = replace(whole.rosters[name], standing=None, rotation=rotation)
    return replace(whole, rosters={**whole.rosters, name: changed})


def test_the_change_of_a_shift_hands_over_what_its_holder_has_and_says_so() -> None:
    climb = Climb(whole=on_shifts(province()))
    climb.run(50 * MINUTE)
    climb.take("vnpt-huyen", eta=2 * HOUR)
    assert climb.run(HOUR) == [(HOUR, "handed_over", ("thay", "vnpt-huyen"))]
    taken = climb.incident.taken
    assert taken is not None
    assert (taken.contact, taken.via, taken.roster) == ("thay", Via.SHIFT_CHANGE, "vnpt-district")
    # Whoever takes over has to say so within the usual time, whatever was promised before.
    everyone = (*FIRST, "vnpt-ld", "so-tttt", "thay")
    assert climb.run(HOUR + 1800.0) == [
        (HOUR + 1500.0, "reminder", ("thay",)),
        (HOUR + 1800.0, "reminder", everyone),
    ]


def test_whoever_takes_over_late_has_time_to_say_so() -> None:
    climb = Climb(whole=on_shifts(province()))
    climb.run(35 * MINUTE)
    climb.take("vnpt-huyen", eta=26 * MINUTE)
    climb.run(HOUR)
    taken = climb.incident.taken
    assert taken is not None
    assert (taken.until - climb.now) == timedelta(minutes=5)


def test_a_holder_who_is_not_on_duty_keeps_it_through_a_change_of_shifts() -> None:
    climb = Climb(whole=on_shifts(province()))
    climb.run(50 * MINUTE)
    climb.take("ky-thuat", eta=2 * HOUR)
    assert climb.run(HOUR + 1.0) == []


def test_where_nobody_relieves_the_holder_they_keep_it_until_it_lapses() -> None:
    whole = province()
    name = RosterId("vnpt-district")
    turn = Turn(ContactId("vnpt-huyen"), Span(None, MORNING + timedelta(hours=1)))
    ends = replace(whole.rosters[name], standing=None, schedule=(turn,))
    climb = Climb(whole=replace(whole, rosters={**whole.rosters, name: ends}))
    climb.run(50 * MINUTE)
    climb.take("vnpt-huyen", eta=30 * MINUTE)
    assert [what for _, what, _ in climb.run(81 * MINUTE)] == ["reminder", "reminder"]


# --- restarts and clocks


def test_what_came_due_while_nothing_ran_is_done_at_once_and_once() -> None:
    climb = Climb()
    climb.seconds = 310.0
    assert climb.run(310.0) == [(310.0, "escalated", ("truc-ttcntt", "vnpt-ld"))]
    assert climb.run(HOUR)[0] == (600.0, "escalated", ("so-tttt",))


def test_repetitions_missed_are_one() -> None:
    climb = Climb()
    climb.run(600.0)
    climb.seconds = 600.0 + 1000.0
    assert [at for at, _, _ in climb.run(2000.0)] == [1600.0, 1900.0]


def test_a_lapse_while_nothing_ran_still_reminds_the_holder() -> None:
    climb = Climb()
    climb.take("vnpt-huyen")
    climb.seconds = 2 * HOUR
    assert climb.run(2 * HOUR) == [
        (2 * HOUR, "reminder", ("vnpt-huyen",)),
        (2 * HOUR, "escalated", ("truc-ttcntt",)),
    ]


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_wall_clock_that_is_set_moves_what_is_counted_along(hours: int) -> None:
    climb = Climb()
    climb.run(200.0)
    climb.start += timedelta(hours=hours)
    climb.incident = shift(climb.incident, hours * HOUR)
    assert climb.run(310.0) == [(300.0, "escalated", ("vnpt-ld",))]
    climb.take("vnpt-huyen", eta=HOUR)
    climb.start += timedelta(hours=hours)
    climb.incident = shift(climb.incident, hours * HOUR)
    assert climb.due == 310.0 + HOUR - 300.0


# --- when there is nothing to climb for


def test_a_closed_incident_is_left_alone() -> None:
    climb = Climb()
    climb.close()
    assert climb.due is None
    assert climb.run(HOUR) == []


def test_a_flapping_fault_that_is_well_for_now_waits_and_goes_on_when_it_is_not() -> None:
    climb = Climb()
    climb.run(100.0)
    climb.incident = replace(climb.incident, good_since=climb.now, status=Status.FLAPPING)
    assert climb.due is None
    assert climb.run(400.0) == []
    climb.incident = replace(climb.incident, good_since=None)
    assert climb.run(400.0) == [(400.0, "escalated", ("truc-ttcntt", "vnpt-ld"))]


def test_taking_a_flapping_fault_leaves_it_flapping() -> None:
    climb = Climb()
    climb.incident = replace(climb.incident, status=Status.FLAPPING)
    climb.take("vnpt-huyen")
    assert climb.incident.status is Status.FLAPPING
    assert climb.run(1499.0) == []


def test_before_anybody_was_told_nothing_is_due() -> None:
    untold: Incident = replace(Climb().incident, progress=None, announced_at=None)
    climb = Climb()
    assert plan(untold, climb.book, wide=False, now=climb.now).due is None


def test_a_roster_of_operators_hands_over_too() -> None:
    whole = province()
    name = RosterId("centre-duty")
    rotation = Rotation(MORNING, HOUR, (ContactId("truc-ttcntt"), ContactId("thay")))
    room = replace(
        roster("centre-duty", None, Level.PROVINCE, "x"), standing=None, rotation=rotation
    )
    climb = Climb(whole=replace(whole, rosters={**whole.rosters, name: room}))
    climb.run(50 * MINUTE)
    climb.take("truc-ttcntt", eta=HOUR)
    assert climb.run(HOUR) == [(HOUR, "handed_over", ("thay", "truc-ttcntt"))]
