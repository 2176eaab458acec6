"""The metric families whose children are links, by what probes tell, or routers."""

from collections.abc import Callable
from operator import attrgetter

from linkwatch.model.finding import LinkState
from linkwatch.ports import LinkFigures
from linkwatch.web.exposition import Family, number, same_for_all
from linkwatch.web.linkrow import COMMON_ERRORS, LinkRow, RouterRow, rtt_histogram


def _counter(name: str, help_text: str, column: Callable[[LinkRow], int]) -> Family[LinkRow]:
    full = f"linkwatch_{name}"
    return Family(
        full, "counter", help_text, lambda row: f"{full}{{{row.name}}} {number(column(row))}\n"
    )


def _gauge(
    name: str, help_text: str, column: Callable[[LinkFigures], float | None]
) -> Family[LinkRow]:
    full = f"linkwatch_{name}"
    return Family(
        full,
        "gauge",
        help_text,
        lambda row: f"{full}{{{row.name}}} {number(column(row.figures))}\n",
    )


def _errors(row: LinkRow) -> str:
    if not any(row.errors.values()):
        return _NO_ERRORS(row.name)
    return "".join(
        f'linkwatch_probe_errors_total{{{row.name},reason="{reason}"}} {number(count)}\n'
        for reason, count in row.errors.items()
    )


def _rtt(row: LinkRow) -> str:
    figures = row.figures
    return (
        f'linkwatch_link_rtt_seconds{{{row.name},quantile="0.5"}} {number(figures.rtt_p50)}\n'
        f'linkwatch_link_rtt_seconds{{{row.name},quantile="0.95"}} {number(figures.rtt_p95)}\n'
        f"linkwatch_link_rtt_seconds_count{{{row.name}}} {number(sum(row.buckets))}\n"
        f"linkwatch_link_rtt_seconds_sum{{{row.name}}} {number(row.rtt_sum)}\n"
    )


def _state(row: LinkRow) -> str:
    return _STATES[row.figures.state](row.name)


def _availability(figures: LinkFigures) -> float | None:
    return figures.availability.ratio if figures.availability is not None else None


def _maintenance(row: LinkRow) -> str:
    return _ON[row.figures.maintenance is not None](row.name)


def _thresholds(row: LinkRow) -> str:
    return row.thresholds


def _polls(row: RouterRow) -> str:
    return "".join(
        f'linkwatch_snmp_polls_total{{outcome="{outcome}",{row.name}}} {number(count)}\n'
        for outcome, count in row.polls.items()
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

LINK_FAMILIES: tuple[Family[LinkRow], ...] = (
    Family(
        "linkwatch_probe_rtt_seconds",
        "histogram",
        "Round-trip time of answered probes whose stamps can be trusted.",
        rtt_histogram,
    ),
    _counter("probes_sent_total", "Probes that were answered or timed out.", attrgetter("sent")),
    _counter("probes_lost_total", "Probes that the network lost.", attrgetter("lost")),
    Family(
        "linkwatch_probe_errors_total",
        "counter",
        "Probes that say nothing because of ourselves: could not be sent, or answer dropped here.",
        _errors,
    ),
    _gauge("link_loss_ratio", "Loss as the link is judged by, 0 to 1.", attrgetter("loss")),
    Family(
        "linkwatch_link_rtt_seconds",
        "summary",
        "Round-trip time: quantiles as the link is judged by, count and sum since the start.",
        _rtt,
    ),
    _gauge("link_jitter_seconds", "Jitter (RFC 3550, 6.4.1).", attrgetter("jitter")),
    Family("linkwatch_link_state", "gauge", "State of a link: the one that is 1.", _state),
    _gauge(
        "link_availability_ratio",
        "Share of the last 30 days in service, without work and the unknown, it was not down.",
        _availability,
    ),
    Family(
        "linkwatch_maintenance_active",
        "gauge",
        "Whether announced work on a link is under way.",
        _maintenance,
    ),
    Family(
        "linkwatch_link_info",
        "gauge",
        "What a link is.",
        lambda row: f"linkwatch_link_info{{{row.info}}} 1.0\n",
    ),
    Family(
        "linkwatch_link_threshold",
        "gauge",
        "Raise levels, latency and jitter in seconds, loss and utilisation as ratios.",
        _thresholds,
    ),
)

ROUTER_FAMILIES: tuple[Family[RouterRow], ...] = (
    Family(
        "linkwatch_snmp_polls_total", "counter", "SNMP polls of a router by their outcome.", _polls
    ),
)
