"""When a conference counts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linkwatch.conference.windows import due, next_change, phase
from linkwatch.model.conference import Phase
from support.province import CHU_SE, HUB, INET, WAN, ZONE, conference, inventory

DAY = datetime(2021, 5, 15, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (DAY.replace(day=14, hour=7, minute=29), Phase.NONE),
        (DAY.replace(day=14, hour=7, minute=30), Phase.DAY_BEFORE),
        (DAY.replace(hour=6, minute=29), Phase.DAY_BEFORE),
        (DAY.replace(hour=6, minute=30), Phase.WINDOW),
        (DAY.replace(hour=12, minute=29), Phase.WINDOW),
        (DAY.replace(hour=12, minute=30), Phase.NONE),
    ],
)
def test_phases(at: datetime, expected: Phase) -> None:
    assert phase(conference(), at) is expected


def test_every_change_of_phase_is_foreseen() -> None:
    one = conference()
    at, seen = DAY - timedelta(days=3), []
    while (at_ := next_change([one], at)) is not None:
        assert phase(one, at_) is not phase(one, at_ - timedelta(microseconds=1))
        seen.append(at_)
        at = at_
    assert len(seen) == 3


def test_a_conference_matters_to_those_in_it_and_to_the_hub_that_carries_it() -> None:
    sites = inventory().sites
    at = DAY.replace(hour=8)
    (found,) = due([conference(use=(WAN,))], sites[CHU_SE], at)
    assert (found.uses(WAN), found.uses(INET)) == (True, False)
    (carried,) = due([conference()], sites[HUB], at)
    assert carried.attendance is None
    assert not carried.uses(WAN)
    assert due([replace(conference(), sites=())], sites[CHU_SE], at) == ()
