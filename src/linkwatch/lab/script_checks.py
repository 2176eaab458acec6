"""Checks that scripts of all kinds share."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from linkwatch.config.report import Report
from linkwatch.config.units import show_duration

if TYPE_CHECKING:
    from linkwatch.config.locate import Path


def check_one_of(given: Mapping[str, object], path: "Path", report: Report) -> None:
    """Exactly one of these must be there."""
    if all(value is None for value in given.values()):
        report.error(path, f"one of {', '.join(given)} is due")
    check_at_most_one(given, path, report)


def check_at_most_one(given: Mapping[str, object], path: "Path", report: Report) -> None:
    """Two of these contradict each other."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        report.error(path, f"{' and '.join(names)} exclude each other", "keep one")


def check_order(times: Sequence[float], path: "Path", report: Report) -> None:
    """The times (s) of the changes at `path` must rise, from after the start on."""
    for number, (before, at) in enumerate(pairwise([0.0, *times])):
        if at <= before:
            message = f"is not after {show_duration(before)}"
            hint = "write changes in order, after the start"
            report.error((*path, number, "at"), message, hint)
