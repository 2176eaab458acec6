"""Whom a step tells, by whose fault it is."""

from dataclasses import replace
from datetime import datetime

import pytest

from linkwatch.model.ids import CarrierId, ContactId
from linkwatch.model.people import EscalationStep, Operators, Role
from linkwatch.model.priority import Priority
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.recipients import recipients
from support.province import CHU_SE, NIGHT, VNPT, inventory


def told(carrier: CarrierId | None, *roles: Role, at: datetime = NIGHT) -> list[str]:
    whole = replace(inventory(), department_leader=ContactId("vnpt-tinh"))
    step = EscalationStep(notify=roles)
    found = recipients(DutyBook(whole), step, Priority.P2, (carrier, CHU_SE), at)
    return [f"{one.role}: {one.contact.id}" for one in found]


def test_a_carriers_fault_has_the_carriers_duty() -> None:
    assert told(VNPT, Role.DUTY, Role.PROVINCE, Role.SITE, Role.OPERATOR) == [
        "duty: vnpt-huyen",
        "province: vnpt-tinh",
        "site: ky-thuat",
        "operator: truc-ttcntt",
    ]


def test_the_agencys_own_fault_has_its_people_on_duty_and_no_carriers() -> None:
    assert told(None, Role.DUTY, Role.UP, Role.PROVINCE, Role.LEADER) == [
        "duty: ky-thuat",
        "duty: truc-ttcntt",
    ]


def test_nobody_is_told_twice_for_two_roles() -> None:
    assert told(None, Role.DUTY, Role.SITE, Role.OPERATOR, Role.DEPARTMENT) == [
        "duty: ky-thuat",
        "duty: truc-ttcntt",
        "department: vnpt-tinh",
    ]


@pytest.mark.parametrize("carrier", [VNPT, None])
def test_an_operators_room_without_roster_has_nobody(carrier: CarrierId | None) -> None:
    whole = replace(inventory(), operators=Operators(None, None))
    step = EscalationStep(notify=(Role.OPERATOR,))
    assert recipients(DutyBook(whole), step, Priority.P1, (carrier, CHU_SE), NIGHT) == ()
