"""A line's own usual delay for the hour: median and MAD, in three numbers an hour."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from linkwatch.model.ids import LinkId
from linkwatch.model.thresholds import Thresholds
from linkwatch.model.usual import UsualDelay

LESSONS = 24
"""Five-minute medians until an hour is known: two days of it at least."""
SLOWEST = 0.05
"""What a lesson may move once much is known: about a week of working days is remembered."""
MAD_TO_SIGMA = 1.4826
"""Of a normal distribution."""
LEAST_SPREAD, LEAST_SHARE = 0.0005, 0.05
"""s, and of the median: less spread than that is no yardstick."""
HOURS = 48
"""Those of a working day, then those of a weekend's."""


@dataclass(slots=True)
class Hour:
    """One hour of the day: its usual delay and how far it usually is from that, in s."""

    median: float = 0.0
    spread: float = 0.0
    lessons: int = 0

    def learn(self, value: float) -> None:
        """Move both half-way estimates a step towards the value; how far off it is does not matter,
        so that one bad day is one step.
        """
        self.lessons += 1
        if self.lessons == 1:
            self.median, self.spread = value, _least(value)
            return
        gain = max(1.0 / self.lessons, SLOWEST)
        off = value - self.median
        step = 2.0 * gain * self.spread
        self.median += max(-step, min(step, off))
        wider = gain * self.spread
        self.spread += wider if abs(off) > self.spread else -wider
        self.spread = max(self.spread, _least(self.median))

    def level(self, deviations: float) -> float | None:
        """So many deviations above the usual (s); None while too little is known."""
        if self.lessons < LESSONS:
            return None
        return self.median + deviations * MAD_TO_SIGMA * self.spread


def _least(median: float) -> float:
    return max(LEAST_SPREAD, LEAST_SHARE * median)


@dataclass(slots=True)
class Baseline:
    """What is usual of one link; constant work a lesson, constant memory."""

    hours: dict[int, Hour] = field(default_factory=dict)

    @classmethod
    def of(cls, known: UsualDelay) -> "Baseline":
        """What an earlier run knew; what cannot be is left out."""
        return cls(
            {
                hour: Hour(median, spread, lessons)
                for hour, (median, spread, lessons) in known.hours.items()
                if 0 <= hour < HOURS and median > 0 and spread >= _least(median) and lessons > 0
            }
        )

    def kept(self, link: LinkId) -> UsualDelay:
        """What is known, to be kept over restarts."""
        hours = {hour: (h.median, h.spread, h.lessons) for hour, h in self.hours.items()}
        return UsualDelay(link, hours)

    def learn(self, median: float, local: datetime) -> None:
        """Take the median (s) of the last minutes; never while it is a fault by itself."""
        self.hours.setdefault(_hour(local), Hour()).learn(median)

    def level(self, local: datetime, deviations: float) -> float | None:
        """The delay (s) that is unusual at this local time; None while that is not known."""
        known = self.hours.get(_hour(local))
        return None if known is None else known.level(deviations)


def tightened(limits: Thresholds, unusual: float | None) -> Thresholds:
    """The limits with what is unusual as a warning, where the operators' own is not lower."""
    latency = limits.latency
    own = [level for level in (latency.warning, latency.critical) if level is not None]
    if limits.above_usual is None or unusual is None or (own and unusual >= min(own)):
        return limits
    return replace(limits, latency=replace(latency, warning=unusual))


def _hour(local: datetime) -> int:
    return local.hour + (24 if local.isoweekday() >= 6 else 0)
