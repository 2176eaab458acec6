"""One target of a link: is it down, and how good is the way to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.judge import delay, loss
from linkwatch.judge.charts import lowest
from linkwatch.judge.delay import DelayJudge
from linkwatch.judge.loss import SHORT, LossJudge
from linkwatch.judge.significance import misses_in_a_row
from linkwatch.judge.silence import LEAST_PROBES, Silence
from linkwatch.judge.walk import Evidence
from linkwatch.judge.windows import Jitter, RttWindow
from linkwatch.model.finding import Kind
from linkwatch.model.measurement import AnsweredRun, Outcome, ProbeResult
from linkwatch.model.thresholds import Limits, Metric, Severity, Thresholds

CLEAR_RATIO = loss.CLEAR_RATIO
LATENCY_CLEAR_RATIO = 0.9
CLEAR_ANSWERS, CLEAR_SPAN = 3, 5.0
"""Down is over after this many answers in a row over at least this many seconds."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """The worst that is wrong with a target; `started_at` in monotonic s."""

    kind: Kind
    severity: Severity
    started_at: float
    measured: Mapping[Metric, float]
    threshold: Mapping[Metric, float]
    evidence: Mapping[str, float]


class TargetJudge:
    """Follows one target. `verified`: it has answered at least once, ever.

    `changes` counts what bears on the verdict: the same number, the same symptom.
    """

    __slots__ = (
        "_answers",
        "_answers_since",
        "_delay",
        "_jitter",
        "_loss",
        "_rtts",
        "_silence",
        "_unsteady",
        "changes",
        "down",
        "down_since",
        "taken",
        "verified",
    )

    def __init__(self, verified: bool) -> None:
        self.verified = verified
        self.down = False
        self.down_since = 0.0
        self.taken = 0
        self.changes = 0
        self._silence = Silence()
        self._answers = 0
        self._answers_since = 0.0
        self._loss = LossJudge()
        self._delay = DelayJudge(LATENCY_CLEAR_RATIO)
        self._unsteady = DelayJudge(CLEAR_RATIO)
        self._rtts = RttWindow(SHORT)
        self._jitter = Jitter()

    def take(self, result: ProbeResult, limits: Thresholds, chance: float, now: float) -> int:
        """Take one probe that told something.

        `chance` of a false alarm each rule may carry at it; `now` in monotonic s. Returns how many
        quick probes would settle the doubt it raised, 0 where it raised none.
        """
        self.taken += 1
        if result.outcome is Outcome.ANSWERED:
            return self._answered(result, limits, chance)
        return self._missed(result.sent_at, limits, chance, now)

    def suspect(self, sent_at: float, chance: float, now: float) -> int:
        """A reply is overdue: a sign of an outage, not yet a loss. Returns as `take` does."""
        first = self._silence.add(sent_at) and self._silence.probes == 1
        self._judge_silence(chance, now)
        if first and self.verified and not self.down:
            return self.misses_needed(chance)
        return 0

    def is_calm(self, rtt: float, limits: Thresholds) -> bool:
        """Whether further answers that take `rtt` (s) change nothing but counts and windows."""
        slow, unsteady = lowest(limits.latency), lowest(limits.jitter)
        return (
            self.verified
            and not self.down
            and not self._silence.probes
            and self._answers > 0
            and self._loss.severity is self._delay.severity is self._unsteady.severity
            and self._loss.severity is Severity.OK
            and self._jitter.steady == rtt
            and (slow is None or rtt < slow)
            and (unsteady is None or unsteady > 0)
        )

    def skip(self, run: AnsweredRun, first: int, limits: Thresholds) -> None:
        """Take the run's answers from number `first` on, while it is calm."""
        count = run.probes - first
        self.taken += count
        self._answers += count
        self._silence.answered(run.last_sent_at)
        self._loss.skip(count, run.sent_before(self._loss.bursts.until, first))
        self._delay.skip(count, limits.latency)
        self._rtts.skip(run.rtt, count)
        self._jitter.skip(count)
        self._unsteady.skip(count, limits.jitter)

    def restore(self, kind: Kind, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood: only the clear rule of `kind` leads away."""
        self.changes += 1
        match kind:
            case Kind.DOWN:
                self.down, self.down_since = True, since
            case Kind.LOSS:
                self._loss.restore(severity, since)
            case Kind.LATENCY:
                self._delay.restore(severity, since)
            case Kind.JITTER:
                self._unsteady.restore(severity, since)
            case Kind.NO_DATA | Kind.UTILISATION:
                raise ValueError(f"{kind} is not a target's")

    @property
    def good_since(self) -> float:
        """Send time of the first good probe after whatever was wrong last (monotonic s)."""
        return max(self._answers_since, self._delay.fell_since, self._unsteady.fell_since)

    def is_settled(self, chance: float) -> bool:
        """Whether fresh probes are enough to stand behind what is said of the target."""
        if self.down:
            return self._silence.probes >= self.misses_needed(chance)
        return self.taken >= delay.SAMPLES

    @property
    def loss(self) -> float | None:
        """Loss over the short window; all is lost while down."""
        return 1.0 if self.down else self._loss.ratio

    @property
    def jitter(self) -> float | None:
        """RFC 3550 jitter in s; None before the second answer in a row, and while down."""
        return self._jitter.value if self._jitter.samples and not self.down else None

    def rtt(self, quantile: float) -> float | None:
        """A quantile of the recent round-trip times in s; None while down: no reply, no delay."""
        return None if self.down else self._rtts.quantile(quantile)

    def misses_needed(self, chance: float) -> int:
        """The run of misses that means down, by what this target lost before the run."""
        own = self._loss.own(self._silence.probes)
        return misses_in_a_row(own, self._loss.bursts.again, chance, LEAST_PROBES)

    def symptom(self, limits: Thresholds) -> Symptom | None:
        """The worst of what is wrong now, in the order down, loss, latency, jitter."""
        if self.down:
            lost = float(self._silence.probes)
            evidence = {"lost": lost, "sent": lost}
            level = limits.loss.critical or limits.loss.warning
            threshold = {} if level is None else {Metric.LOSS: level}
            return Symptom(
                Kind.DOWN,
                Severity.CRITICAL,
                self.down_since,
                {Metric.LOSS: 1.0},
                threshold,
                evidence,
            )
        candidates = [
            s
            for s in (self._lossy(limits.loss), self._slow(limits), self._jittery(limits))
            if s is not None
        ]
        return max(candidates, key=lambda s: s.severity, default=None)

    def _answered(self, result: ProbeResult, limits: Thresholds, chance: float) -> int:
        sent_at = result.sent_at
        if not self.verified:
            self.verified = True
            self.changes += 1
        ended = self._silence.answered(sent_at)
        if ended and not self.down:
            self._loss.bursts.ended(ended)
        if self._answers == 0:
            self._answers_since = sent_at
        self._answers += 1
        if self.down:
            self._perhaps_recover(sent_at)
        if not self.down:
            before = self._loss.severity
            self._loss.answered(sent_at, limits.loss)
            self.changes += self._loss.severity is not before
        if result.rtt is None:
            self._jitter.interrupt()
            return 0
        return self._judge_delay(result.rtt, sent_at, limits, chance)

    def _missed(self, sent_at: float, limits: Thresholds, chance: float, now: float) -> int:
        if sent_at > self._silence.answered_at:
            self._answers = 0
        self._jitter.interrupt()
        wanted = self.suspect(sent_at, chance, now)
        # What came to nothing before the first answer ever is not this line's loss.
        if not self.verified or self.down:
            return wanted
        before = self._loss.severity
        doubt = self._loss.lost(sent_at, limits.loss, chance)
        self.changes += self._loss.severity is not before
        return max(wanted, doubt)

    def _judge_silence(self, chance: float, now: float) -> None:
        if self.down or not self.verified or self._silence.probes < LEAST_PROBES:
            return
        if self._silence.is_outage(self.misses_needed(chance), now):
            self.down, self.down_since = True, self._silence.since
            self.changes += 1

    def _perhaps_recover(self, sent_at: float) -> None:
        if self._answers >= CLEAR_ANSWERS and sent_at - self._answers_since >= CLEAR_SPAN:
            self.down = False
            self.changes += 1
            self._loss.restart()

    def _judge_delay(self, rtt: float, sent_at: float, limits: Thresholds, chance: float) -> int:
        slow, unsteady = self._delay.severity, self._unsteady.severity
        self._rtts.add(rtt)
        wanted = self._delay.take(
            rtt, rtt, sent_at, limits.latency, chance, confirmed=self._is_slow
        )
        difference = self._jitter.add(rtt)
        if difference is not None:
            jitter = self._jitter.value
            more = self._unsteady.take(
                difference, jitter, sent_at, limits.jitter, chance, confirmed=self._is_unsteady
            )
            wanted = max(wanted, more)
        if self._delay.severity is not slow or self._unsteady.severity is not unsteady:
            self.changes += 1
        return wanted

    def _is_slow(self, run: Evidence, level: float) -> bool:
        """Whether the median is at the level: of the last replies, and of the run or the minute.

        A line of which always every fifth reply is slow has a tail; it is not slow whenever a few
        of them come together.
        """
        last, minute = self._rtts.median(delay.SAMPLES), self._rtts.quantile(0.5)
        if last is None or minute is None or last < level:
            return False
        return 2 * run.bad >= run.sent or minute >= level

    def _is_unsteady(self, _: Evidence, level: float) -> bool:
        return self._jitter.value >= level

    def _lossy(self, limits: Limits) -> Symptom | None:
        seen = self._loss.evidence
        return _symptom(
            Kind.LOSS,
            (self._loss.severity, self._loss.since),
            seen.ratio if seen else None,
            limits,
            {"lost": float(seen.bad), "sent": float(seen.sent), "span": seen.span} if seen else {},
        )

    def _slow(self, limits: Thresholds) -> Symptom | None:
        return _symptom(
            Kind.LATENCY,
            (self._delay.severity, self._delay.since),
            self._rtts.median(delay.SAMPLES),
            limits.latency,
        )

    def _jittery(self, limits: Thresholds) -> Symptom | None:
        return _symptom(
            Kind.JITTER,
            (self._unsteady.severity, self._unsteady.since),
            self.jitter,
            limits.jitter,
        )


def _symptom(
    kind: Kind,
    standing: tuple[Severity, float],
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
