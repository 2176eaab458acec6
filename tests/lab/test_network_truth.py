"""Our prober against networks of known truth: packet by packet what their own log says."""

import os
import signal
import socket
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from linkwatch.lab.network_fate import Outcome as Fate
from linkwatch.model.measurement import Outcome
from support.figures import jitter, percentile
from support.netns import requires_root
from support.truth import (
    GREATEST_ERROR,
    PROFILES,
    UNEVEN,
    addresses,
    ask,
    known_truth,
    token_of,
)
from support.truth_run import INTERVAL, Run, run_all

pytestmark = requires_root

_ROUNDS = 300
_HELD_UP = 0.01
"""Share of packets that a busy machine may hold up between two stamps of one moment."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_all(tmp_path_factory.mktemp("truth") / "log.csv", _ROUNDS)


def test_nothing_is_missing_from_the_log(run: Run) -> None:
    assert run.summary.missed == 0
    assert run.summary.ignored == {}
    assert sum(run.summary.requests.values()) == len(run.asked.sent)
    assert {token_of(entry): entry.address for entry in run.entries} == run.asked.sent
    assert Counter(entry.outcome.value for entry in run.entries) == run.summary.requests


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("profile", PROFILES)
def test_sent_answered_and_lost_equal_the_log(run: Run, profile: str, version: int) -> None:
    address = addresses(version)[profile]
    assert len(run.by_address[address]) == _ROUNDS
    assert run.disagreements(address) == []


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "dead"])
def test_round_trip_times_are_those_of_the_log(run: Run, profile: str, version: int) -> None:
    measured, true = run.round_trips(addresses(version)[profile])
    assert measured
    errors = [abs(told - was) for told, was in zip(measured, true, strict=True)]
    assert percentile(errors, 0.95) < GREATEST_ERROR
    for share in (0.5, 0.95):
        least, most = percentile(true, share - _HELD_UP), percentile(true, share + _HELD_UP)
        assert least - GREATEST_ERROR < percentile(measured, share) < most + GREATEST_ERROR
    if profile in UNEVEN:
        assert jitter(measured) == pytest.approx(jitter(true), rel=0.02)


@pytest.mark.parametrize("version", [4, 6])
def test_copies_and_late_ones_are_no_answers_of_their_own(run: Run, version: int) -> None:
    places = addresses(version)
    twice = run.by_address[places["twice"]]
    assert {entry.copies for entry in twice} == {1, 2}
    held = [entry for entry in run.by_address[places["out of order"]] if entry.held]
    assert held
    assert all((entry.rtt or 0) >= 80_000_000 for entry in held)
    # 60 ms late where one is sent every 40 ms: the next answer is there first.
    overtaken = [
        before
        for before, after in pairwise(run.by_address[places["out of order"]])
        if (before.written or 0) > (after.written or 0)
    ]
    assert overtaken


def test_every_copy_is_counted_as_one(run: Run) -> None:
    assert run.asked.rejected == {"duplicate": run.copies}


def test_an_impostor_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    run = run_all(tmp_path / "log.csv", 50, impostor=True)
    for version in (4, 6):
        for address in addresses(version).values():
            assert run.disagreements(address) == []
    rejected = run.asked.rejected
    assert {"forged", "wrong_source", "duplicate"} <= set(rejected)
    assert min(run.lies.values()) > 50
    # One that comes behind the true answer, on a busy machine, has another name then.
    assert sum(rejected.values()) == sum(run.lies.values()) + run.copies


def test_an_outage_begins_and_ends_at_its_time(run: Run) -> None:
    for version in (4, 6):
        told = run.by_address[addresses(version)["outage"]]
        silent = [entry.arrived for entry in told if entry.outcome is Fate.OUTAGE]
        heard = [entry.arrived for entry in told if entry.outcome is Fate.ANSWERED]
        assert not any(silent[0] < at < silent[-1] for at in heard)
        assert silent[-1] - silent[0] == pytest.approx(2e9, abs=2.5 * INTERVAL * 1e9)


def test_answers_go_out_at_their_time(run: Run) -> None:
    late = [entry.late for entry in run.entries if entry.late is not None]
    assert min(late) >= 0
    assert percentile(late, 0.5) < 50_000


def test_who_reports_an_error_is_the_scripts_choice(tmp_path: Path) -> None:
    script = """
    addresses:
      10.99.1.0/24: {error: {ttl_exceeded: 100%, from: 10.99.1.254}}
      fd00:99:1::/64: {delay: 5ms, error: {net_unreachable: 100%}}
      10.99.1.9: {delay: 1ms}
    """
    with known_truth(script, tmp_path / "log.csv") as truth:
        asked = ask(truth, ["10.99.1.1", "fd00:99:1::7", "10.99.1.9"], 1, 0.1)
        entries, _ = truth.end()
    told = {token: (r.outcome, r.reason, r.reported_by) for token, r in asked.replies.items()}
    assert told == {
        1: (Outcome.UNREACHABLE, "ttl_exceeded", "10.99.1.254"),
        2: (Outcome.UNREACHABLE, "net_unreachable", "2001:2::254"),
        3: (Outcome.ANSWERED, None, None),
    }
    assert [entry.error for entry in entries] == ["ttl_exceeded", "net_unreachable", ""]


def test_what_is_still_to_be_answered_at_the_end_is_told(tmp_path: Path) -> None:
    with known_truth("addresses: {10.99.0.1: {delay: 1h}}", tmp_path / "log.csv") as truth:
        asked = ask(truth, ["10.99.0.1"], 3, 0.01, linger=0)
        entries, summary = truth.end()
    assert asked.replies == {}
    assert [entry.outcome for entry in entries] == [Fate.UNSENT] * 3
    assert [entry.written for entry in entries] == [None] * 3
    assert summary.requests == {"unsent": 3}


def test_a_signal_to_its_process_leaves_a_whole_log(tmp_path: Path) -> None:
    with known_truth("addresses: {10.99.0.0/24: {}}", tmp_path / "log.csv") as truth:
        ask(truth, ["10.99.0.1"], 50, 0.002, linger=0.1)
        os.kill(truth.network.pid, signal.SIGTERM)
        entries, summary = truth.end()
    assert len(entries) == 50
    assert summary.requests == {"answered": 50}


def test_other_packets_are_counted_and_harm_nobody(tmp_path: Path) -> None:
    script = "addresses: {10.99.0.0/24: {}, 'fd00:99::/64': {}}"
    with known_truth(script, tmp_path / "log.csv") as truth:
        with truth.namespace.entered():
            for family, target in ((socket.AF_INET, "10.99.0.1"), (socket.AF_INET6, "fd00:99::1")):
                with socket.socket(family, socket.SOCK_DGRAM) as udp:
                    udp.sendto(b"no ping", (target, 9))
                    udp.sendto(bytes(4000), (target, 9))
            with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
                raw.sendto(b"\x08\0\0\0\0\0\0\0", ("10.99.0.1", 0))
        asked = ask(truth, ["10.99.0.1", "fd00:99::1"], 3, 0.01)
        entries, summary = truth.end()
    assert {reply.outcome for reply in asked.replies.values()} == {Outcome.ANSWERED}
    assert len(asked.replies) == len(entries) == 6
    assert summary.ignored == {"not an echo request": 2, "fragment": 6, "bad checksum": 1}


def test_a_change_comes_at_its_time(tmp_path: Path) -> None:
    script = """
    addresses:
      10.99.0.1:
        delay: 2ms
        changes:
          - {at: 500ms, delay: 30ms}
          - {at: 1s, loss: 100%}
    """
    with known_truth(script, tmp_path / "log.csv") as truth:
        ask(truth, ["10.99.0.1"], 70, 0.02, linger=0.1)
        entries, _ = truth.end()
    delays = [(entry.planned - entry.arrived) // 1_000_000 for entry in entries if entry.planned]
    lost = [entry for entry in entries if entry.outcome is Fate.LOST]
    assert delays == sorted(delays)
    assert set(delays) == {2, 30}
    assert entries[-len(lost) :] == lost
    assert lost
