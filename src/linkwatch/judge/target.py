"""One target of a link: is it down, and how good is the way to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.judge import delay, loss
from linkwatch.judge.charts import lowest
from linkwatch.judge.delay import DelayJudge
from linkwatch.judge.ladder import Ladder
from linkwatch.judge.loss import SHORT, LossJudge
from linkwatch.judge.significance import misses_in_a_row
from linkwatch.judge.silence import LEAST_PROBES, Silence
from linkwatch.judge.windows import Jitter, RttWindow
from linkwatch.model.finding import Kind
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.thresholds import Limits, Metric, Severity, Thresholds

JITTER_SAMPLES = 15
CLEAR_RATIO = loss.CLEAR_RATIO
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
        "_jitter_ladder",
        "_loss",
        "_rtts",
        "_silence",
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
        self._delay = DelayJudge()
        self._rtts = RttWindow(SHORT)
        self._jitter = Jitter()
        self._jitter_ladder = Ladder(
            raise_after=JITTER_SAMPLES, clear_after=JITTER_SAMPLES, clear_ratio=CLEAR_RATIO
        )

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
            and self._loss.severity is self._delay.severity is Severity.OK
            and self._jitter_ladder.severity is Severity.OK
            and self._jitter.steady == rtt
            and (slow is None or rtt < slow)
            and (unsteady is None or self._jitter.value < unsteady)
        )

    def skip(self, count: int, last_sent_at: float, rtt: float) -> None:
        """Take so many more answers like the one before, while it is calm."""
        self.taken += count
        self._answers += count
        self._silence.answered(last_sent_at)
        self._loss.skip(count)
        self._delay.skip(count)
        self._rtts.skip(rtt, count)
        self._jitter.skip(count)
        self._jitter_ladder.rest()

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
                self._jitter_ladder.restore(severity, since)
            case Kind.NO_DATA | Kind.UTILISATION:
                raise ValueError(f"{kind} is not a target's")

    @property
    def good_since(self) -> float:
        """Send time of the first good probe after whatever was wrong last (monotonic s)."""
        return max(self._answers_since, self._delay.fell_since, self._jitter_ladder.fell_since)

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
        if self.down or not self.verified:
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
        slow, jittery = self._delay.severity, self._jitter_ladder.severity
        self._rtts.add(rtt)
        wanted = self._delay.take(rtt, sent_at, limits.latency, chance, self._rtts)
        if self._jitter.add(rtt):
            self._jitter_ladder.step(self._jitter.value, limits.jitter, sent_at)
        if self._delay.severity is not slow or self._jitter_ladder.severity is not jittery:
            self.changes += 1
        return wanted

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
        ladder = self._jitter_ladder
        return _symptom(
            Kind.JITTER,
            (ladder.severity, ladder.started_at),
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
