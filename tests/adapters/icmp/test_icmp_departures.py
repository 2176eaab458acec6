"""When a probe left: by the kernel's stamp where it can be right, else as well as can be told."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.ports import Look
from linkwatch.probe.icmp_departure import RING, Departure, TransmitStamps
from linkwatch.probe.icmp_destination import destination
from linkwatch.probe.icmp_flights import Flights
from linkwatch.probe.icmp_stamping import StampPolicy
from linkwatch.wire.icmp import Cookies

NS = 1_000_000_000
START = 1_700_000_000 * NS
HERE = destination("127.0.0.1", Look(64, 0))


def rtt_ns(departure: Departure, place: int, received: int) -> int | None:
    """What a reply received at that time (ns after START) says."""
    cookies = Cookies(b"k" * 32)
    flights = Flights(cookies, 15.0)
    tokens = range(100, 100 + departure.count)
    made = cookies.of(tokens)
    flights.start(tokens, [HERE] * departure.count, made, departure)
    at = START + received
    (reply,) = flights.answers([(HERE.name, at // NS, at % NS, made[place])], 0, _none())
    return None if reply.rtt is None else round(reply.rtt * NS)


def _none() -> Counter[str]:
    return Counter()


@pytest.mark.parametrize(
    ("place", "received", "expected"),
    [
        (0, 10_000, 10_000),
        (4, 10_000, 6_000),
        (7, 5_000, 1_000),  # came while the call went on: it did not leave later than it came
        (0, -1, None),  # from before the call: the clock was set
    ],
)
def test_without_stamps_departures_are_interpolated(
    place: int, received: int, expected: int | None
) -> None:
    assert rtt_ns(Departure(8, START, START + 8_000, 0), place, received) == expected


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (2_500, 7_500),
        (0, 10_000),
        (-1, 8_000),  # of an earlier packet: the ring has come round
        (10_001, 8_000),  # of a later one
        (-START, 8_000),  # none yet
    ],
)
def test_a_stamp_counts_only_where_it_can_be_this_packets(stamp: int, expected: int) -> None:
    stamps = TransmitStamps()
    stamps.put(5 + 2, [START + stamp])
    departure = Departure(8, START, START + 8_000, 0, ring=stamps.ring, number=5)
    assert rtt_ns(departure, 2, 10_000) == expected


@pytest.mark.parametrize(
    ("place", "received", "expected"),
    [
        (2, 7_000_000, None),  # before the hold-up or after it
        (2, 400_000, 1_000),  # came before it can have been long
    ],
)
def test_a_call_that_was_held_up_says_nothing_without_stamps(
    place: int, received: int, expected: int | None
) -> None:
    assert rtt_ns(Departure(8, START, START + 6_000_000, 0), place, received) == expected


def test_a_stamp_tells_the_time_within_a_call_that_was_held_up() -> None:
    stamps = TransmitStamps()
    stamps.put(5 + 2, [START + 5_990_000])
    departure = Departure(8, START, START + 6_000_000, 0, ring=stamps.ring, number=5)
    assert rtt_ns(departure, 2, 6_020_000) == 30_000
    assert rtt_ns(departure, 3, 6_020_000) is None


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 2**62), min_size=1, max_size=64))
def test_stamps_are_found_under_their_numbers(first: int, stamps: list[int]) -> None:
    kept = TransmitStamps()
    kept.put(first, stamps)
    assert [kept.ring[(first + i) % RING] for i in range(len(stamps))] == stamps
    assert len(kept.ring) == RING


def test_stamps_are_wanted_while_the_rate_is_moderate() -> None:
    policy = StampPolicy()
    told = []
    for second, rate in enumerate([480, 7000, 7000, 5000, 5000, 3000, 3000, 5000, 5000]):
        policy.count(rate, float(second))
        told.append(policy.wanted)
    assert told == [True, True, False, False, False, False, True, True, True]
