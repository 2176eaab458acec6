"""A page of results, as Markdown for people and as JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class UsageError(Exception):
    """The command cannot do what it was asked for; the message is one line."""


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first column is words, the others are mostly figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self) -> list[str]:
        """As Markdown."""
        return [_line(self.head), "|---" * len(self.head) + "|", *map(_line, self.rows)]


@dataclass(frozen=True)
class Section:
    """One heading with what belongs below it; `records` are the same results for programs."""

    title: str
    words: Sequence[str] = ()
    tables: Sequence[Table] = ()
    records: Sequence[Mapping[str, object]] = ()

    def lines(self) -> list[str]:
        """As Markdown."""
        lines = ["", f"## {self.title}"]
        lines += [line for word in self.words for line in ("", word)]
        return lines + [line for table in self.tables for line in ("", *table.lines())]


@dataclass
class Page:
    """The whole of it; sections are added as they are measured."""

    title: str
    made: Mapping[str, str]
    """What whoever reads the figures has to know of how they were made."""
    sections: list[Section] = field(default_factory=list)

    def markdown(self) -> str:
        """For people."""
        lines = [f"# {self.title}", ""]
        lines += [f"- {name}: {value}" for name, value in self.made.items()]
        for section in self.sections:
            lines += section.lines()
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """For programs."""
        sections = {section.title: section.records for section in self.sections}
        document = {"title": self.title, "made": self.made, "sections": sections}
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def deliver(self, output: Path | None, *, as_json: bool) -> None:
        """Markdown to the file, if there is one; JSON, or else the Markdown, to standard output.

        What cannot be written to the file is not lost: it is printed.
        """
        written = False
        if output is not None:
            try:
                output.write_text(self.markdown(), encoding="utf-8")
                written = True
            except OSError as error:
                say(f"{output}: {error.strerror}")
        if as_json:
            sys.stdout.write(self.json())
        elif not written:
            sys.stdout.write(self.markdown())


def say(line: str) -> None:
    """How far it is, on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
