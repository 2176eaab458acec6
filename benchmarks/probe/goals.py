"""What the ICMP engine is to reach, and how far it came."""

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.common.goal import Goal
from benchmarks.probe.contest import KEEPS_UP, Result

_COUNTRY = 20_000
_MARKS = ("p50", "p99", "worst")
Pair = tuple[float | None, float | None]
"""A gate and a moonshot."""
_QUIET: Sequence[Pair] = ((5.0, 3.0), (60.0, 25.0), (500.0, 200.0))
_HELD_UP: Sequence[Pair] = ((None, None), (60.0, 25.0), (None, 1000.0))
"""µs of RTT error."""


def once_a_second(who: str, result: Result) -> list[Goal]:
    """Of a run at one ping a second and target."""
    goals = [_no_loss(who, result), _rate(who, result), *_errors(who, result, _QUIET)]
    if result.wanted >= _COUNTRY:
        cpu = None if result.failed else result.cpu * 1e6
        goals.append(Goal(f"{who}: CPU a ping", cpu, 12.0, "µs", 8.0))
    return _placed(goals, result)


def flat_out(result: Result) -> list[Goal]:
    """Of a run as fast as it can, in one process of one thread."""
    rate = None if result.failed else result.rate
    return [
        Goal("flat out: pings a second on one core", rate, 50_000.0, "", 120_000.0, at_least=True),
        _no_loss("flat out", result),
    ]


def held_up(who: str, result: Result) -> list[Goal]:
    """Of a run whose event loop is not free."""
    goals = [_no_loss(who, result), _rate(who, result), *_errors(who, result, _HELD_UP)]
    return _placed(goals, result)


def confined(who: str, result: Result) -> list[Goal]:
    """Of a run with few privileges."""
    return _placed([_no_loss(who, result), _rate(who, result)], result)


def scraped(who: str, result: Result) -> list[Goal]:
    """Of a run during which /metrics is read."""
    facts = result.facts
    late = facts.get("loop_late_s")
    goals = [
        Goal(f"{who}: CPU to render /metrics", facts.get("render_cpu_s"), 1.0, "s", 0.5),
        Goal(f"{who}: loop late, worst", None if late is None else late * 1e3, 30.0, "ms", 15.0),
        Goal(f"{who}: torn scrapes", facts.get("scrapes_torn"), 0.0),
    ]
    return held_up(who, result) + _placed(goals, result)


def _placed(goals: Sequence[Goal], result: Result) -> list[Goal]:
    place = f"{result.wanted:,.0f} targets"
    return [replace(goal, place=place) for goal in goals]


def _no_loss(who: str, result: Result) -> Goal:
    return Goal(f"{who}: false loss", result.lost, 0.0, "probes")


def _rate(who: str, result: Result) -> Goal:
    share = None if result.failed else 100 * result.rate / result.wanted
    return Goal(f"{who}: pings that were to be sent", share, 100 * KEEPS_UP, "%", at_least=True)


def _errors(who: str, result: Result, pairs: Sequence[Pair]) -> list[Goal]:
    marks = result.error_marks or (None, None, None)
    return [
        Goal(f"{who}: RTT error {name}", None if mark is None else mark * 1e6, gate, "µs", moonshot)
        for name, mark, (gate, moonshot) in zip(_MARKS, marks, pairs, strict=True)
        if gate is not None or moonshot is not None
    ]
