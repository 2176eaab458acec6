"""The metric families whose children are links or routers."""

from collections.abc import Callable
from operator import attrgetter

from linkwatch.model.finding import LinkState
from linkwatch.ports import LinkFigures
from linkwatch.web.exposition import Family, number
from linkwatch.web.linkrow import LinkRow, RouterRow, rtt_histogram

_BITS_PER_BYTE = 8


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


def _directed(
    name: str, kind: str, help_text: str, values: Callable[[LinkRow], tuple[str, str] | None]
) -> Family[LinkRow]:
    """A family with one sample a direction; `values` None: the link has none."""
    full = f"linkwatch_{name}"

    def lines(row: LinkRow) -> str:
        pair = values(row)
        if pair is None:
            return ""
        return (
            f'{full}{{direction="receive",{row.name}}} {pair[0]}\n'
            f'{full}{{direction="transmit",{row.name}}} {pair[1]}\n'
        )

    return Family(full, kind, help_text, lines)


def _total(name: str, help_text: str, column: int) -> Family[LinkRow]:
    """A counter of the link's interface; none where it has no interface to read."""
    full = f"linkwatch_{name}"
    return Family(
        full,
        "counter",
        help_text,
        lambda row: (
            f"{full}{{{row.name}}} {number(row.interface.totals[column])}\n"
            if row.interface
            else ""
        ),
    )


def _pair(first: int) -> Callable[[LinkRow], tuple[str, str] | None]:
    def values(row: LinkRow) -> tuple[str, str] | None:
        if row.interface is None:
            return None
        return number(row.interface.totals[first]), number(row.interface.totals[first + 1])

    return values


def _utilisation(row: LinkRow) -> tuple[str, str] | None:
    if row.interface is None:
        return None
    figures = row.figures
    return number(figures.utilisation_receive), number(figures.utilisation_transmit)


def _contracted(row: LinkRow) -> tuple[str, str]:
    figures = row.figures
    return _bytes(figures.contracted_receive), _bytes(figures.contracted_transmit)


def _bytes(bits: int | None) -> str:
    return number(None if bits is None else bits / _BITS_PER_BYTE)


def _errors(row: LinkRow) -> str:
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
    now = row.figures.state
    return "".join(
        f'linkwatch_link_state{{{row.name},state="{state}"}} {number(state is now)}\n'
        for state in LinkState
    )


def _thresholds(row: LinkRow) -> str:
    return "".join(
        f"linkwatch_link_threshold{{{labels}}} {number(level)}\n"
        for labels, level in row.thresholds
    )


def _oper_up(row: LinkRow) -> str:
    if row.interface is None:
        return ""
    return f"linkwatch_interface_oper_up{{{row.name}}} {_flag(row.interface.is_up)}\n"


def _discarded(row: LinkRow) -> str:
    if row.interface is None:
        return ""
    return "".join(
        f'linkwatch_interface_samples_discarded_total{{{row.name},reason="{reason}"}} '
        f"{number(count)}\n"
        for reason, count in row.interface.discarded.items()
    )


def _flag(value: bool | None) -> str:
    return number(None if value is None else int(value))


def _polls(row: RouterRow) -> str:
    return "".join(
        f'linkwatch_snmp_polls_total{{outcome="{outcome}",{row.name}}} {number(count)}\n'
        for outcome, count in row.polls.items()
    )


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
    _total(
        "interface_receive_bytes_total", "Bytes the router received since we watch the link.", 0
    ),
    _total(
        "interface_transmit_bytes_total", "Bytes the router transmitted since we watch the link.", 1
    ),
    _directed(
        "interface_errors_total",
        "counter",
        "Packets with errors since we watch the link.",
        _pair(2),
    ),
    _directed(
        "interface_discards_total",
        "counter",
        "Packets discarded since we watch the link.",
        _pair(4),
    ),
    Family(
        "linkwatch_interface_samples_discarded_total",
        "counter",
        "Readings of the interface that gave no rate; stale and short are covered by a later one.",
        _discarded,
    ),
    Family(
        "linkwatch_interface_oper_up",
        "gauge",
        "Whether ifOperStatus is up; NaN while the router cannot be read.",
        _oper_up,
    ),
    _directed(
        "link_utilisation_ratio",
        "gauge",
        "Traffic as a share of the contracted rate of that direction today.",
        _utilisation,
    ),
    _directed(
        "link_contracted_bytes_per_second",
        "gauge",
        "Contracted rate in force; NaN where the order names none.",
        _contracted,
    ),
)

ROUTER_FAMILIES: tuple[Family[RouterRow], ...] = (
    Family(
        "linkwatch_snmp_polls_total", "counter", "SNMP polls of a router by their outcome.", _polls
    ),
)
