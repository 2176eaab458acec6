"""Round-trip times as told, against packets as they were."""

import socket

import pytest

from benchmarks.probe.matching import Passage, match
from benchmarks.probe.targets import addresses, sample_mask, sampled
from benchmarks.probe.truth import Exchanges

OUT, IN = 4, 0
SECOND = 1_000_000_000
A, B = "127.1.0.0", "127.1.0.1"


def packet(kind: int, target: str, sequence: int, payload: bytes = b"p" * 16) -> bytes:
    """A request to the target, or a reply from it."""
    source, destination = (A, target) if kind == 8 else (target, A)
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    icmp = bytes((kind, 0, 0, 0, 0, 7)) + sequence.to_bytes(2, "big") + payload
    return bytes(12) + ends + icmp


def test_an_answer_belongs_to_its_own_request() -> None:
    seen = Exchanges()
    seen.take(packet(8, A, 1), OUT, 10 * SECOND)
    seen.take(packet(8, B, 1), OUT, 10 * SECOND + 100)
    seen.take(packet(8, A, 2), OUT, 11 * SECOND)
    seen.take(packet(0, A, 2), IN, 11 * SECOND + 5_000)
    seen.take(packet(0, B, 1), IN, 10 * SECOND + 2_100)
    assert seen.passages() == {
        A: [Passage(10.0, None), Passage(11.0, 5e-6)],
        B: [Passage(10.0000001, 2e-6)],
    }


def test_only_what_leaves_is_a_request_and_what_comes_is_an_answer() -> None:
    seen = Exchanges()
    seen.take(packet(8, A, 1), OUT, 0)
    seen.take(packet(8, A, 1), IN, 50)  # loopback hands it back to the device
    seen.take(packet(0, A, 1), OUT, 100)  # its answer, on the way to us
    seen.take(packet(0, A, 1), IN, 3_000)
    seen.take(packet(0, A, 1), IN, 9_000)  # a copy
    assert seen.passages() == {A: [Passage(0.0, 3e-6)]}


def test_the_payload_tells_requests_apart_that_share_a_sequence() -> None:
    seen = Exchanges()
    seen.take(packet(8, A, 1, b"first" * 4), OUT, 0)
    seen.take(packet(8, A, 1, b"other" * 4), OUT, 1_000)
    seen.take(packet(0, A, 1, b"other" * 4), IN, 4_000)
    seen.take(packet(0, A, 1, b"first" * 4), IN, 9_000)
    assert seen.passages() == {A: [Passage(0.0, 9e-6), Passage(1e-6, 3e-6)]}


def wire(*round_trips: float | None) -> list[Passage]:
    """A request a second from 100 s on."""
    return [Passage(100.0 + number, rtt) for number, rtt in enumerate(round_trips)]


def test_errors_are_sorted_distances_either_way() -> None:
    told = {A: [10e-6, 30e-6], B: [5e-6]}
    true = {A: wire(12e-6, 20e-6), B: wire(5e-6)}
    matched = match(told, true, 100.0, 200.0)
    assert matched.errors == pytest.approx((0.0, 2e-6, 10e-6))
    assert matched.odd == 0


def test_what_was_not_answered_moves_no_other_sample() -> None:
    told = {A: [1e-6, None, 3e-6]}
    matched = match(told, {A: wire(1e-6, 900.0, 3e-6)}, 100.0, 200.0)
    assert matched.errors == pytest.approx((0.0, 0.0))


def test_only_requests_of_the_measured_span_count() -> None:
    told = {A: [9e-6, 1e-6, 9e-6]}
    matched = match(told, {A: wire(0.0, 0.0, 0.0)}, 100.5, 101.5)
    assert matched.errors == pytest.approx((1e-6,))


def test_requests_at_the_end_need_not_be_told_of() -> None:
    assert match({A: [1e-6]}, {A: wire(1e-6, 1e-6)}, 0.0, 200.0).odd == 0


def test_an_answer_that_nobody_gave_is_odd() -> None:
    matched = match({A: [1e-6]}, {A: wire(None)}, 0.0, 200.0)
    assert (matched.errors, matched.odd) == ((), 1)


def test_more_told_than_sent_is_odd_and_matched_to_nothing() -> None:
    matched = match({A: [1e-6, 1e-6], B: [1e-6]}, {A: wire(1e-6)}, 0.0, 200.0)
    assert (matched.errors, matched.odd) == ((), 2)


@pytest.mark.parametrize("count", [1, 20, 100, 1000, 5000, 23_000])
def test_the_mask_selects_the_targets_looked_at(count: int) -> None:
    mask = sample_mask(count)
    bits = [int.from_bytes(socket.inet_aton(target), "big") for target in addresses(count)]
    assert len(set(bits)) == count
    assert len(sampled(addresses(count))) == sum(value & mask == 0 for value in bits)
    assert min(count, 100) <= len(sampled(addresses(count))) <= 257
