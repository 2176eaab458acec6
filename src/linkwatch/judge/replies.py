"""What the replies of one target say of the way there: too slow, or too unsteady."""

from collections.abc import Sequence
from math import inf

from linkwatch.judge import delay, loss, symptom
from linkwatch.judge.charts import lowest
from linkwatch.judge.delay import DelayJudge
from linkwatch.judge.symptom import Symptom
from linkwatch.judge.walk import Evidence
from linkwatch.judge.windows import Jitter, RttWindow
from linkwatch.model.finding import Kind
from linkwatch.model.thresholds import Severity, Thresholds

LATENCY_CLEAR_RATIO = 0.9
_FEW = 5


class Replies:
    """Two severities, one for latency and one for jitter; times in s."""

    __slots__ = ("_slow", "_unsteady", "jitter", "rtts")

    def __init__(self) -> None:
        self.rtts = RttWindow(loss.SHORT)
        self.jitter = Jitter()
        self._slow = DelayJudge(LATENCY_CLEAR_RATIO)
        self._unsteady = DelayJudge(loss.CLEAR_RATIO)

    def take(self, rtt: float, sent_at: float, limits: Thresholds, chance: float) -> int:
        """Take one; how many quick probes would settle the doubt it raised, if any."""
        self.rtts.add(rtt)
        wanted = self._slow.take(rtt, rtt, sent_at, limits.latency, chance, confirmed=self._is_slow)
        difference = self.jitter.add(rtt)
        if difference is None:
            return wanted
        jitter = self.jitter.value
        more = self._unsteady.take(
            difference, jitter, sent_at, limits.jitter, chance, confirmed=self._is_unsteady
        )
        return max(wanted, more)

    def extend(self, rtts: Sequence[float]) -> None:
        """Take several that are good, while nothing is wrong."""
        self.rtts.extend(rtts)
        self.jitter.extend(rtts)
        self._count(len(rtts))

    def skip(self, rtt: float, count: int) -> None:
        """Take so many that are good and all take the same, as the last one did."""
        self.rtts.skip(rtt, count)
        self.jitter.skip(count)
        self._count(count)

    def restore(self, kind: Kind, severity: Severity, since: float) -> None:
        """Stand where an earlier run stood; only the clear rule of `kind` leads down from there."""
        judge = self._slow if kind is Kind.LATENCY else self._unsteady
        judge.restore(severity, since)

    @property
    def severities(self) -> tuple[Severity, Severity]:
        """Of latency and jitter."""
        return self._slow.severity, self._unsteady.severity

    @property
    def good_since(self) -> float:
        """When the last of the bad ones was over (monotonic s)."""
        return max(self._slow.fell_since, self._unsteady.fell_since)

    def lean(self, kind: Kind, limits: Thresholds) -> bool:
        """Whether they are late, or unsteady, or the last few would be wrong if they went on."""
        worst = self._slow if kind is Kind.LATENCY else self._unsteady
        return self.are_bad(kind, limits) or worst.severity is not Severity.OK

    def are_bad(self, kind: Kind, limits: Thresholds) -> bool:
        """Whether the last few are as late, or as unsteady, as would be wrong if they went on."""
        if kind is Kind.LATENCY:
            value, level = self.rtts.median(_FEW), lowest(limits.latency)
        else:
            value, level = self.jitter.known, lowest(limits.jitter)
        return level is not None and value is not None and value >= level

    def forgive(self) -> None:
        """What was late was not the line's fault."""
        self.jitter = Jitter()
        self._slow = DelayJudge(LATENCY_CLEAR_RATIO)
        self._unsteady = DelayJudge(loss.CLEAR_RATIO)

    def symptoms(self, limits: Thresholds) -> Sequence[Symptom | None]:
        """What is wrong with them."""
        latency, jitter = self.rtts.median(delay.SAMPLES), self.jitter.known
        slow, unsteady = self._slow, self._unsteady
        return (
            symptom.delay(Kind.LATENCY, (slow.severity, slow.since), latency, limits.latency),
            symptom.delay(Kind.JITTER, (unsteady.severity, unsteady.since), jitter, limits.jitter),
        )

    def _count(self, good: int) -> None:
        self._slow.skip(good)
        self._unsteady.skip(good)

    def _is_slow(self, run: Evidence, level: float) -> bool:
        """Whether the median is at the level: of the last replies, and of the run or the minute.

        A line of which always every fifth reply is slow has a tail; it is not slow whenever a few
        of them come together.
        """
        last, (minute,) = self.rtts.median(delay.SAMPLES), self.rtts.quantiles(0.5)
        if last is None or minute is None or last < level:
            return False
        return 2 * run.bad >= run.sent or minute >= level

    def _is_unsteady(self, _: Evidence, level: float) -> bool:
        return self.jitter.value >= level


def bounds(limits: Thresholds) -> tuple[float, float]:
    """From where on a reply is slow, and two in a row are unsteady."""
    slow, unsteady = lowest(limits.latency), lowest(limits.jitter)
    return inf if slow is None else slow, inf if unsteady is None else unsteady
