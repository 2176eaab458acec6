"""Counters to rates: what is a rate, and what is discarded and why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.measurement import Discard, OperStatus
from linkwatch.wire.counters import Rates, Reckoning, TimedReading, has_restarted, reckon
from linkwatch.wire.ifmib import InterfaceReading, Width

GIGABIT = 1_000_000_000
MAX_GAP = 150.0
UPTIME_MODULUS = 2**32


def reading(
    *,
    uptime: int,
    receive: int = 0,
    transmit: int = 0,
    width: Width = Width.COUNTER64,
    line_rate: int | None = GIGABIT,
    discontinuity: int = 0,
    index: int = 3,
) -> InterfaceReading:
    return InterfaceReading(
        index=index,
        uptime=uptime % UPTIME_MODULUS,
        name="Gi0/0",
        alias=None,
        oper=OperStatus.UP,
        width=width,
        receive_bytes=receive % 2**width,
        transmit_bytes=transmit % 2**width,
        receive_errors=0,
        transmit_errors=0,
        receive_discards=0,
        transmit_discards=0,
        line_rate=line_rate,
        discontinuity=discontinuity,
    )


BEFORE = TimedReading(1000.0, reading(uptime=500_000, receive=10**12, transmit=10**11))


def later(seconds: float = 30.0, **changes: int | Width | None) -> TimedReading:
    """BEFORE, `seconds` on by both clocks, 3 MB received and 1.5 MB sent later."""
    usual = replace(
        BEFORE.reading,
        uptime=500_000 + int(seconds * 100),
        receive_bytes=10**12 + 3_000_000,
        transmit_bytes=10**11 + 1_500_000,
    )
    return TimedReading(1000.0 + seconds, replace(usual, **changes))  # type: ignore[arg-type]  # by name


def rate(before: TimedReading, current: TimedReading, max_gap: float) -> Rates | Discard:
    """What two readings alone come to."""
    return reckon(Reckoning(before), current, max_gap)[1]


def test_the_rate_is_bits_over_the_agents_own_time() -> None:
    assert rate(BEFORE, later(), MAX_GAP) == Rates(800_000.0, 400_000.0, 30.0)


def test_our_own_late_reading_does_not_change_the_rate() -> None:
    late = TimedReading(1034.0, later().reading)
    assert rate(BEFORE, late, MAX_GAP) == Rates(800_000.0, 400_000.0, 30.0)


@pytest.mark.parametrize(
    ("current", "why"),
    [
        pytest.param(later(uptime=200), Discard.RESTART, id="uptime fell"),
        pytest.param(later(uptime=0), Discard.RESTART, id="uptime at nought"),
        pytest.param(later(discontinuity=501_000), Discard.DISCONTINUITY, id="discontinuity"),
        pytest.param(later(index=4), Discard.DISCONTINUITY, id="another row"),
        pytest.param(later(width=Width.COUNTER32), Discard.DISCONTINUITY, id="another counter"),
        pytest.param(later(receive_bytes=5), Discard.RESET, id="receive fell"),
        pytest.param(later(transmit_bytes=5), Discard.RESET, id="transmit fell"),
        pytest.param(later(receive_bytes=5, line_rate=None), Discard.RESET, id="unknown line"),
        pytest.param(later(receive_bytes=2 * 10**12), Discard.ABOVE_LINE_RATE, id="spike"),
        pytest.param(later(151.0), Discard.GAP, id="gap"),
        pytest.param(later(uptime=500_000), Discard.CLOCK, id="agent's clock stands"),
        pytest.param(later(uptime=512_000), Discard.CLOCK, id="agent's clock jumps"),
        pytest.param(later(1.9), Discard.SHORT, id="asked again at once"),
    ],
)
def test_a_pair_that_says_nothing_is_discarded_with_its_reason(
    current: TimedReading, why: Discard
) -> None:
    assert rate(BEFORE, current, MAX_GAP) is why


def test_the_first_reading_has_no_rate() -> None:
    assert reckon(None, BEFORE, MAX_GAP) == (Reckoning(BEFORE), Discard.FIRST)


def test_uptime_wraps_after_497_days_without_a_restart() -> None:
    before = TimedReading(0.0, reading(uptime=UPTIME_MODULUS - 1000))
    after = TimedReading(30.0, reading(uptime=UPTIME_MODULUS + 2000, receive=3_000_000))
    assert rate(before, after, MAX_GAP) == Rates(800_000.0, 0.0, 30.0)
    assert not has_restarted(before.reading.uptime, after.reading.uptime, 30.0)


def test_a_drop_near_the_wrap_that_our_clock_denies_is_a_restart() -> None:
    before = TimedReading(0.0, reading(uptime=UPTIME_MODULUS - 360_000))
    after = TimedReading(30.0, reading(uptime=1000))
    assert rate(before, after, MAX_GAP) is Discard.RESTART


def test_a_restart_during_a_long_gap_is_seen_although_uptime_has_grown() -> None:
    assert has_restarted(1_000, 6_000, 3_600.0)
    assert not has_restarted(1_000, 361_000, 3_600.0)


def test_a_32_bit_counter_wraps() -> None:
    before = TimedReading(0.0, reading(uptime=0, receive=2**32 - 1_000_000, width=Width.COUNTER32))
    after = TimedReading(
        30.0, reading(uptime=3000, receive=2**32 + 2_000_000, width=Width.COUNTER32)
    )
    assert rate(before, after, MAX_GAP) == Rates(800_000.0, 0.0, 30.0)


def test_a_32_bit_counter_that_may_have_wrapped_twice_says_nothing() -> None:
    before = TimedReading(0.0, reading(uptime=0, width=Width.COUNTER32))
    after = TimedReading(35.0, reading(uptime=3500, receive=1000, width=Width.COUNTER32))
    assert rate(before, after, MAX_GAP) is Discard.GAP
    assert isinstance(rate(before, later_slow(after), MAX_GAP), Rates)


def later_slow(after: TimedReading) -> TimedReading:
    """The same on a line that takes 344 s for a wrap."""
    return TimedReading(after.at, replace(after.reading, line_rate=100_000_000))


def told(*megabytes: float, every: float = 10.0, line_rate: int = 100_000_000) -> list[str]:
    """What comes of an agent that shows these totals (MB) one after the other, in Mbit/s."""
    said = []
    kept: Reckoning | None = None
    for number, total in enumerate(megabytes):
        at = number * every
        row = reading(uptime=int(at * 100), receive=int(total * 1e6), line_rate=line_rate)
        kept, came_to = reckon(kept, TimedReading(at, row), 5 * every)
        if isinstance(came_to, Rates):
            said.append(f"{came_to.receive / 1e6:g} over {came_to.span:g}")
        else:
            said.append(came_to.value)
    return said


def test_counters_that_stand_and_jump_are_spread_over_the_time_they_stood() -> None:
    # 80 Mbit/s on a line of 100: 10 MB a second, shown anew every 30 s only.
    assert told(0, 100, 100, 100, 400, 400, 400, 700) == [
        *("first", "80 over 10"),
        *("stale", "stale", "80 over 30"),
        *("stale", "stale", "80 over 30"),
    ]


def test_a_refresh_that_came_late_is_no_traffic_above_the_line() -> None:
    # 80 Mbit/s, shown anew every 20 s and read every 30: 20 s and 40 s of traffic by turns.
    assert told(0, 200, 600, 800, 1200, 1400, every=30.0) == [
        *("first", "53.3333 over 30", "stale", "80 over 60", "stale", "80 over 60"),
    ]


def test_a_line_that_falls_idle_is_said_to_after_a_minute() -> None:
    standing = [10] * 7
    assert told(0, 10, *standing) == [
        *("first", "8 over 10"),
        *(["stale"] * 5),
        *("0 over 60", "stale"),
    ]
    assert told(0, 60, 60, 60, every=60.0) == ["first", "8 over 60", "0 over 60", "0 over 60"]


def test_a_line_that_never_carried_anything_is_idle_at_once() -> None:
    assert told(7, 7, 7, 7) == ["first", "0 over 10", "0 over 10", "0 over 10"]


def test_the_first_refresh_that_is_seen_may_reach_back_to_any_time() -> None:
    assert told(0, 0, 0, 50, 50, 50, 350) == [
        *("first", "0 over 10", "0 over 10"),
        *("first", "stale", "stale", "80 over 30"),
    ]


def test_a_jump_that_no_refresh_explains_is_discarded_and_not_carried_on() -> None:
    assert told(0, 100, 200, 900, 1000) == [
        *("first", "80 over 10", "80 over 10", "above_line_rate", "80 over 10"),
    ]


def test_a_reading_out_of_turn_is_counted_with_the_next() -> None:
    first = TimedReading(0.0, reading(uptime=0))
    kept, _ = reckon(None, first, MAX_GAP)
    extra = TimedReading(1.0, reading(uptime=100, receive=1_000_000))
    kept, soon = reckon(kept, extra, MAX_GAP)
    _, rates = reckon(kept, TimedReading(30.0, reading(uptime=3000, receive=3_000_000)), MAX_GAP)
    assert (soon, rates) == (Discard.SHORT, Rates(800_000.0, 0.0, 30.0))


def test_a_reading_within_the_same_tick_changes_nothing() -> None:
    kept, _ = reckon(Reckoning(BEFORE), later(10.0), MAX_GAP)
    at_once = TimedReading(1010.004, replace(later(10.0).reading, receive_bytes=10**12 + 3_001_000))
    assert reckon(kept, at_once, MAX_GAP) == (kept, Discard.SHORT)


octets = st.integers(0, 2**64 - 1)
rows = st.builds(
    reading,
    uptime=st.integers(0, UPTIME_MODULUS - 1),
    receive=octets,
    transmit=octets,
    width=st.sampled_from(Width),
    line_rate=st.none() | st.integers(1, 10**12),
    discontinuity=st.integers(0, 3),
    index=st.integers(1, 2),
)


@given(rows, rows, st.floats(0, 1e6))
def test_whatever_the_readings_no_rate_is_negative_or_above_the_line(
    before: InterfaceReading, after: InterfaceReading, waited: float
) -> None:
    rates = rate(TimedReading(0.0, before), TimedReading(waited, after), MAX_GAP)
    if isinstance(rates, Rates):
        for direction in (rates.receive, rates.transmit):
            assert direction >= 0
            assert after.line_rate is None or direction <= after.line_rate


@given(
    start=octets,
    uptime=st.integers(0, UPTIME_MODULUS - 1),
    ticks=st.integers(200, 5_999),
    share=st.floats(0, 1),
    width=st.sampled_from(Width),
)
def test_true_traffic_is_measured_across_every_wrap(
    start: int, uptime: int, ticks: int, share: float, width: Width
) -> None:
    line = 100_000_000
    sent = int(share * line / 8 * ticks / 100)
    before = reading(uptime=uptime, receive=start, width=width, line_rate=line)
    after = reading(uptime=uptime + ticks, receive=start + sent, width=width, line_rate=line)
    rates = rate(TimedReading(0.0, before), TimedReading(ticks / 100, after), MAX_GAP)
    assert isinstance(rates, Rates)
    assert rates.receive == pytest.approx(sent * 800 / ticks)
