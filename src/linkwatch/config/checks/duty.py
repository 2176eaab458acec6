"""Warnings: carriers without a roster where they have links, and rosters that run out."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.people import RosterEntry
from linkwatch.model.moment import Span
from linkwatch.model.people import Turn
from linkwatch.model.topology import Level

if TYPE_CHECKING:
    from linkwatch.config.locate import Path

AHEAD = timedelta(days=7)
"""How far rosters are looked at."""

_SHOWN = 3


def lint_coverage(document: Document, report: Report) -> None:
    """Each carrier has a roster for the level of each site it has a link at, and a leader.

    Nothing is said while a roster has mistakes: it may be the one that seems to be missing.
    """
    places: list[Path] = [("rosters",), *(("rosters", name) for name in document.rosters)]
    if not all(report.locator.whole(place) for place in places):
        return
    parents = {site.id: site.parent for site in document.sites}
    for carrier in document.carriers:
        served = [
            site for site in document.sites if any(link.carrier == carrier for link in site.links)
        ]
        rosters = [roster for roster in document.rosters.values() if roster.carrier == carrier]
        for level in Level:
            sites = [site.id for site in served if level in (site.level, *_ABOVE)]
            uncovered = [
                site
                for site in sites
                if not any(_covers(roster, level, site, parents) for roster in rosters)
            ]
            if uncovered:
                report.warning(
                    ("carriers", carrier),
                    f"nobody answers at level {level.value} for {_listed(uncovered)}",
                    "add a roster, or the next level up is told",
                    key=True,
                )


_ABOVE = (Level.LEADER, Level.PROVINCE)
"""Levels that escalation turns to for every site."""


def _covers(
    roster: RosterEntry, level: Level, site: str, parents: Mapping[str, str | None]
) -> bool:
    if roster.level is not level:
        return False
    if not roster.areas:
        return True
    above: str | None = site
    passed: set[str] = set()
    while above is not None and above not in passed:
        if above in roster.areas:
            return True
        passed.add(above)
        above = parents.get(above)
    return False


def _listed(sites: list[str]) -> str:
    more = len(sites) - _SHOWN
    shown = ", ".join(sites[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def lint_gaps(
    document: Document, schedules: Mapping[str, tuple[Turn, ...]], at: datetime, report: Report
) -> None:
    """Rosters that have nobody on duty at some time in the days after `at`."""
    for name, roster in document.rosters.items():
        gap = _first_gap(list(_duties(roster, schedules.get(name, ()))), at)
        if gap is not None:
            begin, end = (_local(each, document.timezone) for each in gap)
            message = f"nobody is on duty from {begin} to {end}"
            report.warning(("rosters", name), message, key=True)


def _duties(roster: RosterEntry, schedule: tuple[Turn, ...]) -> Iterator[Span]:
    if roster.standing is not None:
        yield Span(None, None)
    if roster.rotation is not None:
        yield Span(roster.rotation.start, None)
    for turn in schedule:
        yield turn.span
    for swap in roster.overrides:
        yield Span(swap.from_, swap.until)


def _first_gap(spans: list[Span], at: datetime) -> tuple[datetime, datetime] | None:
    last = at + AHEAD
    covered = at
    while covered < last:
        reaching = [span for span in spans if span.contains(covered)]
        if not reaching:
            starts = [s.start for s in spans if s.start is not None and s.start > covered]
            return covered, min([*starts, last])
        if any(span.end is None for span in reaching):
            return None
        covered = max(span.end for span in reaching if span.end is not None)
    return None


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
