"""A swap of duty made by command: who is told from then on, and until when."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.moment import Span
from linkwatch.runtime.events import Event, SwapAsked, SwapTakenBack
from support.drive import Drive, silent
from support.province import NIGHT, inventory

DISTRICT = RosterId("vnpt-district")
STANDS_IN = ContactId("ky-thuat")


def asked(
    roster: RosterId = DISTRICT,
    contact: ContactId = STANDS_IN,
    start: datetime | None = None,
    end: datetime | None = NIGHT + timedelta(hours=1),
) -> SwapAsked:
    return SwapAsked(roster, (contact,), Span(start, end), by="truc")


def told(drive: Drive) -> set[str]:
    return {m.contact for m in drive.run(80, chu_se_wan=silent)}


def test_the_one_who_stands_in_is_told() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    (made,) = drive.ask(asked()).swaps
    assert (made.number, made.contact, made.span.start) == (1, STANDS_IN, made.made_at)
    assert told(drive) == {"ky-thuat", "truc-ttcntt"}


def test_a_swap_survives_a_restart_and_a_reload_and_its_number_is_not_given_again() -> None:
    before = Drive(inventory(), NIGHT)
    before.run(60)
    before.ask(asked())
    before.ask(SwapTakenBack(before.ask(asked()).swaps[0].number, by="truc"))
    after = before.restart(inventory(), 5.0)
    after.run(60)
    after.reload(inventory())
    assert told(after) == {"ky-thuat", "truc-ttcntt"}
    assert after.ask(asked()).swaps[0].number == 3


def test_a_swap_that_is_taken_back_or_over_is_as_if_it_had_never_been() -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    (made,) = drive.ask(asked()).swaps
    (undone,) = drive.ask(SwapTakenBack(made.number, by="trưởng ca")).swaps
    assert undone.removed_by == "trưởng ca"
    drive.ask(asked(end=NIGHT + timedelta(seconds=90)))
    drive.run(40)
    assert told(drive) == {"vnpt-huyen", "truc-ttcntt"}


REFUSED: Mapping[str, tuple[Event, Refusal]] = {
    "roster": (asked(roster=RosterId("x")), Refusal.UNKNOWN_ROSTER),
    "contact": (asked(contact=ContactId("x")), Refusal.UNKNOWN_CONTACT),
    "nobody": (SwapAsked(DISTRICT, (), Span(None, None), by="x"), Refusal.UNKNOWN_CONTACT),
    "span": (asked(start=NIGHT + timedelta(hours=2)), Refusal.ENDS_FIRST),
    "past": (asked(end=NIGHT), Refusal.IS_OVER),
    "number": (SwapTakenBack(7, by="x"), Refusal.UNKNOWN_SWAP),
}


@pytest.mark.parametrize(("event", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_with_its_reason(event: Event, why: Refusal) -> None:
    drive = Drive(inventory(), NIGHT)
    drive.run(60)
    records = len(drive.records)
    assert drive.ask(event).refusal is why
    assert len(drive.records) == records
    assert told(drive) == {"vnpt-huyen", "truc-ttcntt"}


def test_a_swap_that_is_over_cannot_be_taken_back() -> None:
    drive = Drive(inventory(), NIGHT)
    (made,) = drive.ask(asked(end=NIGHT + timedelta(seconds=30))).swaps
    drive.run(60)
    assert drive.ask(SwapTakenBack(made.number, by="x")).refusal is Refusal.UNKNOWN_SWAP
