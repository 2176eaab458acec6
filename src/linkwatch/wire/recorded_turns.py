"""Turns as columns: what is alike lies together, and many answers cost a few bytes each.

Times are kept in ms and round-trip times in µs, cut and not rounded: what is below a threshold
stays below it. The body of a frame is a head (u32 turns, results, overdue, bytes of JSON; i64
monotonic ms of the first turn), the columns, and as JSON what is rare: polls, evidence, reasons.
"""

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, chain, islice, repeat
from operator import add

from pydantic import TypeAdapter, ValidationError

from linkwatch.model.boost import Evidence
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import (
    Outcome,
    Overdue,
    PollResult,
    ProbeResult,
)
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Turn
from linkwatch.wire.recorded_checks import (
    LATEST,
    SenselessError,
    check_evidence,
    check_polls,
    wall_ms,
)
from linkwatch.wire.recorded_columns import Columns, Row, column_bytes, some

_HEAD = struct.Struct("<IIIIq")
_OUTCOMES = tuple(Outcome)
_NUMBERS = {outcome: number for number, outcome in enumerate(_OUTCOMES)}
_NO_RTT = 2**32 - 1
_NEAR = 1e-3
"""Of a unit: so much nearer to the next one is that one, seen through binary fractions."""
_NO_REASON = (None, None)

_TURN_COLUMNS = ("I", "q", "I", "I")
"""Monotonic ms since the turn before, wall minus monotonic ms, results, overdue."""
_RESULT_COLUMNS = ("I", "H", "I", "B", "I")
"""Link, target, ms since it was sent, outcome, round-trip time in µs."""
_OVERDUE_COLUMNS = ("I", "H", "I")


@dataclass(frozen=True, slots=True)
class Asides:
    """What few turns have: each with the number of its turn, or of its result."""

    polls: tuple[tuple[int, PollResult], ...] = ()
    evidence: tuple[tuple[int, Evidence], ...] = ()
    reasons: tuple[tuple[int, str | None, str | None], ...] = ()
    dropped: tuple[tuple[int, int], ...] = ()


_ASIDES = TypeAdapter(Asides)


def pack(turns: Sequence[Turn], index: Mapping[LinkId, int]) -> bytes:
    """The body of a frame. Results of links that `index` does not have are left out."""
    known = [_known(turn, index) for turn in turns]
    # Whoever comes late with an earlier moment is late.
    times = list(accumulate((milliseconds(turn.now.monotonic) for turn in known), max))
    results = [result for turn in known for result in turn.results]
    overdue = [one for turn in known for one in turn.overdue]
    steps = [b - a for a, b in zip(times[:1] + times, times, strict=False)]
    columns = [
        array("I", steps),
        array("q", [wall_ms(t.now.wall) - at for t, at in zip(known, times, strict=True)]),
        array("I", [len(turn.results) for turn in known]),
        array("I", [len(turn.overdue) for turn in known]),
        *_result_columns(results, _each(times, [len(turn.results) for turn in known]), index),
        array("I", [index[one.link] for one in overdue]),
        array("H", [one.target for one in overdue]),
        array("I", _ages(overdue, _each(times, [len(turn.overdue) for turn in known]))),
    ]
    asides = _ASIDES.dump_json(_asides(known, results), exclude_defaults=True)
    head = _HEAD.pack(len(known), len(results), len(overdue), len(asides), times[0] if times else 0)
    return b"".join((head, *map(column_bytes, columns), asides))


def unpack(
    body: bytes, links: Sequence[LinkId], wanted: frozenset[LinkId] | None = None
) -> Iterator[Turn]:
    """The turns again; SenselessError where that cannot be.

    `wanted`: other links' results are left out, and turns of nothing else but the last.
    """
    if len(body) < _HEAD.size:
        raise SenselessError("no head")
    turns, results, overdue, size, first = _HEAD.unpack_from(body)
    columns = Columns(body, _HEAD.size)
    steps, offsets, counts, waits = columns.take(_TURN_COLUMNS, turns)
    of_results = columns.take(_RESULT_COLUMNS, results)
    of_overdue = columns.take(_OVERDUE_COLUMNS, overdue)
    asides = _read_asides(columns.rest(size))
    if sum(counts) != results or sum(waits) != overdue:
        raise SenselessError("its counts do not add up")
    if any(max(c, default=0) >= len(links) for c in (of_results[0], of_overdue[0])):
        raise SenselessError("a result of no link")
    if max(of_results[3], default=0) >= len(_OUTCOMES):
        raise SenselessError("an unknown outcome")
    times = list(accumulate(steps, initial=first))[1:]
    walls = list(map(add, times, offsets))
    bounds = (times[0], times[-1], min(walls), max(walls)) if turns else ()
    if not all(0 <= at <= LATEST for at in bounds):
        raise SenselessError("a time that cannot be")
    check_polls(asides.polls, turns)
    check_evidence(asides.evidence, turns)
    polls, evidence, dropped = dict(asides.polls), dict(asides.evidence), dict(asides.dropped)
    reasons = {number: (reason, reporter) for number, reason, reporter in asides.reasons}
    keep = None if wanted is None else {n for n, link in enumerate(links) if link in wanted}
    rows, kept = some(keep, of_results, counts)
    late, waiting = some(keep, of_overdue, waits)
    told = {*polls, *evidence, *dropped, turns - 1}
    for number, (at, wall) in enumerate(zip(times, walls, strict=True)):
        count, wait = kept[number], waiting[number]
        if keep is not None and not (count or wait or number in told):
            continue
        yield Turn(
            Moment(at / 1000, datetime.fromtimestamp(wall / 1000, UTC)),
            _results(islice(rows, count), at, links, reasons),
            _overdue(islice(late, wait), at, links) if wait else (),
            polls.get(number),
            evidence.get(number),
            dropped.get(number, 0),
        )


def milliseconds(seconds: float) -> int:
    """Whole ms, cut."""
    return int(seconds * 1000 + _NEAR)


def _known(turn: Turn, index: Mapping[LinkId, int]) -> Turn:
    if all(r.link in index for r in turn.results) and all(o.link in index for o in turn.overdue):
        return turn
    return Turn(
        turn.now,
        [r for r in turn.results if r.link in index],
        [o for o in turn.overdue if o.link in index],
        turn.poll,
        turn.evidence,
        turn.dropped,
    )


def _result_columns(
    results: Sequence[ProbeResult], nows: Iterable[int], index: Mapping[LinkId, int]
) -> "list[array[int]]":
    return [
        array("I", [index[result.link] for result in results]),
        array("H", [result.target for result in results]),
        array("I", _ages(results, nows)),
        array("B", [_NUMBERS[result.outcome] for result in results]),
        array("I", [_microseconds(result.rtt) for result in results]),
    ]


def _ages(sent: Iterable[ProbeResult | Overdue], nows: Iterable[int]) -> list[int]:
    ages = [now - int(one.sent_at * 1000 + _NEAR) for one, now in zip(sent, nows, strict=True)]
    return ages if min(ages, default=0) >= 0 else [max(0, age) for age in ages]


def _microseconds(rtt: float | None) -> int:
    return _NO_RTT if rtt is None or rtt < 0 else int(rtt * 1e6 + _NEAR)


def _each(times: Sequence[int], counts: Sequence[int]) -> Iterator[int]:
    return chain.from_iterable(map(repeat, times, counts))


def _asides(turns: Sequence[Turn], results: Sequence[ProbeResult]) -> Asides:
    return Asides(
        tuple((n, turn.poll) for n, turn in enumerate(turns) if turn.poll is not None),
        tuple((n, turn.evidence) for n, turn in enumerate(turns) if turn.evidence is not None),
        tuple(
            (n, r.reason, r.reported_by)
            for n, r in enumerate(results)
            if r.reason is not None or r.reported_by is not None
        ),
        tuple((n, turn.dropped) for n, turn in enumerate(turns) if turn.dropped),
    )


def _read_asides(document: bytes) -> Asides:
    try:
        return _ASIDES.validate_json(document)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise SenselessError(f"asides: {place or 'no JSON'}") from None


def _results(
    rows: Iterator[Row],
    at: int,
    links: Sequence[LinkId],
    reasons: Mapping[int, tuple[str | None, str | None]],
) -> list[ProbeResult]:
    make = tuple.__new__  # the class itself is twice as dear
    found = []
    for number, (link, target, age, outcome, rtt) in rows:
        seconds = None if rtt == _NO_RTT else rtt / 1e6
        reason, reporter = reasons.get(number, _NO_REASON) if reasons else _NO_REASON
        fields = (links[link], target, (at - age) / 1000, _OUTCOMES[outcome], seconds, reason)
        found.append(make(ProbeResult, (*fields, reporter)))
    return found


def _overdue(rows: Iterator[Row], at: int, links: Sequence[LinkId]) -> list[Overdue]:
    return [Overdue(links[link], target, (at - age) / 1000) for _, (link, target, age) in rows]
