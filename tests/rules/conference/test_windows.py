"""When a conference counts."""

from datetime import datetime, timedelta

import pytest

from linkwatch.conference.windows import due, next_change, phase
from linkwatch.model.conference import Importance, Phase
from support.province import CHU_SE, HUB, WAN, ZONE, conference

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


def test_an_attended_conference_counts_before_a_nearer_one_of_others() -> None:
    found = due([conference(use=(WAN,))], CHU_SE, DAY.replace(hour=8))
    assert found is not None
    assert found.uses(WAN)
    elsewhere = due([conference(importance=Importance.NORMAL)], HUB, DAY.replace(hour=8))
    assert elsewhere is not None
    assert elsewhere.attendance is None
    assert not elsewhere.uses(WAN)
