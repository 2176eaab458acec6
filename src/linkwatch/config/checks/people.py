"""Rosters, the escalation table and short names."""

from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.people import RosterEntry
from linkwatch.config.units import show_duration
from linkwatch.message.gsm import CARRIER_SHORT, CONFERENCE_SHORT, SITE_SHORT, unsendable

SHORTEST_SHIFT = 60.0
_BASES = "rotation, standing or schedule_from"


def check_people(document: Document, report: Report) -> None:
    """Rosters and acknowledgements, and all short names."""
    for name, roster in document.rosters.items():
        _check_roster(roster, ("rosters", name), report)
    rule = document.acknowledgement
    if rule.remind_holder >= rule.expires:
        asked = (
            "remind_holder"
            if report.locator.has(("acknowledgement", "remind_holder"))
            else "expires"
        )
        report.error(
            ("acknowledgement", asked), "the reminder would come before the acknowledgement"
        )
    _check_shorts(document, report)


def _check_roster(roster: RosterEntry, path: Path, report: Report) -> None:
    bases = [
        key for key in ("rotation", "standing", "schedule_from") if getattr(roster, key) is not None
    ]
    if not bases and report.locator.whole(path):
        report.error(path, "nobody is on duty in this roster", f"add {_BASES}", key=True)
    for base in bases[1:]:
        report.error(
            (*path, base),
            f"stands beside {bases[0]}",
            f"a roster has only one of {_BASES}",
            key=True,
        )
    if roster.rotation is not None and roster.rotation.shift < SHORTEST_SHIFT:
        shift = show_duration(roster.rotation.shift)
        hint = f"at least {show_duration(SHORTEST_SHIFT)}, e.g. 8h"
        report.error((*path, "rotation", "shift"), f"nobody relieves another every {shift}", hint)
    if roster.carrier is not None and roster.level is None and report.locator.whole(path):
        hint = "write level: leader, province, district or commune"
        report.error(path, "a carrier's roster without level", hint, key=True)
    for number, swap in enumerate(roster.overrides):
        if swap.until <= swap.from_:
            report.error((*path, "overrides", number, "until"), "ends before it begins")


def _check_shorts(document: Document, report: Report) -> None:
    for number, site in enumerate(document.sites):
        _check_short(site.short, SITE_SHORT, ("sites", number, "short"), report)
    for name, carrier in document.carriers.items():
        _check_short(carrier.short, CARRIER_SHORT, ("carriers", name, "short"), report)
    for number, conference in enumerate(document.conferences):
        path: Path = ("conferences", number, "short")
        _check_short(conference.short, CONFERENCE_SHORT, path, report)


def _check_short(short: str | None, limit: int, path: Path, report: Report) -> None:
    if short is None:
        return
    if len(short) > limit:
        hint = f"at most {limit}, for SMS"
        report.error(path, f"{short!r} has {len(short)} characters", hint)
    strange = unsendable(short)
    if strange:
        hint = "write it unaccented, without %#&[]{}\\<@^~|€"
        report.error(path, f"{' '.join(strange)} cannot be sent by SMS", hint)
