"""The operators' own templates: a directory of text files, read and checked by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linkwatch.config.badvalue import quoted
from linkwatch.config.problem import Problem
from linkwatch.config.source import read_text
from linkwatch.config.suggest import did_you_mean
from linkwatch.message.gsm import unsendable
from linkwatch.message.sections import always, fields, names
from linkwatch.message.template import groups, parse
from linkwatch.message.wording import TEXTS
from linkwatch.model.words import Clause, Form, Language, Template

FILES = {f"{form}.{language}.txt": (form, language) for form, language in TEXTS}
"""The files a directory of templates may hold."""
SUFFIX = ".txt"
_LISTED = "docs/messages.md lists the fields"


@dataclass
class OwnWords:
    """The sections of all files, the files themselves, and what is wrong with them."""

    sections: dict[tuple[Language, Form, str], Template] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def file(self, form: Form, language: Language) -> Path:
        """The file that holds the sections of a form and language."""
        return next(file for file in self.files if FILES[file.name] == (form, language))


def read_words(directory: Path) -> OwnWords:
    """Every template file of a directory, as far as it makes sense."""
    own = OwnWords()
    try:
        files = sorted(file for file in directory.iterdir() if file.suffix == SUFFIX)
    except OSError as error:
        why = error.strerror or "input/output error"
        own.problems.append(Problem(str(directory), 1, 1, "", f"cannot be read: {why}"))
        return own
    for file in files:
        if file.name not in FILES:
            hint = did_you_mean(file.name, dict.fromkeys(FILES)) or "docs/messages.md lists them"
            own.problems.append(
                Problem(str(file), 1, 1, "", f"{quoted(file.name)} is no template file", hint)
            )
            continue
        text = read_text(file)
        if isinstance(text, Problem):
            own.problems.append(text)
            continue
        own.files.append(file)
        _read(own, file, text)
    return own


def _read(own: OwnWords, file: Path, text: str) -> None:
    form, language = FILES[file.name]
    sections, faults = parse(text)
    own.problems += [Problem(str(file), f.line, f.column, "", f.message, f.hint) for f in faults]
    lines = text.splitlines()
    for name, template in sections.items():
        found = list(_Section(file, lines, form, name, template).problems())
        own.problems += found
        if not found:
            own.sections[language, form, name] = template


@dataclass(frozen=True)
class _Section:
    """One section of a file, to be looked over."""

    file: Path
    lines: list[str]
    form: Form
    name: str
    template: Template

    def problems(self) -> Iterator[Problem]:
        """All that is wrong with it."""
        known = dict.fromkeys(names(self.form))
        if self.name not in known:
            hint = did_you_mean(self.name, known)
            yield self._problem(self.template.line, 1, f"there is no section [{self.name}]", hint)
            return
        unknown = [p for clause in self.template.clauses for p in self._fields(clause)]
        yield from unknown
        if self.form is Form.SMS:
            for clause in self.template.clauses:
                yield from self._letters(clause)
        if not unknown:
            yield from self._beginning()

    def _fields(self, clause: Clause) -> Iterator[Problem]:
        known = fields(self.form, self.name)
        for name in clause.fields:
            if name not in known:
                column = self.lines[clause.line - 1].index(f"{{{name}}}") + 1
                hint = did_you_mean(name, dict.fromkeys(sorted(known))) or _LISTED
                yield self._problem(clause.line, column, f"{{{name}}} is no field here", hint)

    def _letters(self, clause: Clause) -> Iterator[Problem]:
        for letter in unsendable("".join(clause.words)):
            column = self.lines[clause.line - 1].index(letter) + 1
            message = f"{quoted(letter)} may not stand in a short message"
            hint = "GSM letters without marks, and none of %#&[]{}\\<@^~|€"
            yield self._problem(clause.line, column, message, hint)

    def _beginning(self) -> Iterator[Problem]:
        """Something must always be shown, and it must say what the message is about."""
        first = groups(self.template)[0]
        certain = always(self.name)
        if not any(set(clause.fields) <= certain for clause in first):
            lacking = next(n for n in first[-1].fields if n not in certain)
            hint = "add an alternative below it that does without: | ..."
            message = f"the beginning is left out where {{{lacking}}} is empty"
            yield self._problem(first[-1].line, 1, message, hint)

    def _problem(self, line: int, column: int, message: str, hint: str = "") -> Problem:
        return Problem(str(self.file), line, column, f"[{self.name}]", message, hint)
