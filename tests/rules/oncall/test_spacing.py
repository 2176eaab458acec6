"""When the next message to a contact may go: tables, and what holds for any flood."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Untold
from linkwatch.model.people import Role
from linkwatch.model.priority import Priority
from linkwatch.oncall.spacing import HOUR, LONGEST_GAP, OFTEN, URGENT_GAP, Sent, due, is_urgent
from support.province import MORNING

P1 = Priority.P1


def untold(
    event: IncidentEvent = IncidentEvent.OPENED, priority: Priority = P1, ordinal: int = 1
) -> Untold:
    return Untold(
        key="LW-000001:opened:vnpt-huyen:hook",
        incident=IncidentId("LW-000001"),
        event=event,
        ordinal=ordinal,
        contact=ContactId("vnpt-huyen"),
        channel=ChannelId("hook"),
        role=Role.DUTY,
        level=None,
        priority=priority,
        since=MORNING,
    )


def evenly(count: int, apart: float, last: float = 10_000.0) -> tuple[float, ...]:
    return tuple(last - apart * place for place in reversed(range(count)))


@pytest.mark.parametrize(
    ("urgent", "others", "expected"),
    [
        ((), (), -inf),
        ((100.0,), (), 105.0),
        ((100.0, 105.0, 110.0), (), 115.0),
        ((), (100.0,), -inf),
        ((100.0,), (103.0, 104.0), 105.0),
        ((), evenly(500, 1.0), -inf),
    ],
    ids=[
        "the first at once",
        "what follows is gathered",
        "however long it lasts",
        "what is less urgent holds nothing up",
        "nor in between",
        "nor by its cap",
    ],
)
def test_what_is_urgent(
    urgent: tuple[float, ...], others: tuple[float, ...], expected: float
) -> None:
    assert due(Sent(urgent, others), urgent=True, per_hour=20) == expected


@pytest.mark.parametrize(
    ("urgent", "others", "expected"),
    [
        ((), (), -inf),
        ((), (100.0,), 105.0),
        ((), (90.0, 100.0), 110.0),
        ((), (80.0, 90.0, 100.0), 120.0),
        ((), evenly(4, 30.0), 10_030.0),
        ((), evenly(9, 30.0), 10_030.0),
        ((), evenly(10, 30.0), 10_360.0),
        ((), evenly(19, 150.0), 10_360.0),
        ((), evenly(20, 150.0), 10_750.0),
        ((100.0,), (), 105.0),
        ((100.0, 200.0), (150.0,), 220.0),
        (evenly(4, 5.0), (), 10_030.0),
    ],
    ids=[
        "the first at once",
        "then 5 s",
        "10 s",
        "20 s",
        "30 s",
        "and no longer",
        "but the second half is spread over the hour",
        "to its end",
        "and there are no more than that",
        "it follows what was urgent, too",
        "and its gaps count both",
        "but of no cap",
    ],
)
def test_all_else(urgent: tuple[float, ...], others: tuple[float, ...], expected: float) -> None:
    assert due(Sent(urgent, others), urgent=False, per_hour=20) == expected


@pytest.mark.parametrize(("per_hour", "gap"), [(1, 3600), (2, 3600), (3, 1800), (1000, 30)])
def test_a_cap_of_any_size(per_hour: int, gap: float) -> None:
    sent = Sent((), evenly(max(1, per_hour // 2), 3.0))
    assert due(sent, urgent=False, per_hour=per_hour) == 10_000.0 + gap


@pytest.mark.parametrize(
    ("event", "urgent"),
    [
        (IncidentEvent.OPENED, True),
        (IncidentEvent.RAISED, True),
        (IncidentEvent.FLAPPING, True),
        (IncidentEvent.ESCALATED, True),
        (IncidentEvent.REMINDER, False),
        (IncidentEvent.ACKNOWLEDGED, False),
        (IncidentEvent.HANDED_OVER, False),
        (IncidentEvent.UPDATED, False),
        (IncidentEvent.RESOLVED, False),
    ],
)
def test_what_counts_as_urgent(event: IncidentEvent, urgent: bool) -> None:
    assert is_urgent(untold(event)) == urgent
    for priority in (Priority.P2, Priority.P3, Priority.P4):
        assert not is_urgent(untold(event, priority))


def test_who_takes_and_declines_by_turns_is_urgent_for_so_long() -> None:
    assert is_urgent(untold(IncidentEvent.ESCALATED, ordinal=OFTEN))
    assert not is_urgent(untold(IncidentEvent.ESCALATED, ordinal=OFTEN + 1))
    assert is_urgent(untold(IncidentEvent.OPENED, ordinal=OFTEN + 1))


def test_what_is_an_hour_old_counts_no_more() -> None:
    sent = Sent((1000.0, 4000.0), (999.0, 1001.0))
    assert sent.within_hour(4600.0) == Sent((4000.0,), (1001.0,))
    assert sent.within_hour(4599.0) == Sent((1000.0, 4000.0), (1001.0,))
    assert Sent((1.0,), (2.0,)).with_one(5000.0, urgent=False) == Sent((), (5000.0,))


floods = st.lists(
    st.tuples(st.floats(0.0, 400.0), st.booleans(), st.integers(1, 40)), min_size=1, max_size=60
)


@given(floods, st.integers(1, 30))
def test_in_any_flood_nothing_waits_for_long_and_nobody_is_buried(
    flood: list[tuple[float, bool, int]], per_hour: int
) -> None:
    """Arrivals, each some time after the last, urgent or not, so many at once."""
    sent, now = Sent(), 0.0
    told: list[tuple[float, bool]] = []
    waiting: list[tuple[float, bool]] = []

    def pass_until(end: float) -> None:
        nonlocal sent, waiting
        while waiting:
            urgent = any(one[1] for one in waiting)
            newest = max(one[0] for one in waiting)
            # As the engine does: asked when something comes, at its time, or once a second.
            at = max(newest, due(sent.within_hour(newest), urgent=urgent, per_hour=per_hour))
            if at > end:
                return
            for came, is_urgent_ in waiting:
                waits = at - came
                assert waits <= (URGENT_GAP if is_urgent_ else HOUR) + 1e-6
            told.append((at, urgent))
            sent, waiting = sent.with_one(at, urgent=urgent), []

    for after, urgent, count in flood:
        pass_until(now + after)
        now += after
        waiting += [(now, urgent)] * count
    pass_until(inf)
    assert not waiting
    times = [at for at, urgent in told if not urgent]
    for place, at in enumerate(times):
        # To the microsecond: sums of floats.
        within = [earlier for earlier in times[: place + 1] if at - HOUR + 1e-6 < earlier]
        assert len(within) <= per_hour
    urgents = [at for at, urgent in told if urgent]
    assert all(b - a >= URGENT_GAP - 1e-6 for a, b in zip(urgents, urgents[1:], strict=False))


@given(st.integers(1, 2000), st.floats(0.0, 10.0))
def test_an_outage_that_spreads_within_ten_seconds_is_three_messages(
    faults: int, lasts: float
) -> None:
    for urgent in (True, False):
        sent, messages, at = Sent(), 0, 0.0
        for number in range(faults):
            came = lasts * number / faults
            if came < at:
                continue  # the message to come tells it
            at = max(came, due(sent, urgent=urgent, per_hour=20))
            sent, messages = sent.with_one(at, urgent=urgent), messages + 1
        assert messages <= 3


def test_the_longest_waits_are_what_the_documents_say() -> None:
    assert (URGENT_GAP, LONGEST_GAP) == (5.0, 30.0)
