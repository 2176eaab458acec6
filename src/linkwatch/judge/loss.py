"""Whether a target loses too much: a level is reached, and by more than chance."""

import math

from linkwatch.judge.bursts import Bursts
from linkwatch.judge.charts import QUICK_PROBES, Chart, LossCharts, loss_charts, loss_clearing
from linkwatch.judge.losses import KEPT, Losses
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.judge.walk import Evidence, Walk
from linkwatch.model.thresholds import Limits, Severity

SHORT, LONG = 60, KEPT
"""Probes."""
CLEAR_RATIO = 0.8


class LossJudge:
    """Holds one severity.

    It rises with a lost probe at which a chart alarms and what was lost reaches a level; it falls
    when what is lost since is twenty times likelier at a quarter of the level than at the level.
    """

    __slots__ = (
        "_calm",
        "_calm_at",
        "_charts",
        "_fell_at",
        "_in_burst",
        "_losses",
        "_walks",
        "bursts",
        "evidence",
        "sent",
        "severity",
        "since",
    )

    def __init__(self) -> None:
        self.sent = 0
        """Probes that told something."""
        self.severity = Severity.OK
        self.since = 0.0
        """When the first lost probe of the deciding run was sent (monotonic s)."""
        self.evidence: Evidence | None = None
        """What was seen when the severity last changed."""
        self.bursts = Bursts()
        self._losses = Losses()
        self._charts: LossCharts | None = None
        self._walks: list[Walk] = []
        self._calm = dict.fromkeys(Severity, 0)
        self._calm_at = 0
        self._fell_at = 0
        self._in_burst = 0
        """Probes answered since the last loss and within its burst."""

    @property
    def ratio(self) -> float | None:
        """Lost of sent over the short window; None before the first probe."""
        return self._losses.ratio(self.sent, SHORT)

    def lost_since(self, at: float) -> Evidence | None:
        """What was lost of all sent at `at` (monotonic s) or later; None: nothing."""
        return self._losses.since(self.sent, at)

    def own(self, unanswered: int) -> float:
        """What the target lost by itself before its present silence of so many probes."""
        sent = max(0, self._losses.sent(self.sent, LONG) - unanswered)
        lost = max(0, self._losses.lost(self.sent, LONG) - unanswered)
        # A minute of healthy line goes before what little is known of a new one.
        return (lost + SHORT * BACKGROUND_LOSS) / (sent + SHORT)

    def answered(self, sent_at: float, limits: Limits) -> None:
        """A probe was answered."""
        self.sent += 1
        if sent_at < self.bursts.until:
            self._in_burst += 1
        if self.severity is not Severity.OK:
            self._ease(sent_at, limits)

    def skip(self, count: int, in_burst: int) -> None:
        """So many probes were answered while nothing was wrong, some of them within a burst."""
        self.sent += count
        self._in_burst += in_burst

    def lost(self, sent_at: float, limits: Limits, chance: float) -> int:
        """A probe was lost; how many quick probes would settle the doubt it raised, if any."""
        self._unsettle(limits)
        self.sent += 1
        self._losses.add(self.sent, sent_at)
        watched = self._watched(limits, chance)
        self._learn()
        again = self.bursts.again
        in_burst = self.bursts.continues(sent_at)
        wanted = 0
        alarms = []
        for chart, walk in zip(watched.charts, self._walks, strict=True):
            gain, spared = chart.gain, 0
            if again > watched.background:
                bad, good = _weights(chart, watched.background, again)
                gain = round(gain * bad) if in_burst else gain
                spared = round(self._in_burst * (1 - good))
            if walk.add(self.sent, gain, chart.limit, sent_at, spared):
                alarms.append(walk.evidence(self.sent, sent_at))
            else:
                wanted = max(wanted, walk.height(self.sent) - chart.doubt + 1)
        self._in_burst = 0
        if alarms:
            self._judge(max(alarms, key=lambda run: run.ratio), sent_at, limits)
        return 0 if self.severity is Severity.CRITICAL else min(wanted, QUICK_PROBES)

    def restore(self, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood; only the clear rule leads down from there."""
        self._stand(severity)
        self.since = since

    def take_blame(self, run: Evidence, severity: Severity) -> None:
        """What it lost is less than a chart wants, but what passes it loses, too."""
        if severity > self.severity:
            self.since = run.since if self.severity is Severity.OK else self.since
            self.evidence = run
            self._stand(severity)

    def forgive(self) -> None:
        """What was lost was not the line's fault."""
        self._stand(Severity.OK)
        self.evidence = None
        self.restart()

    def restart(self) -> None:
        """The line is another after an outage: what was before says nothing of it."""
        self._walks.clear()
        self._charts = None
        self._losses.clear(self.sent)
        self.bursts.forget()

    def _watched(self, limits: Limits, chance: float) -> LossCharts:
        watched = loss_charts(limits, chance)
        if watched is not self._charts:
            former = self._charts.charts if self._charts else ()
            kept = {c.ratio: walk for c, walk in zip(former, self._walks, strict=True)}
            self._charts = watched
            self._walks = [kept.get(c.ratio) or Walk() for c in watched.charts]
        return watched

    def _learn(self) -> None:
        if self.severity is Severity.OK:
            self.bursts.learn(self.sent)
        else:
            self.bursts.forget()

    def _judge(self, run: Evidence, sent_at: float, limits: Limits) -> None:
        """More than chance has been seen: by the level that the run reaches, or its last losses."""
        seen, reached = run, limits.severity(run.ratio)
        last = self._losses.estimate(self.sent, sent_at)
        if last is not None and self.sent - last.sent >= self._fell_at:
            higher = limits.severity(last.ratio)
            seen, reached = (last, higher) if higher > reached else (run, reached)
        if reached > self.severity:
            if self.severity is Severity.OK:
                self.since = run.since
            self.evidence = seen
            self._stand(reached)

    def _stand(self, severity: Severity) -> None:
        self.severity = severity
        self._calm = dict.fromkeys(Severity, 0)
        self._calm_at = self.sent

    def _unsettle(self, limits: Limits) -> None:
        """What a lost probe takes of the calm since the last."""
        if self.severity is Severity.OK:
            return
        passed = self.sent - self._calm_at
        for severity in (Severity.WARNING, Severity.CRITICAL):
            level = limits.level(severity)
            back = 0 if level is None else loss_clearing(level).back
            self._calm[severity] = max(0, self._calm[severity] + passed - back)
        self._calm_at = self.sent + 1

    def _ease(self, sent_at: float, limits: Limits) -> None:
        level = limits.level(self.severity)
        calm = self._calm[self.severity] + self.sent - self._calm_at
        if level is not None and calm < loss_clearing(level).needed:
            return
        stays = limits.severity((self.ratio or 0.0) / CLEAR_RATIO)
        self.severity = min(stays, Severity(self.severity - 1))
        self.evidence = self._losses.recent(self.sent, sent_at, SHORT)
        # Else what has just been cleared would be raised again by the next lost probe.
        self._walks.clear()
        self._charts = None
        self._fell_at = self.sent


def _weights(chart: Chart, background: float, again: float) -> tuple[float, float]:
    """What a lost and an answered probe weigh within a burst, in what they do outside of one.

    The likelihood ratio of a Markov chain: where a loss follows a loss with chance `again` anyway,
    it tells the less of a change the nearer that is to what the chart looks for.
    """
    if again >= chart.ratio:
        return 0.0, 0.0
    bad = math.log(chart.ratio / again) / math.log(chart.ratio / background)
    good = math.log((1 - again) / (1 - chart.ratio))
    return bad, good / math.log((1 - background) / (1 - chart.ratio))
