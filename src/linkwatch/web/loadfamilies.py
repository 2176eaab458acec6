"""The metric families of links by what their routers tell, and of what is contracted."""

from collections.abc import Callable
from functools import lru_cache

from linkwatch.model.boost import Proof
from linkwatch.model.finding import Direction
from linkwatch.model.measurement import Discard
from linkwatch.web.exposition import Family, number, same_for_all
from linkwatch.web.linkrow import LinkRow

_BITS_PER_BYTE = 8
_KEPT = 4096
"""Rates put into words: contracts name few, and ask for them again at every scrape."""


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


def _promised(row: LinkRow) -> tuple[str, str] | None:
    if not row.is_ever_boosted:
        return None
    boost = row.figures.boost
    rates = boost.promised.by_direction if boost else dict.fromkeys(Direction)
    return _bytes(rates[Direction.RECEIVE]), _bytes(rates[Direction.TRANSMIT])


def _proven(row: LinkRow) -> tuple[str, str] | None:
    if not row.is_ever_boosted:
        return None
    proofs = row.figures.boost.proofs if row.figures.boost else {}
    receive, transmit = (
        _flag(proofs[way] is Proof.PROVEN if way in proofs else None) for way in Direction
    )
    return receive, transmit


def _p95(row: LinkRow) -> tuple[str, str] | None:
    if row.interface is None:
        return None
    figures = row.figures
    return number(_in_bytes(figures.p95_receive)), number(_in_bytes(figures.p95_transmit))


@lru_cache(_KEPT)
def _bytes(bits: float | None) -> str:
    return number(_in_bytes(bits))


def _in_bytes(bits: float | None) -> float | None:
    return None if bits is None else bits / _BITS_PER_BYTE


def _oper_up(row: LinkRow) -> str:
    if row.interface is None:
        return ""
    return f"linkwatch_interface_oper_up{{{row.name}}} {_flag(row.interface.is_up)}\n"


def _discarded(row: LinkRow) -> str:
    if row.interface is None:
        return ""
    if not any(row.interface.discarded.values()):
        return _NONE_DISCARDED(row.name)
    return "".join(
        f'linkwatch_interface_samples_discarded_total{{{row.name},reason="{reason}"}} '
        f"{number(count)}\n"
        for reason, count in row.interface.discarded.items()
    )


def _flag(value: bool | None) -> str:
    return number(None if value is None else int(value))


_NONE_DISCARDED = same_for_all(
    f'linkwatch_interface_samples_discarded_total{{%s,reason="{reason}"}} {number(0)}\n'
    for reason in Discard
)

LOAD_FAMILIES: tuple[Family[LinkRow], ...] = (
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
        "Traffic as a share of the contracted rate that counts in that direction today.",
        _utilisation,
    ),
    _directed(
        "link_contracted_bytes_per_second",
        "gauge",
        "Contracted rate that counts, the lower until a boost is proven; NaN where none is named.",
        _contracted,
    ),
    _directed(
        "link_promised_bytes_per_second",
        "gauge",
        "Rate of the boost in force; NaN where there is none, or the order names no number.",
        _promised,
    ),
    _directed(
        "link_boost_proven",
        "gauge",
        "Whether the boost in force is proven; NaN where there is none in that direction.",
        _proven,
    ),
    _directed(
        "link_month_p95_bytes_per_second",
        "gauge",
        "95th percentile of the month's five-minute means so far.",
        _p95,
    ),
)
