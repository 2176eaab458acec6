"""Warnings: channels whose daily test would reach nobody."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from linkwatch.config.report import Report
from linkwatch.config.schema.channels import Log
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.people import RosterEntry
from linkwatch.config.unused import SERVED_CHANNELS
from linkwatch.model.people import Turn

if TYPE_CHECKING:
    from linkwatch.config.locate import Path


def lint_daily_test(
    document: Document, schedules: Mapping[str, Sequence[Turn]], report: Report
) -> None:
    """Each channel that somebody has is one of the operators', too."""
    name = document.operators.roster
    roster = document.rosters.get(name) if name is not None else None
    places: list[Path] = [("contacts",), ("operators",), ("rosters", name or "")]
    if roster is None or document.operators.daily_test is None:
        return
    if not all(report.locator.whole(place) for place in places):
        return
    known = document.contacts
    theirs = {
        channel
        for who in _members(roster, schedules.get(name or "", ()))
        if who in known
        for channel in known[who].channels
    }
    used = {channel for contact in known.values() for channel in contact.channels}
    for channel, entry in document.channels.items():
        tested = entry.type in SERVED_CHANNELS and not isinstance(entry, Log)
        if tested and channel in used - theirs and report.locator.whole(("channels", channel)):
            report.warning(
                ("channels", channel),
                "its daily test reaches nobody: none of the operators has it",
                f"give it to somebody in the roster {name}, or set operators.daily_test: never",
                key=True,
            )


def _members(roster: RosterEntry, schedule: Sequence[Turn]) -> set[str]:
    named = {turn.contact for turn in schedule} | {swap.contact for swap in roster.overrides}
    named |= set(roster.rotation.members) if roster.rotation is not None else set()
    return {*named, *((roster.standing,) if roster.standing is not None else ())}
