"""Conferences, announced work and hours: times in order, sites and links that fit."""

from collections.abc import Mapping
from datetime import datetime

from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.conference import (
    AttendanceEntry,
    ConferenceEntry,
    MaintenanceEntry,
)
from linkwatch.config.schema.document import Document


def check_events(document: Document, report: Report) -> None:
    """All that has a beginning and an end, but rates and rosters."""
    whole = [s for n, s in enumerate(document.sites) if report.locator.whole(("sites", n))]
    homes = {link.id: site.id for site in whole for link in site.links}
    carriers = {link.id: link.carrier for site in whole for link in site.links}
    for number, conference in enumerate(document.conferences):
        path: Path = ("conferences", number)
        _check_order(conference.start, conference.end, (*path, "end"), report)
        _check_attendance(conference, homes, path, report)
    for number, work in enumerate(document.maintenance):
        path = ("maintenance", number)
        _check_order(work.from_, work.until, (*path, "until"), report)
        touched = work.links or work.sites or work.carrier or work.shared_risk
        if not touched and report.locator.whole(path):
            report.error(path, "work on nothing", "add links, sites, carrier or shared_risk")
        _check_carrier(work, carriers, path, report)
    for number, order in enumerate(document.directives):
        window = order.window
        if window.from_ is not None and window.until is not None:
            path = ("directives", number, "window", "until")
            _check_order(window.from_, window.until, path, report)
    for number, site in enumerate(document.sites):
        if site.hours is not None and site.hours.until <= site.hours.from_:
            report.error(("sites", number, "hours", "until"), "ends before it begins")


def _check_order(start: datetime, end: datetime, path: Path, report: Report) -> None:
    if end <= start:
        report.error(path, "ends before it begins")


def _check_attendance(
    conference: ConferenceEntry, homes: Mapping[str, str], path: Path, report: Report
) -> None:
    entries = conference.sites
    if entries is None:
        return
    if not entries and report.locator.whole((*path, "sites")):
        report.error((*path, "sites"), "no site takes part", "list some, or write sites: all")
    first: dict[str, Path] = {}
    for number, entry in enumerate(entries):
        place = (*path, "sites", number)
        if first.setdefault(entry.site, place) is not place:
            hint = f"the first is at {report.place(first[entry.site])}"
            report.error(place, f"site {entry.site!r} takes part twice", hint)
        _check_use(entry, homes, place, report)


def _check_carrier(
    work: MaintenanceEntry, carriers: Mapping[str, str], path: Path, report: Report
) -> None:
    for item, link in enumerate(work.links):
        whose = carriers.get(link)
        if whose is not None and work.carrier is not None and whose != work.carrier:
            message = f"{link!r} is a link of another carrier, {whose!r}: no work of this one"
            report.error((*path, "links", item), message, "leave out carrier, or the link")


def _check_use(
    entry: AttendanceEntry, homes: Mapping[str, str], path: Path, report: Report
) -> None:
    for item, link in enumerate(entry.use):
        home = homes.get(link)
        if home is not None and home != entry.site:
            report.error((*path, "use", item), f"{link!r} is a link of another site, {home!r}")
