"""Five-minute means: on the clock's own five minutes, weighed by time, with their losses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.slots import SLOT, Slot, Slots
from linkwatch.model.finding import Direction
from linkwatch.model.measurement import Discard, InterfaceSample, OperStatus
from support.province import WAN

NOON = datetime(2021, 5, 15, 12, 0, tzinfo=UTC)
RECEIVE, TRANSMIT = Direction


def reading(
    rate: float | None, span: float, dropped: int = 0, discard: Discard | None = None
) -> InterfaceSample:
    """Receives at `rate` and sends at half of it."""
    half = None if rate is None else rate / 2
    return InterfaceSample(
        WAN, OperStatus.UP, 0, 0, 0, 0, 0, dropped, 10**9, rate, half, span, discard
    )  # fmt: skip


def slots(*readings: tuple[float, InterfaceSample], loses: bool = False) -> list[Slot]:
    """The completed slots of readings made so many s after noon."""
    judge = Slots()
    return [
        slot
        for at, sample in readings
        for slot in judge.add(sample, NOON + timedelta(seconds=at), loses=loses)
    ]


def test_a_slot_is_the_mean_of_its_time() -> None:
    (slot,) = slots(
        *((60, reading(10, 60)), (180, reading(40, 120)), (300, reading(10, 120))),
    )
    assert (slot.start, slot.end) == (NOON, NOON + timedelta(minutes=5))
    assert slot.rates == {RECEIVE: pytest.approx(22.0), TRANSMIT: pytest.approx(11.0)}


def test_a_reading_across_the_border_is_shared_out() -> None:
    first, second = slots(
        *((270, reading(10, 270)), (330, reading(70, 60)), (600, reading(10, 270))),
    )
    assert first.rates[RECEIVE] == pytest.approx((270 * 10 + 30 * 70) / 300)
    assert second.rates[RECEIVE] == pytest.approx((30 * 70 + 270 * 10) / 300)


def test_rare_readings_fill_several_slots() -> None:
    found = slots((0, reading(0, 0)), (900, reading(30, 900)))
    assert [slot.rates[RECEIVE] for slot in found] == [30.0, 30.0, 30.0]


def test_a_slot_of_which_half_is_not_known_is_no_slot() -> None:
    assert slots((149, reading(10, 149)), (900, reading(None, 0, discard=Discard.GAP))) == []
    (slot,) = slots((150, reading(10, 150)), (900, reading(None, 0, discard=Discard.GAP)))
    assert slot.rates[RECEIVE] == 10.0


def test_what_is_pending_is_covered_by_the_next_reading() -> None:
    (slot,) = slots(
        (100, reading(20, 100)),
        (200, reading(None, 0, discard=Discard.STALE)),
        (300, reading(50, 200)),
    )
    assert slot.rates[RECEIVE] == pytest.approx(40.0)


def test_a_clock_set_back_begins_anew() -> None:
    (slot,) = slots((200, reading(90, 200)), (-300, reading(1, 60)), (0, reading(10, 300)))
    assert (slot.start, slot.rates[RECEIVE]) == (NOON - timedelta(minutes=5), 10.0)


@pytest.mark.parametrize(
    ("dropped", "lossy"),
    [((0, 0, 0, 0), False), ((0, 5, 5, 5), False), ((0, 5, 9, 9), True), ((7, 7, 7, 7), False)],
)
def test_packets_dropped_at_several_readings_are_losses(
    dropped: tuple[int, ...], lossy: bool
) -> None:
    readings = [(75.0 * n, reading(10, 75, lost)) for n, lost in enumerate(dropped, start=1)]
    (slot,) = slots(*readings)
    assert slot.lossy == {RECEIVE: False, TRANSMIT: lossy}


def test_a_counter_that_began_anew_dropped_nothing() -> None:
    (slot,) = slots(
        *((100, reading(10, 100, 5)), (150, reading(None, 0, 0, Discard.RESTART))),
        *((200, reading(10, 50, 0)), (300, reading(10, 100, 1))),
    )
    assert slot.lossy[TRANSMIT] is False


def test_lost_probes_speak_for_both_directions() -> None:
    (slot,) = slots((150, reading(10, 150)), (300, reading(10, 150)), loses=True)
    assert slot.lossy == {RECEIVE: True, TRANSMIT: True}


@given(st.lists(st.tuples(st.integers(1, 120), st.floats(0, 1e9)), min_size=1, max_size=60))
def test_slots_hold_what_was_read(steps: list[tuple[int, float]]) -> None:
    at, readings = 0, []
    for span, rate in steps:
        at += span
        readings.append((float(at), reading(rate, span)))
    found = slots(*readings)
    assert len(found) == at // int(SLOT)
    whole = sum(slot.rates[RECEIVE] * SLOT for slot in found)
    rest = at - len(found) * SLOT
    read = sum(rate * span for span, rate in steps)
    tail = 0.0
    for span, rate in reversed(steps):
        part = min(span, rest)
        tail, rest = tail + rate * part, rest - part
    assert whole == pytest.approx(read - tail, rel=1e-6, abs=1.0)
