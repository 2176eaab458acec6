"""Thresholds as operators write them, and the severities they lead to."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


class Metric(StrEnum):
    """What has a threshold."""

    LATENCY = "latency"
    JITTER = "jitter"
    LOSS = "loss"
    UTILISATION = "utilisation"


@dataclass(frozen=True, slots=True)
class Limits:
    """Raise levels in base units (s, or a ratio); None: no such level."""

    warning: float | None
    critical: float | None

    def severity(self, value: float) -> Severity:
        """The severity a value reaches; a level is reached when it is equalled."""
        if self.critical is not None and value >= self.critical:
            return Severity.CRITICAL
        if self.warning is not None and value >= self.warning:
            return Severity.WARNING
        return Severity.OK

    def level(self, severity: Severity) -> float | None:
        """The raise level of a severity."""
        if severity is Severity.OK:
            return None
        return self.warning if severity is Severity.WARNING else self.critical


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A link's limits: round-trip time and jitter in s, loss and utilisation as ratios."""

    latency: Limits
    jitter: Limits
    loss: Limits
    utilisation: Limits
    above_usual: float | None = None
    """Latency so many deviations above what is usual for the hour is a warning too."""

    def of(self, metric: Metric) -> Limits:
        """The limits of one metric."""
        limits: Limits = getattr(self, metric.value)
        return limits
