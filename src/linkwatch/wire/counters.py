"""Two readings of an interface's octet counters -> bit rates, or the reason why there is none."""

from dataclasses import dataclass

from linkwatch.model.measurement import Discard
from linkwatch.wire.ifmib import InterfaceReading, Width

_TICKS = 100
_UPTIME_MODULUS = 2**32
_SLACK = 5.0
_DRIFT = 0.05
"""How far the agent's clock may be from ours over a gap: an answer may come late by its retries
(s), and clocks of small devices are poor (ratio)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Mean rates between two readings in bit/s; never negative, never above the line rate."""

    receive: float
    transmit: float


@dataclass(frozen=True, slots=True)
class TimedReading:
    """A reading and when it reached us (monotonic s)."""

    at: float
    reading: InterfaceReading


def rate(previous: TimedReading | None, current: TimedReading, max_gap: float) -> Rates | Discard:
    """The rates over the agent's own time between two readings of one interface.

    Readings more than `max_gap` s apart say nothing of the present, and are not averaged.
    """
    if previous is None:
        return Discard.FIRST
    waited = current.at - previous.at
    ticks = _elapsed_ticks(previous.reading.uptime, current.reading.uptime, waited)
    if isinstance(ticks, Discard):
        return ticks
    if not _is_continuous(previous.reading, current.reading):
        return Discard.DISCONTINUITY
    if waited > max_gap or _may_have_lapped(current.reading, ticks):
        return Discard.GAP
    return _rates(previous.reading, current.reading, ticks)


def has_restarted(before: int, after: int, waited: float) -> bool:
    """Whether the agent began anew between two sysUpTimes (1/100 s) read `waited` s apart."""
    return _elapsed_ticks(before, after, waited) is Discard.RESTART


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


def _rates(before: InterfaceReading, after: InterfaceReading, ticks: int) -> Rates | Discard:
    received = _bit_rate(before.receive_bytes, after.receive_bytes, after, ticks)
    if isinstance(received, Discard):
        return received
    transmitted = _bit_rate(before.transmit_bytes, after.transmit_bytes, after, ticks)
    if isinstance(transmitted, Discard):
        return transmitted
    return Rates(received, transmitted)


def _bit_rate(before: int, after: int, row: InterfaceReading, ticks: int) -> float | Discard:
    """A counter that fell has wrapped if the line could have carried that much, else was reset."""
    octets = (after - before) % (1 << row.width)
    if row.line_rate is None:
        return Discard.RESET if after < before else octets * 8 * _TICKS / ticks
    # The agent cuts its time to whole ticks: up to one more than it says may have passed.
    if octets * 8 * _TICKS > row.line_rate * (ticks + 1):
        return Discard.RESET if after < before else Discard.ABOVE_LINE_RATE
    return min(octets * 8 * _TICKS / ticks, float(row.line_rate))
