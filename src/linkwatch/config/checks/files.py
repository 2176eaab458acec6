"""Files that a configuration names beside those it includes: duty schedules and calendars."""

from dataclasses import dataclass, field
from pathlib import Path

from linkwatch.config.checks.references import Noun, declared
from linkwatch.config.patterns import ALL, find
from linkwatch.config.plain import Plain
from linkwatch.config.report import Report
from linkwatch.config.schedule import ScheduleReader
from linkwatch.config.schema.document import Document
from linkwatch.model.people import Turn


@dataclass
class Beside:
    """The schedules by roster, and the files they were read from."""

    schedules: dict[str, tuple[Turn, ...]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)


def read_beside(document: Document, plain: Plain, report: Report) -> Beside:
    """Read all schedules, see that all calendars exist. Names are relative to the naming file."""
    beside = Beside()
    reader = ScheduleReader(document.timezone, declared(plain, Noun.CONTACT) or {})
    for path, name in find(plain, ("rosters", ALL, "schedule_from")):
        if not isinstance(name, str) or not name:
            continue
        file = Path(report.locator.spot(path).file).parent / name
        if not file.is_file():
            report.error(path, f"there is no file {str(file)!r}")
            continue
        turns = reader.read(file)
        beside.files.append(file)
        if turns is not None:
            beside.schedules[str(path[1])] = turns
    report.problems.extend(reader.problems)
    for path, name in find(plain, ("conferences_from", ALL)):
        if isinstance(name, str) and name:
            file = Path(report.locator.spot(path).file).parent / name
            if not file.is_file():
                report.error(path, f"there is no file {str(file)!r}")
    return beside
