"""What a list says of an incident: what comes next, and whom to call."""

from dataclasses import replace
from datetime import timedelta

from linkwatch.model.ids import ContactId
from linkwatch.model.people import EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.oncall.outlook import Next, Outlook, outlook, to_call
from support.climb import Climb
from support.province import ZONE


def coming(climb: Climb) -> tuple[float, Next, tuple[Role, ...]] | None:
    found: Outlook | None = outlook(climb.incident, ZONE, climb.now)
    return ((found.at - climb.start).total_seconds(), found.what, found.roles) if found else None


def test_the_next_thing_is_a_step_then_a_repetition_then_nothing() -> None:
    climb = Climb(priority=Priority.P2)
    assert coming(climb) == (600.0, Next.STEP, (Role.UP,))
    climb.run(1200.0)
    assert coming(climb) == (3000.0, Next.REPETITION, ())
    climb.run(4 * 3600.0)
    assert coming(climb) is None


def test_while_somebody_has_it_the_next_thing_is_that_it_lapses() -> None:
    climb = Climb()
    climb.take("vnpt-huyen", eta=600.0)
    assert coming(climb) == (600.0, Next.LAPSE, ())
    climb.close()
    assert coming(climb) is None


def test_a_call_list_holds_all_who_were_told_and_can_be_called() -> None:
    climb = Climb()
    whole = climb.whole
    mute = replace(whole.contacts[ContactId("ky-thuat")], phones=())
    climb.whole = replace(whole, contacts={**whole.contacts, mute.id: mute})
    climb.decline("vnpt-tinh")
    called = [contact.id for contact in to_call(climb.incident, climb.whole)]
    assert called == ["vnpt-huyen", "truc-ttcntt"]
    climb.take("vnpt-huyen")
    assert to_call(climb.incident, climb.whole) == ()


def test_nobody_is_to_be_called_before_a_step_says_so() -> None:
    climb = Climb()
    climb.run(179.0)
    assert to_call(climb.incident, climb.whole) == ()
    climb.run(180.0)
    assert to_call(climb.incident, climb.whole) != ()
    climb.close()
    assert to_call(climb.incident, climb.whole) == ()


def test_a_step_for_wide_faults_is_not_promised() -> None:
    steps = (
        EscalationStep(notify=(Role.DUTY,)),
        EscalationStep(60.0, (Role.LEADER,), when_wide=True),
        EscalationStep(120.0, (Role.UP,)),
    )
    climb = Climb(table={Priority.P1: steps})
    assert coming(climb) == (120.0, Next.STEP, (Role.UP,))
    assert climb.due == timedelta(seconds=60).total_seconds()
