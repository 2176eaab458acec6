"""Rosters: who has the duty when, and how many of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwatch.model.ids import ContactId
from linkwatch.model.moment import Span
from linkwatch.model.people import Roster, Turn
from linkwatch.oncall.shifts import next_shift, on_shift


def on_roster(roster: Roster, at: datetime) -> tuple[ContactId, ...]:
    """Who has the duty at `at`: swaps before overrides before the schedule, rotation or standing.

    Turns of one kind that overlap put all their contacts on duty together.
    """
    for turns in (roster.swaps, roster.overrides, roster.schedule):
        present = tuple(dict.fromkeys(turn.contact for turn in turns if turn.span.contains(at)))
        if present:
            return present
    base = on_shift(roster.rotation, at) if roster.rotation is not None else roster.standing
    return () if base is None else (base,)


def next_change(roster: Roster, after: datetime) -> datetime | None:
    """The next instant at which the roster may change hands; None: never again."""
    edges: list[datetime] = []
    for turns in (roster.swaps, roster.overrides, roster.schedule):
        edges += _edges(turns, after)
        if any(turn.span.contains(after) for turn in turns):
            # What goes on below a turn matters only once it ends.
            return min(edges, default=None)
    if roster.rotation is not None:
        edges.append(next_shift(roster.rotation, after))
    return min(edges, default=None)


@dataclass(frozen=True, slots=True)
class Manning:
    """A stretch of time through which one roster answers, with `number` on duty; None: nobody."""

    start: datetime
    end: datetime
    roster: Roster | None
    number: int


def manning(rosters: Sequence[Roster], start: datetime, end: datetime) -> Iterator[Manning]:
    """The time from `start` to `end` without gap or overlap; of the rosters the first that can."""
    touched = [_within(roster, Span(start, end)) for roster in rosters]
    begin, before = start, _answering(touched, start)
    at = _next_edge(touched, start)
    while at is not None and at < end:
        now = _answering(touched, at)
        if now != before:
            yield Manning(begin, at, *before)
            begin, before = at, now
        at = _next_edge(touched, at)
    if begin < end:
        yield Manning(begin, end, *before)


def _answering(rosters: Sequence[Roster], at: datetime) -> tuple[Roster | None, int]:
    for roster in rosters:
        number = len(on_roster(roster, at))
        if number:
            return roster, number
    return None, 0


def _next_edge(rosters: Sequence[Roster], after: datetime) -> datetime | None:
    """When more or fewer may be on duty next; one shift of a rotation relieves another."""
    edges = [
        edge
        for roster in rosters
        for edge in _edges((*roster.swaps, *roster.overrides, *roster.schedule), after)
    ]
    edges += [r.rotation.start for r in rosters if r.rotation and r.rotation.start > after]
    return min(edges, default=None)


def _edges(turns: Iterable[Turn], after: datetime) -> Iterator[datetime]:
    for turn in turns:
        for edge in (turn.span.start, turn.span.end):
            if edge is not None and edge > after:
                yield edge


def _within(roster: Roster, span: Span) -> Roster:
    """The same roster without the turns that have no part in the span: a year's may be many."""
    return replace(
        roster,
        swaps=_touching(roster.swaps, span),
        overrides=_touching(roster.overrides, span),
        schedule=_touching(roster.schedule, span),
    )


def _touching(turns: tuple[Turn, ...], span: Span) -> tuple[Turn, ...]:
    return tuple(turn for turn in turns if turn.span.overlaps(span))
