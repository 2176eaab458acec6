"""Templates: words with holes. No expressions, no code: what fills a hole is never read again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkwatch.model.words import Clause, Template

_SECTION = re.compile(r"\[([a-z_]+(?:\.[a-z_]+)?)\]")
_FIELD = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"\{\{|\}\}|\{[a-z_]+\}|[{}]")
_ATTACHED = (",", ".", ";", ":", ")")
"""A clause that begins so is put on without a blank."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template file, and where; line and column count from 1."""

    line: int
    column: int
    message: str
    hint: str = ""


def parse(text: str) -> tuple[dict[str, Template], list[Fault]]:
    """The sections of a template file, and what is wrong with it.

    A line `[event]` or `[event.kind]` begins a section. Below it every line is a clause, one that
    begins with `|` an alternative to the one above; an empty line starts a new line of the message;
    `#` begins a comment.
    """
    sections: dict[str, list[Clause]] = {}
    starts: dict[str, int] = {}
    faults: list[Fault] = []
    name, fresh = "", False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        header = _SECTION.fullmatch(line)
        if header is not None:
            name, fresh = header[1], False
            if name in sections:
                faults.append(Fault(number, 1, f"the section [{name}] stands here twice"))
            sections[name], starts[name] = [], number
        elif not line:
            fresh = bool(name and sections[name])
        elif line.startswith("#"):
            continue
        elif not name:
            faults.append(Fault(number, 1, "words before the first section", "begin with [opened]"))
        elif line.startswith("|") and not sections[name]:
            faults.append(Fault(number, 1, "an alternative to nothing", "begin without |"))
        else:
            sections[name].append(_clause(raw, number, fresh, faults))
            fresh = False
    for empty in [name for name, clauses in sections.items() if not clauses]:
        faults.append(Fault(starts[empty], 1, f"the section [{empty}] is empty"))
        del sections[empty]
    return {name: Template(tuple(c), starts[name]) for name, c in sections.items()}, faults


def render(template: Template, values: Mapping[str, str]) -> str:
    """The message: its lines, each with the clauses that have all they need."""
    lines: list[list[str]] = [[]]
    for group in groups(template):
        if group[0].starts_line:
            lines.append([])
        lines[-1] += _first_that_can(group, values)
    return "\n".join(joined(line) for line in lines if line)


def render_short(template: Template, values: Mapping[str, str], limit: int) -> str:
    """One line of at most `limit` characters: clauses are left out from the end, never cut.

    Longer only where the first clause alone is.
    """
    clauses = [words for group in groups(template) for words in _first_that_can(group, values)]
    while len(clauses) > 1 and len(joined(clauses)) > limit:
        clauses.pop()
    return joined(clauses)


def groups(template: Template) -> Sequence[Sequence[Clause]]:
    """The clauses, each with its alternatives."""
    found: list[list[Clause]] = []
    for clause in template.clauses:
        if not clause.otherwise:
            found.append([])
        found[-1].append(clause)
    return found


def fill(clause: Clause, values: Mapping[str, str]) -> str | None:
    """The clause with its holes filled; None where one stays empty."""
    parts = [clause.words[0]]
    for field, words in zip(clause.fields, clause.words[1:], strict=True):
        value = values.get(field, "")
        if not value:
            return None
        parts += (value, words)
    return "".join(parts)


def joined(clauses: Iterable[str]) -> str:
    """Clauses as one line."""
    line = ""
    for clause in clauses:
        apart = line and not clause.startswith(_ATTACHED)
        line += f" {clause}" if apart else clause
    return line


def _first_that_can(group: Sequence[Clause], values: Mapping[str, str]) -> list[str]:
    """The first of some alternatives that has all it needs; none where no one has."""
    return [words for clause in group if (words := fill(clause, values)) is not None][:1]


def _clause(raw: str, number: int, starts_line: bool, faults: list[Fault]) -> Clause:
    otherwise = raw.lstrip().startswith("|")
    body = raw.replace("|", " ", 1) if otherwise else raw
    words, fields, at = [""], list[str](), len(body) - len(body.lstrip())
    for brace in _BRACE.finditer(body):
        words[-1] += body[at : brace.start()]
        at = brace.end()
        field = _FIELD.fullmatch(brace[0])
        if field is not None:
            fields.append(field[1])
            words.append("")
        elif len(brace[0]) == 2:
            words[-1] += brace[0][0]
        else:
            hint = "write {field}; for the brace itself write it twice"
            faults.append(Fault(number, brace.start() + 1, f"a lone {brace[0]}", hint))
    words[-1] += body[at:].rstrip()
    return Clause(tuple(words), tuple(fields), number, otherwise, starts_line)
