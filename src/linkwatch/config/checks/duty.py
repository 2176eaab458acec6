"""Warnings: carriers without a roster where they have links, and rosters that run out."""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from linkwatch.config.build import people
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.model.people import Turn
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import EVERYWHERE
from linkwatch.oncall.roster import manning

if TYPE_CHECKING:
    from linkwatch.config.locate import Path

AHEAD = timedelta(days=7)
"""How far rosters are looked at."""

EVERY_AREA = None
_SHOWN = 3


def lint_coverage(document: Document, report: Report) -> None:
    """Each carrier has a roster for the level of each site it has a link at, and a leader.

    Nothing is said while a roster has mistakes: it may be the one that seems to be missing.
    """
    places: list[Path] = [("rosters",), *(("rosters", name) for name in document.rosters)]
    if not all(report.locator.whole(place) for place in places):
        return
    for (carrier, level), sites in _uncovered(document).items():
        if carrier in document.carriers:
            report.warning(
                ("carriers", carrier),
                f"nobody answers at level {level.value} for {_listed(sites)}",
                "add a roster, or the next level up is told",
                key=True,
            )


def _uncovered(document: Document) -> Mapping[tuple[str, Level], list[str]]:
    """Sites by the carrier and level that has no roster for them."""
    areas = _areas(document)
    parents = {site.id: site.parent for site in document.sites}
    found: dict[tuple[str, Level], list[str]] = {}
    for site in document.sites:
        for carrier in dict.fromkeys(link.carrier for link in site.links):
            for level in dict.fromkeys((Level(site.level), *EVERYWHERE)):
                covered = areas.get((carrier, level), frozenset())
                if EVERY_AREA not in covered and not _is_below(site.id, covered, parents):
                    found.setdefault((carrier, level), []).append(site.id)
    return found


def _areas(document: Document) -> Mapping[tuple[str, Level], Set[str | None]]:
    """What the rosters of a carrier and level answer for; `EVERY_AREA` among it: everything."""
    found: dict[tuple[str, Level], set[str | None]] = {}
    for roster in document.rosters.values():
        if roster.carrier is not None and roster.level is not None:
            known = found.setdefault((roster.carrier, roster.level), set())
            known.update(roster.areas or (EVERY_AREA,))
    return found


def _is_below(site: str, areas: Set[str | None], parents: Mapping[str, str | None]) -> bool:
    """Whether a site or one above it is among the areas."""
    above: str | None = site
    passed: set[str] = set()
    while above is not None and above not in passed:
        if above in areas:
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
    zone = document.timezone
    for name, entry in document.rosters.items():
        roster = people.roster(name, entry, schedules.get(name, ()), zone)
        found = manning((roster,), at, at + AHEAD)
        gap = next((stretch for stretch in found if stretch.roster is None), None)
        if gap is not None:
            message = f"nobody is on duty from {_local(gap.start, zone)} to {_local(gap.end, zone)}"
            report.warning(("rosters", name), message, key=True)


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
