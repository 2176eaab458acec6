"""What /metrics says of all links together."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

_SENT, _LOST, _UNKNOWN, _POLLS = (
    b"linkwatch_probes_sent_total",
    b"linkwatch_probes_lost_total",
    b"linkwatch_probe_errors_total",
    b"linkwatch_snmp_polls_total",
)
_OUTCOME = re.compile(rb'outcome="([^"]*)"')


@dataclass(frozen=True)
class Totals:
    """Probes answered or timed out, those lost, and those that say nothing; polls by outcome."""

    series: int
    sent: int
    lost: int
    unknown: int
    polls: Mapping[str, int]


def totals_in(text: bytes) -> Totals:
    """Sums over all links and routers."""
    sums: Counter[bytes] = Counter()
    polls: Counter[str] = Counter()
    series = 0
    for line in text.splitlines():
        if line.startswith(b"#"):
            continue
        series += 1
        name = line.partition(b"{")[0]
        if name not in (_SENT, _LOST, _UNKNOWN, _POLLS):
            continue
        value = int(float(line.rpartition(b" ")[2]))
        sums[name] += value
        if name == _POLLS and (outcome := _OUTCOME.search(line)):
            polls[outcome[1].decode()] += value
    return Totals(series, sums[_SENT], sums[_LOST], sums[_UNKNOWN], polls)
