"""Results as tables: ratios first."""

from collections.abc import Callable, Mapping

from benchmarks.common.page import Table
from benchmarks.probe.contest import Result

_HEAD = ("", "CPU a ping", "ratio", "of a core", "pings/s", "false loss", "unknown",
         "RTT error p50 / p99 / max", "memory", "")  # fmt: skip

Results = Mapping[str, Result]


def table(results: Results, ours: str | None) -> Table:
    """One line a contestant; `ratio` is its CPU per ping in ours, if there is one to compare."""
    base = 0.0 if ours is None else results[ours].cpu
    return Table(
        _HEAD,
        [(_bold(name, ours), *_cells(result, base)) for name, result in results.items()],
    )


def growth(by_count: Mapping[int, Results], ours: str) -> list[Table]:
    """CPU per ping, and memory, of each contestant by the number of targets."""
    return [
        _by_count("CPU µs a ping", by_count, ours, lambda result: f"{result.cpu * 1e6:.1f}"),
        _by_count("memory, MB", by_count, ours, lambda result: f"{result.resident / 1e6:.0f}"),
    ]


def _by_count(
    what: str, by_count: Mapping[int, Results], ours: str, shown: Callable[[Result], str]
) -> Table:
    names = dict.fromkeys(name for results in by_count.values() for name in results)

    def cell(result: Result | None) -> str:
        if result is None or result.failed:
            return "-"
        return shown(result) if result.keeps_up else f"({shown(result)})"

    return Table(
        (what, *(f"{count:,}" for count in by_count)),
        [
            (_bold(name, ours), *(cell(results.get(name)) for results in by_count.values()))
            for name in names
        ],
    )


def _bold(name: str, ours: str | None) -> str:
    return f"**{name}**" if name == ours else name


def _cells(result: Result, base: float) -> tuple[str, ...]:
    if result.failed:
        return ("-",) * (len(_HEAD) - 2) + (result.failed,)
    return (
        f"{result.cpu * 1e6:.1f} µs",
        f"{result.cpu / base:.2f}" if base else "-",
        f"{result.cpu * result.rate:.1%}",
        rate(result),
        loss(result),
        f"{result.unknown:,}",
        error(result),
        f"{result.resident / 1e6:.0f} MB",
        result.note,
    )


def rate(result: Result) -> str:
    """Pings a second, and whether that is what was asked for."""
    if result.keeps_up:
        return f"{result.rate:,.0f}"
    return f"{result.rate:,.0f} of {result.wanted:,.0f}: **cannot keep up**"


def loss(result: Result) -> str:
    """Nothing is lost in truth, so all of this is false."""
    if result.lost is None or not result.sent:
        return "?"
    if result.lost == 0:
        return f"0 of {result.sent:,}"
    return f"{result.lost:,} of {result.sent:,} ({100 * result.lost / result.sent:.2g} %)"


def error(result: Result) -> str:
    """How far its round-trip times are from the truth."""
    marks = result.error_marks
    if marks is None:
        return "-"
    return " / ".join(f"{mark * 1e6:,.0f}" for mark in marks) + " µs"
