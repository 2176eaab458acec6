"""Who is on duty, and who is told."""

from dataclasses import replace

from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.moment import Span
from linkwatch.model.people import EscalationStep, Role, Roster, Swap, Turn
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook, with_swaps
from linkwatch.oncall.recipients import recipients
from support.province import CHU_SE, HUB, MORNING, VIETTEL, VNPT, inventory, roster


def with_rosters(*rosters: Roster) -> dict[RosterId, Roster]:
    return {r.id: r for r in rosters}


def test_nobody_at_the_sites_level_means_the_next_one_up() -> None:
    province = roster("vnpt-province", VNPT, Level.PROVINCE, "vnpt-tinh")
    whole = replace(inventory(), rosters=with_rosters(province))
    duty = DutyBook(whole).on_duty(VNPT, Level.DISTRICT, CHU_SE, MORNING)
    assert duty is not None
    assert (duty.contacts, duty.is_inherited) == (("vnpt-tinh",), True)
    assert (VNPT, Level.DISTRICT) in DutyBook(whole).gaps(MORNING)
    assert (VNPT, Level.DISTRICT) not in DutyBook(inventory()).gaps(MORNING)


def test_every_carrier_with_a_link_needs_a_leader_and_somebody_in_the_province() -> None:
    districts = (
        roster("vnpt-district", VNPT, Level.DISTRICT, "vnpt-huyen"),
        roster("viettel-leader", VIETTEL, Level.LEADER, "viettel-tinh"),
    )
    whole = replace(inventory(), rosters=with_rosters(*districts))
    assert DutyBook(whole).gaps(MORNING) == {
        (VNPT, Level.PROVINCE),
        (VNPT, Level.LEADER),
        (VIETTEL, Level.DISTRICT),
        (VIETTEL, Level.PROVINCE),
    }


def test_the_nearest_area_answers_first() -> None:
    general = roster("all", VNPT, Level.DISTRICT, "vnpt-tinh")
    below_hub = replace(roster("hub", VNPT, Level.DISTRICT, "ky-thuat"), areas=(HUB,))
    own = replace(roster("own", VNPT, Level.DISTRICT, "vnpt-huyen"), areas=(CHU_SE,))

    def who(*rosters: Roster) -> str | None:
        whole = replace(inventory(), rosters=with_rosters(*rosters))
        duty = DutyBook(whole).on_duty(VNPT, Level.DISTRICT, CHU_SE, MORNING)
        return duty.contacts[0] if duty else None

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
    found = recipients(DutyBook(whole), step, Priority.P2, (VNPT, CHU_SE), MORNING)
    assert [(r.contact.id, r.role) for r in found] == [
        ("vnpt-tinh", Role.DUTY),
        ("truc-ttcntt", Role.OPERATOR),
        ("ky-thuat", Role.SITE),
    ]
    assert all(r.channels == ("hook",) for r in found)
    urgent = recipients(DutyBook(whole), step, Priority.P1, (VNPT, CHU_SE), MORNING)
    assert all(r.channels == ("hook", "log") for r in urgent)


def test_all_who_are_on_duty_together_are_told() -> None:
    turns = tuple(Turn(ContactId(x), Span(MORNING, None)) for x in ("vnpt-huyen", "ky-thuat"))
    pair = replace(roster("d", VNPT, Level.DISTRICT, "vnpt-tinh"), overrides=turns)
    whole = replace(inventory(), rosters=with_rosters(pair))
    step = EscalationStep(notify=(Role.DUTY,))
    found = recipients(DutyBook(whole), step, Priority.P2, (VNPT, CHU_SE), MORNING)
    assert [r.contact.id for r in found] == ["vnpt-huyen", "ky-thuat"]


def swap(number: int, contact: str, *, removed: bool = False) -> Swap:
    return Swap(
        number,
        RosterId("vnpt-district"),
        ContactId(contact),
        Span(MORNING, None),
        by="truc",
        made_at=MORNING,
        removed_at=MORNING if removed else None,
    )


def test_a_swap_made_by_command_goes_before_the_configuration_until_taken_back() -> None:
    whole = inventory()

    def who(*swaps: Swap) -> tuple[ContactId, ...]:
        duty = DutyBook(with_swaps(whole, swaps)).on_duty(VNPT, Level.DISTRICT, CHU_SE, MORNING)
        assert duty is not None
        return duty.contacts

    assert who() == ("vnpt-huyen",)
    assert who(swap(1, "ky-thuat")) == ("ky-thuat",)
    assert who(swap(1, "ky-thuat"), swap(2, "vnpt-tinh")) == ("ky-thuat", "vnpt-tinh")
    assert who(swap(1, "ky-thuat", removed=True)) == ("vnpt-huyen",)
    # Somebody the configuration no longer knows cannot be told of anything.
    assert who(swap(1, "nghi-viec")) == ("vnpt-huyen",)
