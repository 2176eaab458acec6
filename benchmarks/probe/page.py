"""Results as Markdown: ratios first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.probe.contest import Result

_HEAD = "| | CPU a ping | ratio | pings/s | false loss | RTT error p50 / p99 / max | memory | |"
_RULE = "|---|---|---|---|---|---|---|---|"


def table(results: Mapping[str, Result], ours: str) -> list[str]:
    """One line a contestant; `ratio` is its CPU per ping in ours."""
    base = results[ours].cpu
    lines = [_HEAD, _RULE]
    lines += [f"| {_bold(name, ours)} | {_row(result, base)} |" for name, result in results.items()]
    return lines


def growth(by_count: Mapping[int, Mapping[str, Result]]) -> list[str]:
    """CPU per ping of each contestant by the number of targets."""
    names = list(dict.fromkeys(name for results in by_count.values() for name in results))
    lines = [
        "| CPU µs a ping | " + " | ".join(f"{count:,}" for count in by_count) + " |",
        "|---" * (len(by_count) + 1) + "|",
    ]
    for name in names:
        cells = [_cpu(results.get(name)) for results in by_count.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


@dataclass(frozen=True)
class Gate:
    """A target of ours: `measured` is to be `gate` at most, or at least."""

    what: str
    measured: float
    gate: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether it is."""
        return self.measured >= self.gate if self.at_least else self.measured <= self.gate


def verdicts(gates: Sequence[Gate]) -> list[str]:
    """Each target, met or missed."""
    lines = ["| target | gate | measured | |", "|---|---|---|---|"]
    for gate in gates:
        verdict = "met" if gate.is_met else "**missed**"
        sign = "≥" if gate.at_least else "≤"
        lines.append(
            f"| {gate.what} | {sign} {gate.gate:,g} {gate.unit} "
            f"| {gate.measured:,.4g} {gate.unit} | {verdict} |"
        )
    return lines


def error_gates(what: str, result: Result, gates: Sequence[float]) -> list[Gate]:
    """Of the RTT's error at p50, p99 and worst; gates in µs, infinite where there is none."""
    if not result.errors:
        return []
    errors = result.errors
    measured = (percentile(errors, 0.5), percentile(errors, 0.99), errors[-1])
    return [
        Gate(f"{what}, RTT error {name}", value * 1e6, gate, "µs")
        for name, value, gate in zip(("p50", "p99", "worst"), measured, gates, strict=True)
        if gate != math.inf
    ]


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _bold(name: str, ours: str) -> str:
    return f"**{name}**" if name == ours else name


def _row(result: Result, base: float) -> str:
    if result.failed:
        return f"- | - | - | - | - | - | {result.failed}"
    cells = (
        f"{result.cpu * 1e6:.1f} µs",
        f"{result.cpu / base:.2f}" if base else "-",
        f"{result.rate:,.0f}",
        _loss(result),
        _error(result.errors),
        f"{result.resident / 1e6:.0f} MB",
        result.note,
    )
    return " | ".join(cells)


def _cpu(result: Result | None) -> str:
    return "-" if result is None or result.failed else f"{result.cpu * 1e6:.1f}"


def _loss(result: Result) -> str:
    if result.lost is None or not result.sent:
        return "?"
    if result.lost == 0:
        return f"0 of {result.sent:,}"
    return f"{100 * result.lost / result.sent:.2g} %"


def _error(errors: Sequence[float]) -> str:
    if not errors:
        return "-"
    p50, p99, worst = percentile(errors, 0.5), percentile(errors, 0.99), errors[-1]
    return f"{p50 * 1e6:.0f} / {p99 * 1e6:.0f} / {worst * 1e6:,.0f} µs"
