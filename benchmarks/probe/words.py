"""What the peers print, in their own words, as figures."""

import re
from collections.abc import Collection, Iterable

from benchmarks.probe.report import Report

_BLACKBOX_RTT = re.compile(rb'^probe_icmp_duration_seconds\{phase="rtt"\} (\S+)$', re.MULTILINE)
_BLACKBOX_SUCCESS = re.compile(rb"^probe_success ([01])$", re.MULTILINE)
_LENGTH = re.compile(rb"^content-length: *(\d+)\r?$", re.MULTILINE | re.IGNORECASE)


def fping(text: str, closely: Collection[str]) -> Report:
    """`fping -C -q`: a line `127.0.0.1 : 0.04 - 0.03` a target, ms or a dash for none."""
    sent = lost = 0
    samples: dict[str, list[float | None]] = {}
    for line in text.splitlines():
        target, colon, times = line.partition(" : ")
        if not colon:
            continue
        words = times.split()
        sent += len(words)
        lost += words.count("-")
        target = target.strip()
        if target in closely:
            samples[target] = [None if word == "-" else float(word) / 1e3 for word in words]
    if not sent:
        raise ValueError("fping told of no target")
    return Report(sent, lost, samples=samples)


def smokeping(lines: Iterable[str]) -> tuple[int, int]:
    """`/metrics` of smokeping_prober: requests sent and answers received, of all hosts."""
    sent = came = 0.0
    for line in lines:
        if line.startswith("smokeping_requests_total{"):
            sent += float(line.rpartition(" ")[2])
        elif line.startswith("smokeping_response_duration_seconds_count{"):
            came += float(line.rpartition(" ")[2])
    return int(sent), int(came)


def blackbox(body: bytes) -> float | None:
    """A scrape of blackbox_exporter: the RTT in s, None for a probe that failed."""
    success = _BLACKBOX_SUCCESS.search(body)
    if success is None:
        raise ValueError(f"blackbox_exporter told no probe_success: {body[:60]!r}")
    if success[1] == b"0":
        return None
    rtt = _BLACKBOX_RTT.search(body)
    if rtt is None:
        raise ValueError("blackbox_exporter told no round-trip time")
    return float(rtt[1])


def body_length(head: bytes) -> int | None:
    """Of an HTTP answer with status 200; None where its body comes in chunks."""
    status = head.split(b"\r\n", 1)[0]
    if b" 200 " not in status:
        raise ValueError(f"answered {status.decode('latin-1')!r}")
    length = _LENGTH.search(head)
    return int(length[1]) if length else None
