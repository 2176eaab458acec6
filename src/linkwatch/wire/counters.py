"""Readings of an interface's octet counters -> bit rates, or the reason why there is none.

An agent may refresh its counters less often than it is asked: they stand, and then jump by more
than the line carries in one step. A total is therefore carried on until it is a rate that the
line allows, over the whole time in which it came together.
"""

from dataclasses import dataclass, replace

from linkwatch.model.measurement import Discard
from linkwatch.wire.ifmib import InterfaceReading, Width

LAZIEST = 6_000
"""1/100 s: no agent lets its counters stand for longer; what stands so long carries nothing."""
LEAST_SPAN = 200
"""1/100 s: over less, a packet more or less makes more of a rate than the traffic does."""
_TICKS = 100
_UPTIME_MODULUS = 2**32
_SLACK = 5.0
_DRIFT = 0.05
"""How far the agent's clock may be from ours over a gap: an answer may come late by its retries
(s), and clocks of small devices are poor (ratio)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Mean rates in bit/s over the last `span` s of the agent's time, never above the line rate.

    Where nothing is discarded, each span begins where the one before ended.
    """

    receive: float
    transmit: float
    span: float


@dataclass(frozen=True, slots=True)
class TimedReading:
    """A reading and when it reached us (monotonic s)."""

    at: float
    reading: InterfaceReading


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is kept of an interface's readings, however many there were. Times in 1/100 s.

    `span`, `received` and `transmitted` (octets) have come together since the last rates.
    `slack` is how old the counters may have been then: that much more time may be in the totals.
    They have shown no change for `stood`, and were first seen so up to `late` after they were.
    `moves`: they have been seen to change at all.
    """

    last: TimedReading
    span: int = 0
    received: int = 0
    transmitted: int = 0
    slack: int = 0
    stood: int = 0
    late: int = 0
    moves: bool = False


def reckon(
    before: Reckoning | None, current: TimedReading, max_gap: float
) -> tuple[Reckoning, Rates | Discard]:
    """Take one more reading of one interface: what is kept of it, and the rates it settles.

    Readings more than `max_gap` s apart say nothing of the present, and are not averaged.
    """
    if before is None:
        return Reckoning(current), Discard.FIRST
    if _is_same_tick(before.last, current):
        return before, Discard.SHORT
    step = _step(before, current, max_gap)
    if isinstance(step, Discard):
        return Reckoning(current), step
    if step.moved and before.stood and not before.moves:
        # Since when they had stood nobody knows: only from here on it is known how old they are.
        return Reckoning(current, slack=step.slack, late=step.ticks, moves=True), Discard.FIRST
    return _settle(before, current, step)


def has_restarted(before: int, after: int, waited: float) -> bool:
    """Whether the agent began anew between two sysUpTimes (1/100 s) read `waited` s apart."""
    return _elapsed_ticks(before, after, waited) is Discard.RESTART


@dataclass(frozen=True, slots=True)
class _Step:
    """From one reading to the next: 1/100 s and octets. `fell`: a counter did, by its look."""

    ticks: int
    received: int
    transmitted: int
    fell: bool

    @property
    def moved(self) -> bool:
        return self.received > 0 or self.transmitted > 0

    @property
    def slack(self) -> int:
        """How old counters are at most that moved in this step."""
        return min(LAZIEST, self.ticks)


def _is_same_tick(before: TimedReading, after: TimedReading) -> bool:
    """Whether the agent's own time had no time to go on."""
    waited = after.at - before.at
    return after.reading.uptime == before.reading.uptime and waited < LEAST_SPAN / _TICKS


def _step(before: Reckoning, current: TimedReading, max_gap: float) -> _Step | Discard:
    old, new = before.last.reading, current.reading
    waited = current.at - before.last.at
    ticks = _elapsed_ticks(old.uptime, new.uptime, waited)
    if isinstance(ticks, Discard):
        return ticks
    if not _is_continuous(old, new):
        return Discard.DISCONTINUITY
    if waited > max_gap or _may_have_lapped(new, before.stood + ticks):
        return Discard.GAP
    fell = new.receive_bytes < old.receive_bytes or new.transmit_bytes < old.transmit_bytes
    if fell and new.line_rate is None:
        return Discard.RESET
    return _Step(
        ticks,
        (new.receive_bytes - old.receive_bytes) % (1 << new.width),
        (new.transmit_bytes - old.transmit_bytes) % (1 << new.width),
        fell,
    )


def _settle(
    before: Reckoning, current: TimedReading, step: _Step
) -> tuple[Reckoning, Rates | Discard]:
    kept = replace(
        before,
        last=current,
        span=before.span + step.ticks,
        received=before.received + step.received,
        transmitted=before.transmitted + step.transmitted,
        stood=0 if step.moved else before.stood + step.ticks,
        late=step.ticks if step.moved else before.late,
        moves=before.moves or step.moved,
    )
    line_rate = current.reading.line_rate
    most = max(kept.received, kept.transmitted)
    if not _fits(most, kept.span + max(kept.slack, step.ticks), line_rate):
        # A counter that fell has wrapped only if the line could have carried that much.
        why = Discard.RESET if step.fell else Discard.ABOVE_LINE_RATE
        return Reckoning(current, slack=step.slack, late=step.ticks, moves=True), why
    if kept.span < LEAST_SPAN:
        return kept, Discard.SHORT
    # Counters that never moved belong to a line without traffic: no need to wait for a refresh.
    stands = kept.moves and most == 0 and kept.span < LAZIEST
    if stands or not _fits(most, kept.span, line_rate):
        return kept, Discard.STALE
    rates = Rates(
        _bit_rate(kept.received, kept.span, line_rate),
        _bit_rate(kept.transmitted, kept.span, line_rate),
        kept.span / _TICKS,
    )
    slack = min(LAZIEST, kept.stood + kept.late) if kept.moves else LAZIEST
    since = replace(kept, span=0, received=0, transmitted=0, slack=slack)
    return since, rates


def _elapsed_ticks(before: int, after: int, waited: float) -> int | Discard:
    """The agent's 1/100 s between two of its sysUpTimes, checked against our own clock.

    sysUpTime wraps after 497.1 days: a drop is a wrap only if the time across it agrees with
    ours, else the agent started anew; so did one that is up for less time than we waited.
    """
    ticks = (after - before) % _UPTIME_MODULUS
    agrees = abs(ticks / _TICKS - waited) <= _SLACK + _DRIFT * waited
    if not agrees and (after < before or after / _TICKS < waited):
        return Discard.RESTART
    if not agrees or ticks == 0:
        return Discard.CLOCK
    return ticks


def _is_continuous(before: InterfaceReading, after: InterfaceReading) -> bool:
    return (before.index, before.width, before.discontinuity) == (
        after.index,
        after.width,
        after.discontinuity,
    )


def _may_have_lapped(after: InterfaceReading, ticks: int) -> bool:
    """Whether a 32-bit counter could have wrapped more than once at line rate."""
    if after.width is Width.COUNTER64 or after.line_rate is None:
        return False
    return after.line_rate / 8 * ticks / _TICKS >= 1 << after.width


def _fits(octets: int, ticks: int, line_rate: int | None) -> bool:
    """Whether the line can carry that much in that time."""
    # The agent cuts its time to whole ticks: up to one more than it says may have passed.
    return line_rate is None or octets * 8 * _TICKS <= line_rate * (ticks + 1)


def _bit_rate(octets: int, ticks: int, line_rate: int | None) -> float:
    rate = octets * 8 * _TICKS / ticks
    return rate if line_rate is None else min(rate, float(line_rate))
