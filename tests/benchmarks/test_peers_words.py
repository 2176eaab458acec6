"""The peers' own words, as their programs print them, become figures, or a complaint."""

import pytest

from benchmarks.probe import words

FPING = """\
127.1.0.0 : 0.054 - 0.049
127.1.0.1 : 0.013 0.007 0.009
ICMP Host Unreachable from 127.0.0.1 for ICMP Echo sent to 127.1.0.1
127.1.0.12 : - - -
"""
SMOKEPING = """\
# HELP smokeping_requests_total Number of ping requests sent
# TYPE smokeping_requests_total counter
smokeping_requests_total{host="127.1.0.0",ip="127.1.0.0"} 9
smokeping_requests_total{host="127.1.0.1",ip="127.1.0.1"} 1e+01
smokeping_response_duration_seconds_bucket{host="127.1.0.0",ip="127.1.0.0",le="5e-05"} 3
smokeping_response_duration_seconds_sum{host="127.1.0.0",ip="127.1.0.0"} 0.0013
smokeping_response_duration_seconds_count{host="127.1.0.0",ip="127.1.0.0"} 8
smokeping_response_duration_seconds_count{host="127.1.0.1",ip="127.1.0.1"} 7
"""
BLACKBOX = b"""\
# TYPE probe_icmp_duration_seconds gauge
probe_icmp_duration_seconds{phase="resolve"} 2.3e-05
probe_icmp_duration_seconds{phase="rtt"} 6.9e-05
probe_icmp_duration_seconds{phase="setup"} 0.000134
probe_success 1
"""


def test_fping_tells_each_ping_of_each_target() -> None:
    report = words.fping(FPING, {"127.1.0.0", "127.1.0.12"})
    assert (report.sent, report.lost) == (9, 4)
    assert report.samples == {
        "127.1.0.0": [pytest.approx(54e-6), None, pytest.approx(49e-6)],
        "127.1.0.12": [None, None, None],
    }


def test_fping_that_told_nothing_is_no_report_of_no_loss() -> None:
    with pytest.raises(ValueError, match="told of no target"):
        words.fping("fping: can't create socket\n", {"127.1.0.0"})


def test_smokeping_counts_requests_and_answers_of_all_hosts() -> None:
    assert words.smokeping(SMOKEPING.splitlines()) == (19, 15)


def test_blackbox_tells_the_round_trip_and_not_the_setup() -> None:
    assert words.blackbox(BLACKBOX) == pytest.approx(69e-6)


def test_a_failed_blackbox_probe_has_no_round_trip() -> None:
    assert words.blackbox(BLACKBOX.replace(b"success 1", b"success 0")) is None


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"Unknown module", "no probe_success: b'Unknown module'"),
        (b"probe_success 1\n", "no round-trip time"),
        (BLACKBOX.replace(b"probe_success", b"other_success"), "no probe_success"),
    ],
)
def test_another_answer_of_blackbox_is_no_loss(body: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        words.blackbox(body)


def test_how_long_an_http_answer_is() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    assert words.body_length(head + b"Content-Length: 812\r\n\r\n") == 812
    assert words.body_length(head + b"Transfer-Encoding: chunked\r\n\r\n") is None
    with pytest.raises(ValueError, match="answered 'HTTP/1.1 400 Bad Request'"):
        words.body_length(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 14\r\n\r\n")
