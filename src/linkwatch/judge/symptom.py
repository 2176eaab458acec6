"""What is wrong with a target, and what shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.judge.walk import Evidence
from linkwatch.model.finding import Kind
from linkwatch.model.thresholds import Limits, Metric, Severity

Standing = tuple[Severity, float]
"""A severity, and since when (monotonic s)."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """The worst that is wrong with a target; `started_at` in monotonic s."""

    kind: Kind
    severity: Severity
    started_at: float
    measured: Mapping[Metric, float]
    threshold: Mapping[Metric, float]
    evidence: Mapping[str, float]


def outage(misses: int, since: float, limits: Limits) -> Symptom:
    """So many probes in a row came to nothing."""
    evidence = {"lost": float(misses), "sent": float(misses)}
    level = limits.critical or limits.warning
    threshold = {} if level is None else {Metric.LOSS: level}
    return Symptom(Kind.DOWN, Severity.CRITICAL, since, {Metric.LOSS: 1.0}, threshold, evidence)


def loss(standing: Standing, seen: Evidence | None, limits: Limits) -> Symptom | None:
    """So much is lost; None where that is no fault."""
    if seen is None:
        return _over(Kind.LOSS, standing, None, limits)
    evidence = {"lost": float(seen.bad), "sent": float(seen.sent), "span": seen.span}
    return _over(Kind.LOSS, standing, seen.ratio, limits, evidence)


def delay(kind: Kind, standing: Standing, value: float | None, limits: Limits) -> Symptom | None:
    """Latency or jitter is `value` s; None where that is no fault."""
    return _over(kind, standing, value, limits)


def _over(
    kind: Kind,
    standing: Standing,
    value: float | None,
    limits: Limits,
    evidence: Mapping[str, float] | None = None,
) -> Symptom | None:
    severity, since = standing
    if severity is Severity.OK:
        return None
    metric = Metric(kind.value)
    level = limits.level(severity)
    return Symptom(
        kind,
        severity,
        since,
        {} if value is None else {metric: value},
        {} if level is None else {metric: level},
        evidence or {},
    )
