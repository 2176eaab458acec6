"""One target of a link: is it down, and how good is the way to it."""

from math import inf

from linkwatch.judge import delay, loss, symptom
from linkwatch.judge.calm import Calm
from linkwatch.judge.loss import LossJudge
from linkwatch.judge.replies import Replies, bounds
from linkwatch.judge.significance import misses_in_a_row
from linkwatch.judge.silence import LEAST_PROBES, Silence
from linkwatch.judge.symptom import Symptom
from linkwatch.judge.walk import Evidence
from linkwatch.model.finding import Kind
from linkwatch.model.measurement import AnsweredRun, Outcome, ProbeResult
from linkwatch.model.thresholds import Severity, Thresholds

CLEAR_RATIO = loss.CLEAR_RATIO
CLEAR_ANSWERS, CLEAR_SPAN = 3, 5.0
"""Down is over after this many answers in a row over at least this many seconds."""
_WAVERS = 0.1
"""s by which a probe may be early: those of whole seconds need not one more by chance."""

_FINE = (Severity.OK,) * 3


class TargetJudge:
    """Follows one target. `verified`: it has answered at least once, ever.

    `changes` counts what bears on the verdict: the same number, the same symptom.
    """

    __slots__ = (
        "_answers",
        "_answers_since",
        "_loss",
        "_replies",
        "_silence",
        "_taken",
        "_uncounted",
        "calm",
        "changes",
        "down",
        "down_since",
        "verified",
    )

    def __init__(self, verified: bool) -> None:
        self.verified = verified
        self.down = False
        self.down_since = 0.0
        self.changes = 0
        self.calm = Calm()
        """What need not be taken by `take`."""
        self._taken = 0
        self._uncounted = -inf
        """What was sent until then (monotonic s) and lost is not counted."""
        self._silence = Silence()
        self._answers = 0
        self._answers_since = 0.0
        self._loss = LossJudge()
        self._replies = Replies()

    def take(self, result: ProbeResult, limits: Thresholds, chance: float, now: float) -> int:
        """Take one probe that told something.

        `chance` of a false alarm each rule may carry at it; `now` in monotonic s. Returns how many
        quick probes would settle the doubt it raised, 0 where it raised none.
        """
        self._settle()
        self._taken += 1
        if result.outcome is Outcome.ANSWERED:
            wanted = self._answered(result, limits, chance)
            self._calm_down(limits)
            return wanted
        self.calm.end()
        return self._missed(result.sent_at, limits, chance, now)

    def suspect(self, sent_at: float, chance: float, now: float) -> int:
        """A reply is overdue: a sign of an outage, not yet a loss. Returns as `take` does."""
        self._settle()
        self.calm.end()
        first = self._silence.add(sent_at) and self._silence.probes == 1
        self._judge_silence(chance, now)
        if first and self.verified and not self.down:
            return self.misses_needed(chance)
        return 0

    def watch(self) -> None:
        """Look closely at the next answer: what it is judged by may have changed."""
        self.calm.end()

    def skip(self, run: AnsweredRun, first: int, limits: Thresholds) -> None:
        """Take the run's answers from number `first` on, for all of which the calm holds."""
        self._settle()
        count = run.probes - first
        self._silence.answered(run.last_sent_at)
        self._pass(count, run.sent_before(self._loss.bursts.until, first))
        self._replies.skip(run.rtt, count)
        self._calm_down(limits)

    def restore(self, kind: Kind, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood: only the clear rule of `kind` leads away."""
        self._settle()
        self.calm.end()
        self.changes += 1
        match kind:
            case Kind.DOWN:
                self.down, self.down_since = True, since
            case Kind.LOSS:
                self._loss.restore(severity, since)
            case Kind.LATENCY | Kind.JITTER:
                self._replies.restore(kind, severity, since)
            case Kind.NO_DATA | Kind.UTILISATION:
                raise ValueError(f"{kind} is not a target's")

    @property
    def misses(self) -> int:
        """Probes lost or overdue since the last that was answered."""
        self._settle()
        return self._silence.probes

    @property
    def answered_at(self) -> float:
        """When the latest probe that was answered had been sent (monotonic s); -inf: none."""
        return self.calm.latest if self.calm.answers else self._silence.answered_at

    @property
    def good_since(self) -> float:
        """Send time of the first good probe after whatever was wrong last (monotonic s)."""
        return max(self._answers_since, self._replies.good_since)

    @property
    def silent_since(self) -> float:
        """When the first probe missed since the last answer was sent (monotonic s); inf: none."""
        return self._silence.since if self._silence.probes else inf

    @property
    def missed_at(self) -> float:
        """When the latest probe that was overdue or lost was sent (monotonic s); -inf: none."""
        return self._silence.missed_at

    def missed_since(self, at: float) -> int:
        """How many probes in a row came to nothing of late, of those sent after `at`."""
        return self._silence.since_then(at)

    def lost_since(self, at: float) -> Evidence | None:
        """What was lost of all sent at `at` (monotonic s) or later; None: nothing."""
        self._settle()
        return self._loss.lost_since(at)

    def take_blame(self, since: float, severity: Severity, now: float) -> None:
        """What it lost since then (monotonic s) is enough, as what passes it loses, too."""
        lost = self.lost_since(since)
        if lost is not None and not self.down:
            self.calm.end()
            self.changes += 1
            self._loss.take_blame(lost._replace(span=now - lost.since), severity)

    def leans(self, kind: Kind, limits: Thresholds) -> bool:
        """Whether its last replies are as late, or as unsteady, as would be wrong in the end."""
        self._settle()
        return self._replies.lean(kind, limits)

    def replies_are_bad(self, kind: Kind, limits: Thresholds) -> bool:
        """Whether its last few replies are late, or unsteady, whatever has been said of them."""
        self._settle()
        return self._replies.are_bad(kind, limits)

    def forgive(self) -> None:
        """What was lost and late of late was not its line's fault. A target that is down stays so:
        only answers can tell that it is not.
        """
        self._settle()
        self.calm.end()
        self.changes += 1
        self._loss.forgive()
        self._replies.forgive()

    def overlook(self, since: float, until: float, *, lost: bool) -> None:
        """What was sent between them (monotonic s) came to nothing for another's sake: no sign of
        an outage, where the silence began no sooner, and, unless `lost`, not to be counted.
        """
        self._settle()
        if self._silence.probes and self._silence.since < since:
            return
        self._silence.overlook(until)
        self._uncounted = self._uncounted if lost else until
        if self.down and self.down_since >= since:
            self.down = False
            self.changes += 1

    def is_settled(self, chance: float) -> bool:
        """Whether fresh probes are enough to stand behind what is said of the target."""
        if self.down:
            return self._silence.probes >= self.misses_needed(chance)
        return self._taken + len(self.calm.answers) >= delay.SAMPLES

    @property
    def loss(self) -> float | None:
        """Loss over the short window; all is lost while down."""
        self._settle()
        return 1.0 if self.down else self._loss.ratio

    @property
    def jitter(self) -> float | None:
        """RFC 3550 jitter in s; None before the second answer in a row, and while down."""
        self._settle()
        return None if self.down else self._replies.jitter.known

    def rtt(self, *quantiles: float) -> tuple[float | None, ...]:
        """Quantiles of the recent round-trip times in s; None while down: no reply, no delay."""
        self._settle()
        return (None,) * len(quantiles) if self.down else self._replies.rtts.quantiles(*quantiles)

    def misses_needed(self, chance: float) -> int:
        """The run of misses that means down, by what this target lost before the run."""
        own = self._loss.own(self._silence.probes)
        return misses_in_a_row(own, self._loss.bursts.again, chance, LEAST_PROBES)

    def symptom(self, limits: Thresholds) -> Symptom | None:
        """The worst of what is wrong now, in the order down, loss, latency, jitter."""
        if self.down:
            return symptom.outage(self._silence.probes, self.down_since, limits.loss)
        if self._severities == _FINE:
            return None
        standing = (self._loss.severity, self._loss.since)
        lossy = symptom.loss(standing, self._loss.evidence, limits.loss)
        wrong = [s for s in (lossy, *self._replies.symptoms(limits)) if s is not None]
        return max(wrong, key=lambda s: s.severity, default=None)

    @property
    def _severities(self) -> tuple[Severity, ...]:
        return self._loss.severity, *self._replies.severities

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
            self._replies.jitter.interrupt()
            return 0
        standing = self._replies.severities
        wanted = self._replies.take(result.rtt, sent_at, limits, chance)
        self.changes += self._replies.severities != standing
        return wanted

    def _calm_down(self, limits: Thresholds) -> None:
        """After an answer: which of those to come would change nothing but counts and windows."""
        last = self._replies.jitter.steady
        if last is None or self.down or self._silence.probes or self._severities != _FINE:
            self.calm.end()
            return
        below, within = bounds(limits)
        # Within a burst answers are counted apart.
        after = max(self._silence.answered_at, self._loss.bursts.until)
        self.calm.begin(last, after, below=below, within=within)

    def _settle(self) -> None:
        """Count what the calm has taken."""
        answers = self.calm.answers
        if not answers:
            return
        self._silence.answered(self.calm.latest)
        self._pass(len(answers), 0)
        self._replies.extend(answers)
        self.calm.clear()

    def _pass(self, count: int, in_burst: int) -> None:
        self._taken += count
        self._answers += count
        self._loss.skip(count, in_burst)

    def _missed(self, sent_at: float, limits: Thresholds, chance: float, now: float) -> int:
        if sent_at > self._silence.answered_at:
            self._answers = 0
        self._replies.jitter.interrupt()
        wanted = self.suspect(sent_at, chance, now)
        # What came to nothing before the first answer ever is not this line's loss.
        if not self.verified or self.down or sent_at <= self._uncounted:
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
        span = sent_at - self._answers_since + _WAVERS
        if self._answers >= CLEAR_ANSWERS and span >= CLEAR_SPAN:
            self.down = False
            self.changes += 1
            self._loss.restart()
