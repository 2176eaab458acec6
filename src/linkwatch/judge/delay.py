"""Whether a target's replies are too slow: by their median, and by more than chance."""

from linkwatch.judge.charts import lowest, slow_chart
from linkwatch.judge.walk import Evidence, Walk
from linkwatch.judge.windows import RttWindow
from linkwatch.model.thresholds import Limits, Severity

SAMPLES = 15
"""At 1 Hz the 15 s over which conference makers state their limits."""
LEAST_SPAN = 5.0
"""s from the first slow reply to the verdict: a shorter queue on the way is no slow line."""
CLEAR_RATIO = 0.9
BACK = 4
"""Fast replies that a slow one takes of those needed to clear: as a chart weighs it."""


class DelayJudge:
    """Holds one severity. Each reply is slow or not, by each level; how slow does not matter.

    It rises when a chart of slow replies alarms and their median reaches the level; it falls when
    fast ones, under 0.9 of the level, outweigh the slow ones by fifteen.
    """

    __slots__ = ("_calm", "_calm_since", "_count", "_walks", "fell_since", "severity", "since")

    def __init__(self) -> None:
        self.severity = Severity.OK
        self.since = 0.0
        """When the first slow reply of the deciding run was asked for (monotonic s)."""
        self.fell_since = 0.0
        """When the run of fast ones began that last made it fall (monotonic s)."""
        self._count = 0
        self._walks: dict[Severity, Walk] = {}
        self._calm: dict[Severity, int] = {}
        self._calm_since: dict[Severity, float] = {}

    def take(
        self, rtt: float, sent_at: float, limits: Limits, chance: float, rtts: RttWindow
    ) -> int:
        """Take a reply, `rtt` (s) the last of `rtts`; how many quick probes it makes worth asking.

        `chance` of a false alarm it may carry.
        """
        self._count += 1
        if self.severity is not Severity.OK:
            self._ease(rtt, sent_at, limits)
        level = lowest(limits)
        if level is None or rtt < level:
            return 0
        return self._slow(rtt, sent_at, limits, chance, rtts)

    def skip(self, count: int) -> None:
        """So many replies were fast, while nothing was wrong."""
        self._count += count

    def restore(self, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood; only the clear rule leads down from there."""
        self._stand(severity)
        self.since = since

    def _slow(
        self, rtt: float, sent_at: float, limits: Limits, chance: float, rtts: RttWindow
    ) -> int:
        levels = {s: level for s in Severity if (level := limits.level(s)) is not None}
        chart = slow_chart(chance, len(levels))
        wanted = 0
        for severity, level in levels.items():
            if rtt < level:
                continue
            walk = self._walks.setdefault(severity, Walk())
            if not walk.add(self._count, chart.gain, chart.limit, sent_at):
                wanted = max(wanted, walk.height(self._count) - chart.doubt + 1)
            elif severity > self.severity:
                run = walk.evidence(self._count, sent_at)
                if run.span >= LEAST_SPAN and _is_slow(run, rtts, level):
                    self._rise(severity, run.since)
        return wanted

    def _rise(self, severity: Severity, since: float) -> None:
        if self.severity is Severity.OK:
            self.since = since
        self._stand(severity)

    def _stand(self, severity: Severity) -> None:
        self.severity = severity
        self._calm = dict.fromkeys(Severity, 0)

    def _ease(self, rtt: float, sent_at: float, limits: Limits) -> None:
        for severity in (Severity.WARNING, Severity.CRITICAL):
            level = limits.level(severity)
            calm = self._calm[severity]
            if level is not None and rtt >= level * CLEAR_RATIO:
                self._calm[severity] = max(0, calm - BACK)
                continue
            if calm == 0:
                self._calm_since[severity] = sent_at
            self._calm[severity] = calm + 1
        while self.severity is not Severity.OK and self._calm[self.severity] >= SAMPLES:
            self.fell_since = self._calm_since[self.severity]
            self._walks.pop(self.severity, None)
            self.severity = Severity(self.severity - 1)


def _is_slow(run: Evidence, rtts: RttWindow, level: float) -> bool:
    """Whether the median is at the level: of the last replies, and of the run or the last minute.

    A line of which always every fifth reply is slow has a tail; it is not slow whenever a few of
    them come together.
    """
    last, minute = rtts.median(SAMPLES), rtts.quantile(0.5)
    if last is None or minute is None or last < level:
        return False
    return 2 * run.bad >= run.sent or minute >= level
