"""Whether a raised rate was taken back when its time was over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwatch.judge.slots import Slot
from linkwatch.judge.utilisation import ABOVE
from linkwatch.model.finding import Direction, Family, Finding, Kind
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import ContractedRate, Link

FORGETTING = timedelta(days=7)
"""So long after it was last seen too fast a line counts as taken back."""


@dataclass(frozen=True, slots=True)
class _Excess:
    """More than the normal rate allows, after the boost was over: `peak` in bit/s."""

    direction: Direction
    peak: float
    since: datetime
    last: datetime


class AfterBoost:
    """Follows one link after a boost: traffic that its normal rate would not let pass."""

    def __init__(self) -> None:
        self._seen: _Excess | None = None

    def take(self, slot: Slot, link: Link) -> None:
        """Take a slot that lies outside every boost."""
        past = link.past_rate(slot.start)
        if past is None or link.contract(slot.start).span is not None:
            return
        known = self._seen
        if known is not None and slot.end - known.last >= FORGETTING:
            known = self._seen = None
        for direction in past.exceeds(link.normal_rate):
            rate = slot.rates[direction]
            if not _is_above(rate, link.normal_rate, direction):
                continue
            if known is None:
                self._seen = _Excess(direction, rate, slot.start, slot.end)
                return
            if known.direction is direction:
                self._seen = replace(known, peak=max(rate, known.peak), last=slot.end)

    def finding(self, subject: Subject, link: Link, at: datetime) -> Finding:
        """The present word; no boost is in force."""
        past, seen = link.past_rate(at), self._seen
        if (
            past is None
            or seen is None
            or at - seen.last >= FORGETTING
            or not _is_above(seen.peak, link.normal_rate, seen.direction)
        ):
            return Finding(subject, Family.BANDWIDTH, Severity.OK, at)
        rates = figures(link.normal_rate, past, seen.direction)
        return Finding(
            subject,
            Family.BANDWIDTH,
            Severity.WARNING,
            seen.since,
            Kind.BANDWIDTH_NOT_REVERTED,
            direction=seen.direction,
            evidence={**rates, "peak": seen.peak},
        )

    def restore(self, finding: Finding, at: datetime) -> None:
        """Stand where an earlier run stood."""
        if finding.kind is Kind.BANDWIDTH_NOT_REVERTED and finding.direction is not None:
            peak = finding.evidence.get("peak", 0.0)
            self._seen = _Excess(finding.direction, peak, finding.started_at, at)


def figures(
    normal: ContractedRate, promised: ContractedRate, direction: Direction
) -> dict[str, float]:
    """Both rates in bit/s; no `promised` where the order says "maximum"."""
    rates = {"normal": normal.by_direction[direction], "promised": promised.by_direction[direction]}
    return {name: float(rate) for name, rate in rates.items() if rate is not None}


def _is_above(rate: float, normal: ContractedRate, direction: Direction) -> bool:
    usual = normal.by_direction[direction]
    return usual is not None and rate > ABOVE * usual
