"""Whether a target's replies are too slow, or too unsteady: usually so, and not by chance."""

from collections.abc import Callable

from linkwatch.judge.charts import lowest, slow_chart
from linkwatch.judge.usual import Usual
from linkwatch.judge.walk import Evidence, Walk
from linkwatch.model.thresholds import Limits, Severity

SAMPLES = 15
"""At 1 Hz the 15 s over which conference makers state their limits."""
LEAST_SPAN = 5.0
"""s from the first bad reply to the verdict: a shorter queue on the way is no slow line."""
BACK = 2
"""Good replies that a bad one takes of those needed to clear: every third may be bad."""

Confirmed = Callable[[Evidence, float], bool]
"""Whether what is measured over a while has reached a level as well, given a chart's run."""


class DelayJudge:
    """Holds one severity for one kind of delay. Each reply is bad or not, by each level.

    It rises when a chart of bad replies alarms and what is measured over a while agrees; it falls
    when good ones, under `clear_ratio` of the level, outweigh the bad ones by fifteen.
    How bad one reply is does not matter, so that a single one never decides.
    """

    __slots__ = (
        "_calm",
        "_calm_since",
        "_clear_ratio",
        "_count",
        "_walks",
        "fell_since",
        "severity",
        "since",
    )

    def __init__(self, clear_ratio: float) -> None:
        self.severity = Severity.OK
        self.since = 0.0
        """When the first bad reply of the deciding run was asked for (monotonic s)."""
        self.fell_since = 0.0
        """When the run of good ones began that last made it fall (monotonic s)."""
        self._clear_ratio = clear_ratio
        self._count = 0
        self._walks: dict[Severity, tuple[Walk, Usual]] = {}
        self._calm: dict[Severity, int] = {}
        self._calm_since: dict[Severity, float] = {}

    def take(
        self,
        sample: float,
        smooth: float,
        sent_at: float,
        limits: Limits,
        chance: float,
        *,
        confirmed: Confirmed,
    ) -> int:
        """Take one reply: its own `sample` may make it rise, `smooth` may make it fall (both s).

        `chance` of a false alarm it may carry. Returns how many quick probes it makes worth asking.
        """
        self._count += 1
        if self.severity is not Severity.OK:
            self._ease(smooth, sent_at, limits)
        least = lowest(limits)
        if least is None or sample < least:
            return 0
        return self._bad(sample, sent_at, limits, chance, confirmed)

    def skip(self, count: int) -> None:
        """So many replies were good, while nothing was wrong."""
        self._count += count

    def restore(self, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood; only the clear rule leads down from there."""
        self._stand(severity)
        self.since = since

    def _bad(
        self, sample: float, sent_at: float, limits: Limits, chance: float, confirmed: Confirmed
    ) -> int:
        levels = {s: level for s in Severity if (level := limits.level(s)) is not None}
        wanted = 0
        for severity, level in levels.items():
            if sample < level:
                continue
            walk, usual = self._walks.setdefault(severity, (Walk(), Usual()))
            chart = slow_chart(usual.share, chance, len(levels))
            if severity > self.severity:
                usual.add(self._count)
            else:
                usual.forget(self._count)
            if not walk.add(self._count, chart.gain, chart.limit, sent_at):
                wanted = max(wanted, walk.height(self._count) - chart.doubt + 1)
            elif severity > self.severity:
                run = walk.evidence(self._count, sent_at)
                if run.span >= LEAST_SPAN and confirmed(run, level):
                    self._rise(severity, run.since)
        return wanted

    def _rise(self, severity: Severity, since: float) -> None:
        if self.severity is Severity.OK:
            self.since = since
        self._stand(severity)

    def _stand(self, severity: Severity) -> None:
        self.severity = severity
        self._calm = dict.fromkeys(Severity, 0)

    def _ease(self, smooth: float, sent_at: float, limits: Limits) -> None:
        for severity in (Severity.WARNING, Severity.CRITICAL):
            level = limits.level(severity)
            calm = self._calm[severity]
            if level is not None and smooth >= level * self._clear_ratio:
                self._calm[severity] = max(0, calm - BACK)
                continue
            if calm == 0:
                self._calm_since[severity] = sent_at
            self._calm[severity] = calm + 1
        while self.severity is not Severity.OK and self._calm[self.severity] >= SAMPLES:
            self.fell_since = self._calm_since[self.severity]
            if self.severity in self._walks:
                self._walks[self.severity] = (Walk(), self._walks[self.severity][1])
            self.severity = Severity(self.severity - 1)
