"""The metric families of links by what their routers tell, and of what is contracted."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from linkwatch.model.boost import Boost, Proof
from linkwatch.model.finding import Direction
from linkwatch.model.measurement import Discard
from linkwatch.web.exposition import KEPT, Family, number, repeated, same_for_all
from linkwatch.web.linkbatch import LinkBatch
from linkwatch.web.linkrow import InterfaceTotals, LinkRow

_BITS_PER_BYTE = 8

Pair = tuple[str, str]
"""The values of both directions: what is received, and what is transmitted."""


def _directed(
    name: str, kind: str, help_text: str, pairs: Callable[[LinkBatch], Iterable[Pair | None]]
) -> Family[LinkBatch]:
    """A family with one sample a direction; a pair that is None: the link has none."""
    full = f"linkwatch_{name}"

    def lines(batch: LinkBatch) -> Iterable[str]:
        return [
            f'{full}{{direction="receive",{name}}} {pair[0]}\n'
            f'{full}{{direction="transmit",{name}}} {pair[1]}\n'
            for name, pair in zip(batch.names, pairs(batch), strict=True)
            if pair is not None
        ]

    return Family(full, kind, help_text, lines)


def _total(name: str, help_text: str, column: int) -> Family[LinkBatch]:
    """A counter of the link's interface; none where it has no interface to read."""
    full = f"linkwatch_{name}"

    def lines(batch: LinkBatch) -> Iterable[str]:
        return [
            f"{full}{{{row.name}}} {number(row.interface.totals[column])}\n"
            for row in batch.rows
            if row.interface is not None
        ]

    return Family(full, "counter", help_text, lines)


def _totals(first: int) -> Callable[[LinkBatch], Iterable[Pair | None]]:
    def pairs(batch: LinkBatch) -> Iterable[Pair | None]:
        return [
            None
            if row.interface is None
            else (repeated(row.interface.totals[first]), repeated(row.interface.totals[first + 1]))
            for row in batch.rows
        ]

    return pairs


def _figures(
    name: str,
    written: Callable[[float | None], str],
    has: Callable[[LinkRow], bool] = lambda _row: True,
) -> Callable[[LinkBatch], Iterable[Pair | None]]:
    """The figures of this name for each direction, of the links that have them."""

    def pairs(batch: LinkBatch) -> Iterable[Pair | None]:
        receive, transmit = (
            map(written, batch.figures[f"{name}_{direction}"]) for direction in Direction
        )
        return [
            pair if has(row) else None
            for row, pair in zip(batch.rows, zip(receive, transmit, strict=True), strict=True)
        ]

    return pairs


def _has_interface(row: LinkRow) -> bool:
    return row.interface is not None


def _boosts(written: Callable[[Boost], Pair]) -> Callable[[LinkBatch], Iterable[Pair | None]]:
    """What is to be said of boosts, NaN while none is in force; of links that ever have one."""

    def pairs(batch: LinkBatch) -> Iterable[Pair | None]:
        return [
            (_NO_BOOST if boost is None else written(boost)) if row.is_ever_boosted else None
            for row, boost in zip(batch.rows, batch.figures["boost"], strict=True)
        ]

    return pairs


def _promised(boost: Boost) -> Pair:
    receive, transmit = (_bytes(boost.promised.by_direction[way]) for way in Direction)
    return receive, transmit


def _proven(boost: Boost) -> Pair:
    proofs = boost.proofs
    receive, transmit = (
        _flag(proofs[way] is Proof.PROVEN if way in proofs else None) for way in Direction
    )
    return receive, transmit


@lru_cache(KEPT)
def _bytes(bits: float | None) -> str:
    return number(None if bits is None else bits / _BITS_PER_BYTE)


def _oper_up(batch: LinkBatch) -> Iterable[str]:
    return [
        f"linkwatch_interface_oper_up{{{row.name}}} {_flag(row.interface.is_up)}\n"
        for row in batch.rows
        if row.interface is not None
    ]


def _discarded(batch: LinkBatch) -> Iterable[str]:
    return [
        _discarded_of(row.name, row.interface) for row in batch.rows if row.interface is not None
    ]


def _discarded_of(name: str, interface: InterfaceTotals) -> str:
    if not any(interface.discarded.values()):
        return _NONE_DISCARDED(name)
    return "".join(
        f'linkwatch_interface_samples_discarded_total{{{name},reason="{reason}"}} {number(count)}\n'
        for reason, count in interface.discarded.items()
    )


def _flag(value: bool | None) -> str:
    return repeated(None if value is None else int(value))


_NO_BOOST = (number(None), number(None))
_NONE_DISCARDED = same_for_all(
    f'linkwatch_interface_samples_discarded_total{{%s,reason="{reason}"}} {number(0)}\n'
    for reason in Discard
)

LOAD_FAMILIES: tuple[Family[LinkBatch], ...] = (
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
        _totals(2),
    ),
    _directed(
        "interface_discards_total",
        "counter",
        "Packets discarded since we watch the link.",
        _totals(4),
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
        _figures("utilisation", number, _has_interface),
    ),
    _directed(
        "link_contracted_bytes_per_second",
        "gauge",
        "Contracted rate that counts, the lower until a boost is proven; NaN where none is named.",
        _figures("contracted", _bytes),
    ),
    _directed(
        "link_promised_bytes_per_second",
        "gauge",
        "Rate of the boost in force; NaN where there is none, or the order names no number.",
        _boosts(_promised),
    ),
    _directed(
        "link_boost_proven",
        "gauge",
        "Whether the boost in force is proven; NaN where there is none in that direction.",
        _boosts(_proven),
    ),
    _directed(
        "link_month_p95_bytes_per_second",
        "gauge",
        "95th percentile of the month's five-minute means so far.",
        _figures("p95", _bytes, _has_interface),
    ),
)
