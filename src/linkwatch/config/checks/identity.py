"""Ids that two entries share."""

from typing import TYPE_CHECKING

from linkwatch.config.badvalue import quoted
from linkwatch.config.patterns import ALL, Pattern, find
from linkwatch.config.plain import Plain
from linkwatch.config.report import Report

if TYPE_CHECKING:
    from linkwatch.config.locate import Path

_UNIQUE: tuple[tuple[Pattern, str], ...] = (
    (("sites", ALL, "id"), "site"),
    (("sites", ALL, "routers", ALL, "id"), "router"),
    (("sites", ALL, "links", ALL, "id"), "link"),
    (("conferences", ALL, "id"), "conference"),
    (("directives", ALL, "id"), "directive"),
)


def check_identity(plain: Plain, report: Report) -> None:
    """No two entries of a kind have one id. Sections keyed by id are seen to as repeated keys."""
    for pattern, noun in _UNIQUE:
        first: dict[str, Path] = {}
        for path, value in find(plain, pattern):
            if not isinstance(value, str):
                continue
            if value in first:
                hint = f"the first is at {report.place(first[value])}"
                report.error(path, f"a second {noun} with the id {quoted(value)}", hint)
            else:
                first[value] = path
