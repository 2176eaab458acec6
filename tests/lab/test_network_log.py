"""The log of a simulated network, written and read."""

import ipaddress
import struct
from io import StringIO
from pathlib import Path

import pytest

from linkwatch.lab.network_answers import Vigil
from linkwatch.lab.network_fate import Fate, Outcome
from linkwatch.lab.network_log import COLUMNS, Log, Summary, Trace, read_log
from linkwatch.lab.network_model import ErrorKind, Refusal
from linkwatch.lab.network_packet import Request

REFUSAL = Refusal(0.5, ErrorKind.HOST_UNREACHABLE, ipaddress.ip_address("10.99.255.254"))


def trace(sequence: int, fate: Fate) -> Trace:
    message = struct.pack("!BBHHH", 8, 0, 0, 5, sequence) + bytes(range(64))
    source, destination = bytes((198, 18, 0, 1)), bytes((10, 99, 0, sequence))
    request = Request(4, source, destination, 0, message, message, 64)
    return Trace(request, 1_000_000 + sequence, 1000 + sequence, fate)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with path.open("w") as file:
        log = Log(file)
        log.add(trace(3, Fate(Outcome.ANSWERED, 500, 2, held=True)), Outcome.ANSWERED, 1510, 2)
        log.add(trace(1, Fate(Outcome.LOST)), Outcome.LOST, None, 0)
        log.add(trace(2, Fate(Outcome.ERROR, 10, 1, refusal=REFUSAL)), Outcome.ERROR, 1012, 1)
        log.add(trace(4, Fate(Outcome.ANSWERED, 500, 1)), Outcome.UNSENT, None, 0)
        summary = log.end({"fragment": 2}, 1, 900)
    entries, read = read_log(path)
    assert read == summary
    assert summary == Summary(
        {"answered": 1, "lost": 1, "error": 1, "unsent": 1}, {"fragment": 2}, 1, 900
    )
    assert [(e.address, e.outcome, e.rtt, e.late, e.copies) for e in entries] == [
        ("10.99.0.1", Outcome.LOST, None, None, 0),
        ("10.99.0.2", Outcome.ERROR, 10, 0, 1),
        ("10.99.0.3", Outcome.ANSWERED, 507, 7, 2),
        ("10.99.0.4", Outcome.UNSENT, None, None, 0),
    ]
    assert [entry.error for entry in entries] == ["", "host_unreachable", "", ""]
    assert [entry.held for entry in entries] == [False, False, True, False]
    assert entries[3].planned == 1504
    first = entries[0]
    assert (first.identifier, first.sequence, first.size) == (5, 1, 64)
    assert (first.payload, first.arrived, first.arrived_realtime) == (
        bytes(range(16)),
        1001,
        1_000_001,
    )


def test_a_log_without_its_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    for content in ("", ",".join(COLUMNS) + "\n"):
        path.write_text(content)
        with pytest.raises(ValueError, match="the log has no end"):
            read_log(path)


def test_rows_wait_for_their_time_and_none_is_left() -> None:
    file = StringIO()
    log = Log(file)
    for number in range(1, 6):
        log.add(trace(number, Fate(Outcome.LOST)), Outcome.LOST, None, 0)
    assert (log.waiting, file.getvalue().count("\n")) == (5, 1)
    log.flush(3)
    assert (log.waiting, file.getvalue().count("\n")) == (2, 4)
    log.end({}, 0, 0)
    assert (log.waiting, file.getvalue().count("\n")) == (0, 7)


def test_without_a_file_only_counts_are_kept() -> None:
    log = Log(None)
    log.add(trace(1, Fate(Outcome.LOST)), Outcome.LOST, None, 0)
    log.flush(10)
    assert log.waiting == 0
    assert log.end({}, 0, 0).requests == {"lost": 1}


def test_the_vigil_is_as_long_as_sleepers_are_late_and_never_too_long() -> None:
    vigil = Vigil()
    for number in range(200_000):
        vigil.slept(400_000 if number % 50 == 0 else 100_000)
    assert 350_000 <= vigil.length <= 550_000
    for _ in range(2_000):
        vigil.slept(10_000_000)
    assert vigil.length == Vigil.MOST
    for _ in range(10_000):
        vigil.slept(0)
    assert vigil.length == Vigil.LEAST
