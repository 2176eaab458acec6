"""What a recording may hold: bounds within which every rule can reckon."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from linkwatch.model.boost import Evidence
from linkwatch.model.measurement import InterfaceSample, PollResult

LATEST = 7_258_118_400_000
"""Wall ms of the year 2200: calendars end, and no recording is from then."""
_MOST = 10**18
"""bit/s, and s: a thousand times what the largest ifHighSpeed stands for."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class SenselessError(Exception):
    """A frame's body is not what it should be; the message says what is wrong with it."""


def wall_ms(at: datetime) -> int:
    """Since 1970, cut."""
    return (at - _EPOCH) // _MILLISECOND


def check_polls(polls: Iterable[tuple[int, PollResult]], turns: int) -> None:
    """Each is of one of so many turns."""
    for number, poll in polls:
        if not 0 <= number < turns:
            raise SenselessError("a poll of no turn")
        if not _is_time(poll.at) or not all(map(_can_be, poll.samples)):
            raise SenselessError("a poll that cannot be")


def check_evidence(evidence: Iterable[tuple[int, Evidence]], turns: int) -> None:
    """Each is of one of so many turns."""
    for number, trace in evidence:
        if not 0 <= number < turns:
            raise SenselessError("a trace of no turn")
        if not _is_time(trace.at) or not 0 <= trace.rate <= _MOST:
            raise SenselessError("a trace that cannot be")


def _is_time(at: datetime) -> bool:
    return at.tzinfo is not None and 0 <= wall_ms(at) <= LATEST


def _can_be(sample: InterfaceSample) -> bool:
    figures = (sample.line_rate, sample.receive_rate, sample.transmit_rate, sample.span)
    return all(figure is None or 0 <= figure <= _MOST for figure in figures)
