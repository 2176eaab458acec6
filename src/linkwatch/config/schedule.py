"""Duty schedules in CSV files: `from,until,contact`, one turn a line."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from linkwatch.config.badvalue import BadValueError, quoted
from linkwatch.config.localtime import parse_end, parse_start
from linkwatch.config.problem import Problem
from linkwatch.config.source import read_text
from linkwatch.config.suggest import did_you_mean
from linkwatch.model.ids import ContactId
from linkwatch.model.moment import Span
from linkwatch.model.people import Turn

HEADER = ("from", "until", "contact")
_HEADER_HINT = "the first line is from,until,contact"


class ScheduleReader:
    """Reads schedules in one time zone for known contacts; `problems` holds what was wrong."""

    def __init__(self, zone: ZoneInfo, contacts: Mapping[str, None]) -> None:
        self._zone = zone
        self._contacts = contacts
        self.problems: list[Problem] = []

    def read(self, file: Path) -> tuple[Turn, ...] | None:
        """The turns in the file's order; None: the file could not be read at all."""
        text = read_text(file)
        if isinstance(text, Problem):
            self.problems.append(text)
            return None
        return tuple(self._turns(file, text))

    def _turns(self, file: Path, text: str) -> Iterator[Turn]:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(rows, [])
            if tuple(name.strip() for name in header) != HEADER:
                self._add(file, 1, "not a duty schedule", _HEADER_HINT)
                return
            for row in rows:
                turn = self._turn(file, rows.line_num, row) if row else None
                if turn is not None:
                    yield turn
        except csv.Error:
            self._add(file, rows.line_num, "is not valid CSV here", "is a quote not closed?")

    def _turn(self, file: Path, line: int, row: list[str]) -> Turn | None:
        if len(row) != len(HEADER):
            self._add(file, line, f"{len(HEADER)} columns are due, not {len(row)}", _HEADER_HINT)
            return None
        begin, end, contact = (cell.strip() for cell in row)
        if contact not in self._contacts:
            hint = did_you_mean(contact, self._contacts)
            self._add(file, line, f"{quoted(contact)} is not a contact", hint)
            return None
        try:
            span = Span(parse_start(begin, self._zone), parse_end(end, self._zone))
        except BadValueError as error:
            self._add(file, line, error.message, error.hint)
            return None
        if span.start is not None and span.end is not None and span.end <= span.start:
            self._add(file, line, "ends before it begins")
            return None
        return Turn(ContactId(contact), span)

    def _add(self, file: Path, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(str(file), line, 1, "", message, hint))
