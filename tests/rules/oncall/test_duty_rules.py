"""Who is on duty, and who is told."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.moment import Span
from linkwatch.model.people import EscalationStep, Role, Roster, Rotation, Turn
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import gaps, next_handover, on_duty, on_roster
from linkwatch.oncall.recipients import recipients
from support.province import CHU_SE, HUB, MORNING, VNPT, ZONE, inventory, roster

START = datetime(2021, 5, 10, 7, 0, tzinfo=ZONE)
MEMBERS = tuple(ContactId(x) for x in ("ca-a", "ca-b", "ca-c"))
SHIFTS = replace(
    roster("vnpt-province", VNPT, Level.PROVINCE, "x"),
    standing=None,
    rotation=Rotation(START, 12 * 3600.0, MEMBERS),
)


def with_rosters(*rosters: Roster) -> dict[RosterId, Roster]:
    return {r.id: r for r in rosters}


def test_shifts_go_round_and_change_on_the_hour_across_midnight() -> None:
    assert on_roster(SHIFTS, START - timedelta(seconds=1)) is None
    assert on_roster(SHIFTS, START) == "ca-a"
    assert on_roster(SHIFTS, START.replace(hour=18, minute=59)) == "ca-a"
    assert on_roster(SHIFTS, START.replace(hour=19)) == "ca-b"
    assert on_roster(SHIFTS, START.replace(day=11, hour=6, minute=59)) == "ca-b"
    assert on_roster(SHIFTS, START.replace(day=11, hour=7)) == "ca-c"
    assert on_roster(SHIFTS, START + timedelta(hours=36)) == "ca-a"


def test_an_override_goes_before_the_rotation_for_its_span_only() -> None:
    span = Span(START + timedelta(hours=1), START + timedelta(hours=2))
    swapped = replace(SHIFTS, overrides=(Turn(ContactId("thay"), span),))
    assert on_roster(swapped, START + timedelta(hours=1)) == "thay"
    assert on_roster(swapped, START + timedelta(hours=2)) == "ca-a"


@given(st.timedeltas(timedelta(0), timedelta(days=2000)))
def test_a_rotation_has_somebody_at_every_instant_after_its_start_until_the_next_handover(
    later: timedelta,
) -> None:
    at = START + later
    whole = replace(inventory(), rosters=with_rosters(SHIFTS))
    who = on_roster(SHIFTS, at)
    change = next_handover(whole, at)
    assert who in MEMBERS
    assert change is not None
    assert at < change <= at + timedelta(hours=12)
    assert on_roster(SHIFTS, change - timedelta(microseconds=1)) == who
    assert on_roster(SHIFTS, change) != who


def test_nobody_at_the_sites_level_means_the_next_one_up() -> None:
    province = roster("vnpt-province", VNPT, Level.PROVINCE, "vnpt-tinh")
    whole = replace(inventory(), rosters=with_rosters(province))
    duty = on_duty(whole, VNPT, Level.DISTRICT, CHU_SE, MORNING)
    assert duty is not None
    assert (duty.contact, duty.is_inherited) == ("vnpt-tinh", True)
    assert (VNPT, Level.DISTRICT) in gaps(whole, MORNING)
    assert (VNPT, Level.DISTRICT) not in gaps(inventory(), MORNING)


def test_the_nearest_area_answers_first() -> None:
    general = roster("all", VNPT, Level.DISTRICT, "vnpt-tinh")
    below_hub = replace(roster("hub", VNPT, Level.DISTRICT, "ky-thuat"), areas=(HUB,))
    own = replace(roster("own", VNPT, Level.DISTRICT, "vnpt-huyen"), areas=(CHU_SE,))

    def who(*rosters: Roster) -> str | None:
        whole = replace(inventory(), rosters=with_rosters(*rosters))
        duty = on_duty(whole, VNPT, Level.DISTRICT, CHU_SE, MORNING)
        return duty.contact if duty else None

    assert who(general, below_hub, own) == "vnpt-huyen"
    assert who(general, below_hub) == "ky-thuat"
    assert who(general) == "vnpt-tinh"
    assert who() is None


def test_one_person_in_several_parts_is_told_once() -> None:
    both = with_rosters(
        roster("d", VNPT, Level.DISTRICT, "vnpt-tinh"),
        roster("p", VNPT, Level.PROVINCE, "vnpt-tinh"),
        roster("centre-duty", None, Level.PROVINCE, "truc-ttcntt"),
    )
    whole = replace(inventory(), rosters=both)
    step = EscalationStep(notify=(Role.DUTY, Role.UP, Role.PROVINCE, Role.OPERATOR, Role.SITE))
    found = recipients(whole, step, Priority.P2, (VNPT, CHU_SE), MORNING)
    assert [(r.contact.id, r.role) for r in found] == [
        ("vnpt-tinh", Role.DUTY),
        ("truc-ttcntt", Role.OPERATOR),
        ("ky-thuat", Role.SITE),
    ]
    assert all(r.channels == ("hook",) for r in found)
    urgent = recipients(whole, step, Priority.P1, (VNPT, CHU_SE), MORNING)
    assert all(r.channels == ("hook", "log") for r in urgent)
