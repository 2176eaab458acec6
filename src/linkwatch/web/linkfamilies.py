"""The metric families whose children are links, by what probes tell, or routers."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from operator import attrgetter

from linkwatch.model.finding import LinkState
from linkwatch.web.exposition import Family, number, repeated, same_for_all
from linkwatch.web.linkbatch import LinkBatch
from linkwatch.web.linkrow import COMMON_ERRORS, RTT_BOUNDS, LinkRow, RouterRow

_NAME = "\0"


def _counter(name: str, help_text: str, column: Callable[[LinkRow], int]) -> Family[LinkBatch]:
    full = f"linkwatch_{name}"

    def lines(batch: LinkBatch) -> Iterable[str]:
        counts = map(repeated, map(column, batch.rows))
        return [f"{full}{{{name}}} {count}\n" for name, count in _beside(batch, counts)]

    return Family(full, "counter", help_text, lines)


def _gauge(name: str, help_text: str, figure: str) -> Family[LinkBatch]:
    full = f"linkwatch_{name}"

    def lines(batch: LinkBatch) -> Iterable[str]:
        values = map(number, batch.figures[figure])
        return [f"{full}{{{name}}} {value}\n" for name, value in _beside(batch, values)]

    return Family(full, "gauge", help_text, lines)


def _beside(batch: LinkBatch, texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    return zip(batch.names, texts, strict=True)


def _errors(batch: LinkBatch) -> Iterable[str]:
    return map(_errors_of, batch.rows)


def _errors_of(row: LinkRow) -> str:
    if not any(row.errors.values()):
        return _NO_ERRORS(row.name)
    return "".join(
        f'linkwatch_probe_errors_total{{{row.name},reason="{reason}"}} {number(count)}\n'
        for reason, count in row.errors.items()
    )


def _histogram(batch: LinkBatch) -> Iterable[str]:
    return map(_histogram_of, batch.rows)


def _histogram_of(row: LinkRow) -> str:
    counts = [*map(repeated, accumulate(row.buckets))]
    return (_HISTOGRAM % (*counts, counts[-1], number(row.rtt_sum))).replace(_NAME, row.name)


def _rtt(batch: LinkBatch) -> Iterable[str]:
    p50, p95 = (map(number, batch.figures[figure]) for figure in ("rtt_p50", "rtt_p95"))
    counts = [repeated(sum(row.buckets)) for row in batch.rows]
    sums = [number(row.rtt_sum) for row in batch.rows]
    return [
        f'linkwatch_link_rtt_seconds{{{name},quantile="0.5"}} {median}\n'
        f'linkwatch_link_rtt_seconds{{{name},quantile="0.95"}} {high}\n'
        f"linkwatch_link_rtt_seconds_count{{{name}}} {count}\n"
        f"linkwatch_link_rtt_seconds_sum{{{name}}} {total}\n"
        for name, median, high, count, total in zip(
            batch.names, p50, p95, counts, sums, strict=True
        )
    ]


def _availability(batch: LinkBatch) -> Iterable[str]:
    counted = batch.figures["availability"]
    ratios = (number(one.ratio if one is not None else None) for one in counted)
    return [
        f"linkwatch_link_availability_ratio{{{name}}} {ratio}\n"
        for name, ratio in _beside(batch, ratios)
    ]


def _maintenance(batch: LinkBatch) -> Iterable[str]:
    works = batch.figures["maintenance"]
    return [_ON[work is not None](name) for name, work in zip(batch.names, works, strict=True)]


def _state(batch: LinkBatch) -> Iterable[str]:
    states = batch.figures["state"]
    return [_STATES[state](name) for name, state in zip(batch.names, states, strict=True)]


def _info(batch: LinkBatch) -> Iterable[str]:
    return [f"linkwatch_link_info{{{row.info}}} 1.0\n" for row in batch.rows]


def _thresholds(batch: LinkBatch) -> Iterable[str]:
    return [row.thresholds for row in batch.rows]


def _polls(rows: Sequence[RouterRow]) -> Iterable[str]:
    return [
        f'linkwatch_snmp_polls_total{{outcome="{outcome}",{row.name}}} {number(count)}\n'
        for row in rows
        for outcome, count in row.polls.items()
    ]


_HISTOGRAM = (
    "".join(
        f'linkwatch_probe_rtt_seconds_bucket{{le="{bound}",{_NAME}}} %s\n'
        for bound in (*RTT_BOUNDS, "+Inf")
    )
    + f"linkwatch_probe_rtt_seconds_count{{{_NAME}}} %s\n"
    + f"linkwatch_probe_rtt_seconds_sum{{{_NAME}}} %s\n"
)
_NO_ERRORS = same_for_all(
    f'linkwatch_probe_errors_total{{%s,reason="{reason}"}} {number(0)}\n'
    for reason in COMMON_ERRORS
)
_STATES = {
    now: same_for_all(
        f'linkwatch_link_state{{%s,state="{state}"}} {number(state is now)}\n'
        for state in LinkState
    )
    for now in LinkState
}
_ON = {
    on: same_for_all([f"linkwatch_maintenance_active{{%s}} {number(on)}\n"]) for on in (False, True)
}

LINK_FAMILIES: tuple[Family[LinkBatch], ...] = (
    Family(
        "linkwatch_probe_rtt_seconds",
        "histogram",
        "Round-trip time of answered probes whose stamps can be trusted.",
        _histogram,
    ),
    _counter("probes_sent_total", "Probes that were answered or timed out.", attrgetter("sent")),
    _counter("probes_lost_total", "Probes that the network lost.", attrgetter("lost")),
    Family(
        "linkwatch_probe_errors_total",
        "counter",
        "Probes that say nothing because of ourselves: could not be sent, or answer dropped here.",
        _errors,
    ),
    _gauge("link_loss_ratio", "Loss as the link is judged by, 0 to 1.", "loss"),
    Family(
        "linkwatch_link_rtt_seconds",
        "summary",
        "Round-trip time: quantiles as the link is judged by, count and sum since the start.",
        _rtt,
    ),
    _gauge("link_jitter_seconds", "Jitter (RFC 3550, 6.4.1).", "jitter"),
    Family("linkwatch_link_state", "gauge", "State of a link: the one that is 1.", _state),
    Family(
        "linkwatch_link_availability_ratio",
        "gauge",
        "Share of the last 30 days in service, without work and the unknown, it was not down.",
        _availability,
    ),
    Family(
        "linkwatch_maintenance_active",
        "gauge",
        "Whether announced work on a link is under way.",
        _maintenance,
    ),
    Family("linkwatch_link_info", "gauge", "What a link is.", _info),
    Family(
        "linkwatch_link_threshold",
        "gauge",
        "Raise levels, latency and jitter in seconds, loss and utilisation as ratios.",
        _thresholds,
    ),
)

ROUTER_FAMILIES: tuple[Family[Sequence[RouterRow]], ...] = (
    Family(
        "linkwatch_snmp_polls_total", "counter", "SNMP polls of a router by their outcome.", _polls
    ),
)
