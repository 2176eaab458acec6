"""Files that a configuration names beside those it includes: schedules, calendars, authorities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from linkwatch.config.checks.references import Noun, declared
from linkwatch.config.locate import Path
from linkwatch.config.patterns import ALL, Pattern, find
from linkwatch.config.plain import Plain
from linkwatch.config.report import Report
from linkwatch.config.schedule import ScheduleReader
from linkwatch.config.schema.document import Document
from linkwatch.config.wording import OwnWords, read_words
from linkwatch.model.people import Turn


@dataclass
class Beside:
    """Schedules by roster, authorities by channel, own words, and the files all were read from."""

    schedules: dict[str, tuple[Turn, ...]] = field(default_factory=dict)
    files: list[FilePath] = field(default_factory=list)
    authorities: dict[str, FilePath] = field(default_factory=dict)
    words: OwnWords = field(default_factory=OwnWords)


def read_beside(document: Document, plain: Plain, report: Report) -> Beside:
    """Read all schedules, see that the others exist. Names are relative to the naming file."""
    beside = Beside()
    reader = ScheduleReader(document.timezone, declared(plain, Noun.CONTACT) or {})
    for path, file in _named(plain, ("rosters", ALL, "schedule_from"), report):
        if not _must_be_there(file, path, report):
            continue
        turns = reader.read(file)
        beside.files.append(file)
        if turns is not None:
            beside.schedules[str(path[1])] = turns
    report.problems.extend(reader.problems)
    for path, file in _named(plain, ("conferences_from", ALL), report):
        _must_be_there(file, path, report)
    for path, file in _named(plain, ("channels", ALL, "ca"), report):
        if _must_be_there(file, path, report):
            beside.authorities[str(path[1])] = file
    for path, directory in _named(plain, ("templates",), report):
        if directory.is_dir():
            beside.words = read_words(directory)
            beside.files += beside.words.files
            report.problems.extend(beside.words.problems)
        else:
            report.error(path, f"there is no directory {str(directory)!r}")
    return beside


def _named(plain: Plain, pattern: Pattern, report: Report) -> Iterator[tuple[Path, FilePath]]:
    """The files that are named where `pattern` fits."""
    for path, name in find(plain, pattern):
        if isinstance(name, str) and name:
            yield path, FilePath(report.locator.spot(path).file).parent / name


def _must_be_there(file: FilePath, path: Path, report: Report) -> bool:
    is_there = file.is_file()
    if not is_there:
        report.error(path, f"there is no file {str(file)!r}")
    return is_there
