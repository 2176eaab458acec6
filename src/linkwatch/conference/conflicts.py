"""Announced work that nobody has agreed to, on links that a conference runs over at that time."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime

from linkwatch.conference.windows import READINESS, closes_at, phase
from linkwatch.model.conference import Conference, Phase
from linkwatch.model.coverage import Period
from linkwatch.model.ids import LinkId
from linkwatch.model.maintenance import Maintenance

Touched = Callable[[Maintenance, Conference], Set[LinkId]]
"""The links of a conference that some work touches."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Some work meets a conference's window, for this long, on these of its links."""

    work: Maintenance
    conference: Conference
    period: Period
    links: frozenset[LinkId]


def conflicts(
    works: Iterable[Maintenance], conferences: Iterable[Conference], touched: Touched, now: datetime
) -> Iterator[Conflict]:
    """Those with conferences that are on, or begin within 24 h; what lies in the past is none."""
    near = [one for one in conferences if phase(one, now) is not Phase.NONE]
    for work in works if near else ():
        if work.accepted_by is not None or work.is_over(now):
            continue
        for conference in near:
            period = _shared(work, conference, now)
            links = touched(work, conference) if period is not None else frozenset()
            if period is not None and links:
                yield Conflict(work, conference, period, frozenset(links))


def _shared(work: Maintenance, conference: Conference, now: datetime) -> Period | None:
    """The time that both have in common; None where none of it is left."""
    start = max(work.span.start or now, conference.start - READINESS)
    end = min(work.span.end or closes_at(conference), closes_at(conference))
    return Period(start, end) if start < end and now < end else None
