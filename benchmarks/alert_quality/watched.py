"""A line watched as the daemon does it: its judge, with the rounds and bursts of its loops.

Only time and the network are ours; every verdict is the judge's.
"""

import heapq
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks.alert_quality.lines import RTT, Line
from linkwatch.config.build.defaults import THRESHOLDS
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.measurement import AnsweredRun, Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import ContractedRate, Link, LinkKind, LinkRole, Probing, Target
from linkwatch.runtime.step import CONFIRM_PROBES, CONFIRM_SPACING
from linkwatch.timing.patience import FLOOR, Patience

TIMEOUT, MAX_PPS = 1.0, 5.0
"""As by default: the s after which a probe is lost, and the most probes a second."""
TICK = 0.02
"""s between two turns of the probe loop."""
_SETTLED = 40
"""Replies after `RTT` in a row after which another changes no patience."""
_WORTH_IT = 3
_EPOCH = datetime(2021, 5, 1, tzinfo=UTC)
"""No rule about a line looks at the calendar: it stands still."""
_ADDRESS = "192.0.2.1"
LINK = Link(
    id=LinkId("a"),
    site=SiteId("a"),
    kind=LinkKind.WAN,
    carrier=CarrierId("a"),
    circuit=None,
    role=LinkRole.PRIMARY,
    parent=None,
    shared_risk=(),
    targets=(Target(_ADDRESS),),
    source=None,
    interface=None,
    contracted=(ContractedRate(None, None),),
    probing=Probing(1.0, 1.0, TIMEOUT, 64, 34, MAX_PPS),
    thresholds=THRESHOLDS[LinkKind.WAN],
)


class Rise(NamedTuple):
    """The judge found something wrong, or worse than before; `probes` sent until then."""

    at: float
    kind: Kind
    before: Severity
    severity: Severity
    probes: int


_What = Callable[[float, float, float], None]
"""What happens at a time, to a probe sent at another, with its round-trip time."""


class Watched:
    """`per_year` is the setting; `interval` between two rounds in s. Times in s from 0."""

    def __init__(self, line: Line, interval: float, per_year: float, rng: random.Random) -> None:
        self._line = line
        self._interval = interval
        self._phase = rng.random() * interval
        link = replace(LINK, probing=replace(LINK.probing, interval=interval))
        self._judge = LinkJudge(link, [_ADDRESS], per_year, Moment(0.0, _EPOCH))
        self._patience = Patience(TIMEOUT)
        self._steady = 0
        self._rounds = 0
        self._round_at = self._phase
        self._quick_at = math.inf
        self._quick_left = 0
        self._free_at = 0.0
        self._due: list[tuple[float, int, _What, float, float]] = []
        self._number = 0
        self.severity = Severity.OK
        """What stands."""
        self.sent = 0
        self.rises: list[Rise] = []

    def run(self, until: float, stop_at: Severity | None = None) -> None:
        """Watch until then, or until so bad a finding stands."""
        while stop_at is None or self.severity < stop_at:
            due_at = self._due[0][0] if self._due else math.inf
            is_round = self._round_at <= self._quick_at
            send_at = self._round_at if is_round else self._quick_at
            send_at = max(send_at, self._free_at)
            if due_at <= send_at:
                if due_at >= until:
                    return
                at, _, happens, sent_at, rtt = heapq.heappop(self._due)
                happens(at, sent_at, rtt)
            elif send_at >= until:
                return
            elif not self._skip(until, due_at):
                if is_round:
                    self._pass_rounds(1)
                else:
                    self._pass_quick(1)
                self._send(send_at, due_at)

    def _skip(self, until: float, due_at: float) -> bool:
        """Probes that are all answered before anything else happens: taken by the judge in one go.

        Rounds where no quick probes are left to send, else these.
        """
        first, spacing, most = self._round_at, self._interval, 1 << 62
        if self._quick_left:
            if (
                self._quick_left < _WORTH_IT
                or due_at < self._quick_at + _WORTH_IT * CONFIRM_SPACING
            ):
                return False
            first, spacing, most = self._quick_at, CONFIRM_SPACING, self._quick_left
            due_at = min(due_at, self._round_at)
        in_time = math.floor((min(until, due_at) - TICK - RTT - first) / spacing) + 1
        if first < self._free_at or min(in_time, most) < _WORTH_IT:
            return False
        probes = min(in_time, most, self._line.free(first, spacing))
        if probes < _WORTH_IT:
            return False
        self._line.passed(probes)
        for _ in range(min(probes, _SETTLED - self._steady)):
            self._patience.add(RTT)
            self._steady += 1
        if self._quick_left:
            self._pass_quick(probes)
        else:
            self._pass_rounds(probes)
        self.sent += probes
        run = AnsweredRun(LINK.id, 0, probes, first, spacing, RTT)
        self._free_at = run.last_sent_at + 1 / MAX_PPS
        known = _turn(run.last_sent_at + RTT)
        self._note(self._judge.take_run(run, Moment(known, _EPOCH)), known)
        return True

    def _pass_rounds(self, rounds: int) -> None:
        self._rounds += rounds
        self._round_at = self._phase + self._rounds * self._interval

    def _pass_quick(self, probes: int) -> None:
        self._quick_left -= probes
        self._quick_at = self._quick_at + probes * CONFIRM_SPACING if self._quick_left else math.inf

    def _send(self, at: float, due_at: float) -> None:
        self._free_at = at + 1 / MAX_PPS
        self.sent += 1
        rtt = TIMEOUT if self._line.lost(at) else self._line.rtt(at)
        if rtt < FLOOR:  # never overdue
            known = math.ceil((at + rtt) / TICK) * TICK
            if known < due_at and known < self._round_at and known < self._quick_at:
                self._answer(known, at, rtt)
            else:
                self._later(at + rtt, self._answer, at, rtt)
            return
        overdue = self._patience.overdue_after
        if rtt > overdue:
            self._later(at + overdue, self._suspect, at, 0.0)
        if rtt >= TIMEOUT:
            self._later(at + TIMEOUT, self._lose, at, 0.0)
        else:
            self._later(at + rtt, self._answer, at, rtt)

    def _suspect(self, at: float, sent_at: float, _: float) -> None:
        overdue = Overdue(LINK.id, 0, sent_at)
        self._note(self._judge.suspect(overdue, Moment(at, _EPOCH)), at)

    def _lose(self, at: float, sent_at: float, _: float) -> None:
        lost = ProbeResult(LINK.id, 0, sent_at, Outcome.NO_REPLY)
        self._note(self._judge.take(lost, Moment(at, _EPOCH)), at)

    def _answer(self, at: float, sent_at: float, rtt: float) -> None:
        if rtt != RTT:
            self._steady = 0
        if self._steady < _SETTLED:
            self._patience.add(rtt)
            self._steady += 1
        answer = ProbeResult(LINK.id, 0, sent_at, Outcome.ANSWERED, rtt)
        self._note(self._judge.take(answer, Moment(at, _EPOCH)), at)

    def _later(self, at: float, what: _What, sent_at: float, rtt: float) -> None:
        self._number += 1
        heapq.heappush(self._due, (_turn(at), self._number, what, sent_at, rtt))

    def _look_closer(self, count: int, now: float) -> None:
        if self._quick_left:
            self._quick_left = max(self._quick_left, count)
            self._quick_at = min(self._quick_at, now + CONFIRM_SPACING)
        else:
            self._quick_left, self._quick_at = count, now + TICK

    def _note(self, findings: Sequence[Finding], at: float) -> None:
        """What the judge said then: its findings, and whether to look closer."""
        count = self._judge.doubt()
        if count:
            self._look_closer(max(count, CONFIRM_PROBES), at)
        for finding in findings:
            if finding.severity > self.severity and finding.kind is not None:
                rise = Rise(at, finding.kind, self.severity, finding.severity, self.sent)
                self.rises.append(rise)
            self.severity = finding.severity


def _turn(at: float) -> float:
    """The turn of the probe loop that sees what happens then."""
    return math.ceil(at / TICK) * TICK
