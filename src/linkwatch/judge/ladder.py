"""A value against warning and critical levels, with separate raise and clear levels."""

from linkwatch.model.thresholds import Limits, Severity


class Ladder:
    """Holds one severity for one value.

    It rises when `raise_after` samples in a row reach a level, to the lowest level that all of
    them reached; it falls when `clear_after` samples in a row stay under `clear_ratio` times the
    level it stands on, to the highest level whose clear level they did not stay under.
    """

    __slots__ = (
        "_above",
        "_above_least",
        "_above_since",
        "_below",
        "_below_most",
        "_below_since",
        "clear_after",
        "clear_ratio",
        "fell_since",
        "raise_after",
        "severity",
        "started_at",
    )

    def __init__(self, raise_after: int, clear_after: int, clear_ratio: float) -> None:
        self.raise_after = raise_after
        self.clear_after = clear_after
        self.clear_ratio = clear_ratio
        self.severity = Severity.OK
        self.started_at = 0.0
        self._above = 0
        self._above_least = Severity.CRITICAL
        self._above_since = 0.0
        self._below = 0
        self._below_most = 0.0
        self._below_since = 0.0
        self.fell_since = 0.0
        """When the run of good samples began that last made it fall (monotonic s)."""

    def step(self, value: float, limits: Limits, at: float) -> Severity:
        """Take one sample measured at `at` (monotonic s); returns the severity now."""
        reached = limits.severity(value)
        if reached > self.severity:
            self._rise(reached, at)
        else:
            self._above = 0
        level = limits.level(self.severity)
        if self.severity is not Severity.OK and (level is None or value < level * self.clear_ratio):
            self._fall(value, limits, at)
        else:
            self._below = 0
        return self.severity

    def restore(self, severity: Severity, started_at: float) -> None:
        """Stand where an earlier run stood; only the clear rule leads down from there."""
        self.severity = severity
        self.started_at = started_at

    def _rise(self, reached: Severity, at: float) -> None:
        if self._above == 0:
            self._above_since = at
            self._above_least = reached
        self._above += 1
        self._above_least = min(self._above_least, reached)
        if self._above >= self.raise_after:
            if self.severity is Severity.OK:
                self.started_at = self._above_since
            self.severity = self._above_least
            self._above = 0

    def _fall(self, value: float, limits: Limits, at: float) -> None:
        if self._below == 0:
            self._below_since = at
        self._below_most = value if self._below == 0 else max(self._below_most, value)
        self._below += 1
        if self._below >= self.clear_after:
            stays = limits.severity(self._below_most / self.clear_ratio)
            self.severity = min(stays, Severity(self.severity - 1))
            self.fell_since = self._below_since
            self._below = 0
