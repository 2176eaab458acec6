"""The figures of one link, and of one router, as the metrics count them."""

from array import array
from bisect import bisect_left
from datetime import datetime

from linkwatch.model.finding import LinkState
from linkwatch.model.measurement import (
    Discard,
    InterfaceSample,
    OperStatus,
    Outcome,
    PollOutcome,
    ProbeResult,
)
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.topology import Link, Router, Site
from linkwatch.web.exposition import label, number

RTT_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 1.0)
"""Upper bounds of the round-trip time's buckets in s, each inclusive."""

COMMON_ERRORS = ("EPERM", "ENETUNREACH", "EHOSTUNREACH", "ENOBUFS", "host_unreachable", "unknown")
"""Reasons that exist from the start; a rarer one appears with its first probe."""

_COUNTER32 = 2**32


class InterfaceTotals:
    """What an interface carried since we began to watch it.

    Sums of deltas, so that a restarted router, a wrapped counter or the first reading of one that
    is years old gives no step. What a discarded reading would have shown adds nothing.
    """

    __slots__ = ("_last", "discarded", "is_up", "totals")

    def __init__(self) -> None:
        self._last: tuple[int, ...] | None = None
        self.totals = [0, 0, 0, 0, 0, 0]
        self.discarded = dict.fromkeys(Discard, 0)
        self.is_up: bool | None = None

    def read(self, sample: InterfaceSample) -> None:
        """Take one reading."""
        now = (
            sample.receive_bytes,
            sample.transmit_bytes,
            sample.receive_errors,
            sample.transmit_errors,
            sample.receive_discards,
            sample.transmit_discards,
        )
        discard = sample.discard
        if discard is not None:
            self.discarded[discard] += 1
        if self._last is not None and (discard is None or discard.is_pending):
            for column, (before, after) in enumerate(zip(self._last, now, strict=True)):
                self.totals[column] += (
                    after - before if after >= before else _wrapped(before, after)
                )
        self._last = now
        self.is_up = None if sample.oper is OperStatus.UNKNOWN else sample.oper is OperStatus.UP

    def lose_sight(self) -> None:
        """The interface could not be read: its state is not known. The totals go on later."""
        self.is_up = None


def _wrapped(before: int, after: int) -> int:
    """Growth of a counter that fell: a Counter32 passed its end; any higher one was reset."""
    return after - before + _COUNTER32 if before < _COUNTER32 else after


class LinkRow:
    """One link's counters, and its latest figures; survives a reload."""

    __slots__ = ("buckets", "errors", "id", "info", "interface", "is_ever_boosted", "lost",
                 "name", "rtt_sum", "sent", "since", "state", "thresholds")  # fmt: skip

    state: LinkState | None
    """As it was seen last; None: nothing was said of it yet."""
    since: datetime | None
    """When it was first seen so."""

    def __init__(self, link: Link, site: Site) -> None:
        self.id = link.id
        self.sent = 0
        self.lost = 0
        self.errors = dict.fromkeys(COMMON_ERRORS, 0)
        self.buckets = array("Q", [0] * (len(RTT_BOUNDS) + 1))
        self.rtt_sum = 0.0
        self.state = None
        self.since = None
        self.interface: InterfaceTotals | None = None
        self.describe(link, site)

    def describe(self, link: Link, site: Site) -> None:
        """Take what the configuration says of the link now."""
        self.name = f'link="{label(link.id)}"'
        self.info = (
            f'carrier="{label(link.carrier)}",circuit="{label(link.circuit or "")}"'
            f',kind="{link.kind}",level="{site.level}",{self.name}'
            f',site="{label(site.id)}",site_name="{label(site.name)}"'
        )
        self.is_ever_boosted = link.is_ever_boosted
        self.thresholds = "".join(
            f'linkwatch_link_threshold{{{self.name},metric="{metric}"'
            f',severity="{severity.name.lower()}"}} {number(level)}\n'
            for metric in Metric
            for severity in (Severity.WARNING, Severity.CRITICAL)
            if (level := link.thresholds.of(metric).level(severity)) is not None
        )
        if link.interface is None:
            self.interface = None
        elif self.interface is None:
            self.interface = InterfaceTotals()

    def answered(self, rtt: float) -> None:
        """Count an answer after `rtt` s."""
        self.sent += 1
        self.buckets[bisect_left(RTT_BOUNDS, rtt)] += 1
        self.rtt_sum += rtt

    def seen(self, state: LinkState, at: datetime) -> None:
        """Note the state it is in."""
        if state is not self.state:
            self.state, self.since = state, at

    def probed(self, result: ProbeResult) -> None:
        """Count any other probe."""
        if result.outcome is Outcome.ANSWERED:
            self.sent += 1
        elif result.outcome.is_lost:
            self.sent += 1
            self.lost += 1
        else:
            reason = result.reason or result.outcome.value
            self.errors[reason] = self.errors.get(reason, 0) + 1


class RouterRow:
    """One router's polls by outcome, and the rows of the links whose interfaces it has."""

    __slots__ = ("links", "name", "polls")

    def __init__(self, router: Router) -> None:
        self.links: list[LinkRow] = []
        self.name = f'router="{label(router.id)}"'
        self.polls = dict.fromkeys(PollOutcome, 0)
