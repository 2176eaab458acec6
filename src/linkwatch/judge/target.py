"""One target of a link: is it down, and how good is the way to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.judge.ladder import Ladder
from linkwatch.judge.significance import (
    BACKGROUND_LOSS,
    misses_in_a_row,
    significant_losses,
)
from linkwatch.judge.silence import LEAST_PROBES, Silence
from linkwatch.judge.windows import Jitter, LossWindow, RttWindow
from linkwatch.model.finding import Kind
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.thresholds import Limits, Metric, Severity, Thresholds

SHORT, LONG = 60, 600
LATENCY_SAMPLES = 15
"""At 1 Hz the 15 s over which conference makers state their limits."""
CLEAR_ANSWERS, CLEAR_SPAN = 3, 5.0
"""Down is over after this many answers in a row over at least this many seconds."""
CLEAR_RATIO = 0.8


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
    """Follows one target. `verified`: it has answered at least once, ever."""

    __slots__ = (
        "_answers",
        "_answers_since",
        "_jitter",
        "_jitter_ladder",
        "_latency_ladder",
        "_long",
        "_loss_seen",
        "_loss_severity",
        "_loss_since",
        "_recent",
        "_rtts",
        "_short",
        "_silence",
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
        self._silence = Silence()
        self._answers = 0
        self._answers_since = 0.0
        self._short = LossWindow(SHORT)
        self._long = LossWindow(LONG)
        self._rtts = RttWindow(SHORT)
        self._recent = RttWindow(LATENCY_SAMPLES)
        self._jitter = Jitter()
        self._latency_ladder = Ladder(raise_after=3, clear_after=LATENCY_SAMPLES, clear_ratio=0.9)
        self._jitter_ladder = Ladder(
            raise_after=LATENCY_SAMPLES, clear_after=LATENCY_SAMPLES, clear_ratio=CLEAR_RATIO
        )
        self._loss_severity = Severity.OK
        self._loss_since = 0.0
        self._loss_seen: tuple[int, int, float] = (0, 0, 0.0)

    def take(self, result: ProbeResult, limits: Thresholds, chance: float, now: float) -> bool:
        """Take one probe that told something; whether it is the first of a silence.

        `chance` of a false alarm it may carry; `now` in monotonic s.
        """
        self.taken += 1
        first = False
        if result.outcome is Outcome.ANSWERED:
            self._answered(result, limits)
        else:
            first = self._missed(result.sent_at, chance, now)
        # What came to nothing before the first answer ever is not this line's loss.
        if self.verified and not self.down:
            self._short.add(result.outcome.is_lost, result.sent_at)
            self._long.add(result.outcome.is_lost, result.sent_at)
            self._judge_loss(limits.loss, chance)
        return first

    def suspect(self, sent_at: float, chance: float, now: float) -> bool:
        """A reply is overdue: a sign of an outage, not yet a loss; whether it is the first sign."""
        first = self._silence.add(sent_at) and self._silence.probes == 1
        self._judge_silence(chance, now)
        return first and self.verified and not self.down

    def restore(self, kind: Kind, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood: only the clear rule of `kind` leads away."""
        match kind:
            case Kind.DOWN:
                self.down, self.down_since = True, since
            case Kind.LOSS:
                self._loss_severity, self._loss_since = severity, since
            case Kind.LATENCY:
                self._latency_ladder.restore(severity, since)
            case Kind.JITTER:
                self._jitter_ladder.restore(severity, since)
            case Kind.NO_DATA | Kind.UTILISATION:
                raise ValueError(f"{kind} is not a target's")

    @property
    def good_since(self) -> float:
        """Send time of the first good probe after whatever was wrong last (monotonic s)."""
        ladders = (self._latency_ladder, self._jitter_ladder)
        return max(self._answers_since, *(ladder.fell_since for ladder in ladders))

    def is_settled(self, chance: float) -> bool:
        """Whether fresh probes are enough to stand behind what is said of the target."""
        if self.down:
            return self._silence.probes >= self.misses_needed(chance)
        return self.taken >= LATENCY_SAMPLES

    @property
    def loss(self) -> float | None:
        """Loss over the short window; all is lost while down."""
        return 1.0 if self.down else self._short.ratio

    @property
    def jitter(self) -> float | None:
        """RFC 3550 jitter in s; None before the second answer in a row, and while down."""
        return self._jitter.value if self._jitter.samples and not self.down else None

    def rtt(self, quantile: float) -> float | None:
        """A quantile of the recent round-trip times in s; None while down: no reply, no delay."""
        return None if self.down else self._rtts.quantile(quantile)

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
            for s in (self._loss(limits.loss), self._latency(limits), self._jittery(limits))
            if s is not None
        ]
        return max(candidates, key=lambda s: s.severity, default=None)

    def _answered(self, result: ProbeResult, limits: Thresholds) -> None:
        self.verified = True
        self._silence.answered(result.sent_at)
        if self._answers == 0:
            self._answers_since = result.sent_at
        self._answers += 1
        long_enough = result.sent_at - self._answers_since >= CLEAR_SPAN
        if self.down and self._answers >= CLEAR_ANSWERS and long_enough:
            self._recover()
        if result.rtt is None:
            self._jitter.interrupt()
            return
        self._rtts.add(result.rtt)
        self._recent.add(result.rtt)
        self._judge_delay(result.rtt, limits, result.sent_at)

    def _missed(self, sent_at: float, chance: float, now: float) -> bool:
        if sent_at > self._silence.answered_at:
            self._answers = 0
        self._jitter.interrupt()
        return self.suspect(sent_at, chance, now)

    def _judge_silence(self, chance: float, now: float) -> None:
        if self.down or not self.verified:
            return
        if self._silence.is_outage(self.misses_needed(chance), now):
            self.down, self.down_since = True, self._silence.since

    def misses_needed(self, chance: float) -> int:
        """The run of misses that means down, by what this target lost before the run."""
        before = max(0, self._long.sent - self._silence.probes)
        lost = max(0, self._long.lost - self._silence.probes)
        # A minute of healthy line goes before what little is known of a new one.
        own_loss = (lost + SHORT * BACKGROUND_LOSS) / (before + SHORT)
        return misses_in_a_row(own_loss, chance, LEAST_PROBES)

    def _recover(self) -> None:
        self.down = False
        # The windows of before say nothing of the line as it is after the outage.
        self._short.clear()
        self._long.clear()

    def _judge_delay(self, rtt: float, limits: Thresholds, at: float) -> None:
        median = self._recent.quantile(0.5)
        if median is not None and len(self._recent) > LATENCY_SAMPLES // 2:
            self._latency_ladder.step(median, limits.latency, at)
        if self._jitter.add(rtt):
            self._jitter_ladder.step(self._jitter.value, limits.jitter, at)

    def _judge_loss(self, limits: Limits, chance: float) -> None:
        reached = Severity.OK
        for window in (self._short, self._long):
            ratio = window.ratio or 0.0
            severity = limits.severity(ratio)
            if severity <= max(reached, self._loss_severity):
                continue
            # Over the level and more than chance: one lost packet never alarms.
            if window.lost >= significant_losses(window.sent, BACKGROUND_LOSS, chance):
                reached = severity
                self._loss_seen = (window.lost, window.sent, window.span)
                since = window.first_lost_at()
                self._loss_since = since if self._loss_severity is Severity.OK else self._loss_since
        if reached > self._loss_severity:
            self._loss_severity = reached
        elif self._loss_severity is not Severity.OK and self._short.is_full:
            self._clear_loss(limits)

    def _clear_loss(self, limits: Limits) -> None:
        ratio = self._short.ratio or 0.0
        level = limits.level(self._loss_severity)
        if level is not None and ratio >= level * CLEAR_RATIO:
            self._loss_seen = (self._short.lost, self._short.sent, self._short.span)
            return
        self._loss_severity = min(
            limits.severity(ratio / CLEAR_RATIO), Severity(self._loss_severity - 1)
        )
        # Else the long window would raise again what the short one has just cleared.
        self._long.clear()
        self._loss_seen = (self._short.lost, self._short.sent, self._short.span)

    def _loss(self, limits: Limits) -> Symptom | None:
        if self._loss_severity is Severity.OK:
            return None
        lost, sent, span = self._loss_seen
        return _symptom(
            Kind.LOSS,
            (self._loss_severity, self._loss_since),
            lost / sent if sent else None,
            limits,
            {"lost": float(lost), "sent": float(sent), "span": span},
        )

    def _latency(self, limits: Thresholds) -> Symptom | None:
        ladder = self._latency_ladder
        value = self._recent.quantile(0.5)
        return _symptom(
            Kind.LATENCY,
            (ladder.severity, ladder.started_at),
            value,
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
