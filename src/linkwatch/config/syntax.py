"""The YAML parser's complaints in words for the administrator."""

import yaml

from linkwatch.config.problem import Problem

_WORDS: dict[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no key can be",
        "is the indentation right, or does the text before it need quotes?",
    ),
    "block sequence entries are not allowed in this context": (
        "a list item ('- ') stands where none can be",
        "begin it on a line of its own",
    ),
    "found unexpected end of stream": ("a quoted text does not end", "add the closing quote"),
    "did not find expected ',' or ']'": (
        "the list in brackets is not closed or a comma is missing",
        "write [a, b]",
    ),
    "did not find expected ',' or '}'": (
        "the mapping in braces is not closed or a comma is missing",
        "write {key: value, key: value}",
    ),
    "did not find expected key": (
        "no key begins here",
        "is the indentation that of the lines above, and every quote closed?",
    ),
    "did not find expected '-' indicator": (
        "no list item begins here",
        "every item of the list begins with '- ' in the same column",
    ),
    "could not find expected ':'": ("a key without ':'", "write key: value"),
    "did not find expected node content": ("a value is missing here", ""),
    "did not find expected <document start>": (
        "the document has ended before this",
        "is there a closing bracket too many?",
    ),
    "found unknown escape character": (
        "an unknown escape in a text in double quotes",
        "write \\\\ for a backslash, or use single quotes",
    ),
}


def explain_syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """One problem with its place. Never repeats the text: it may hold a secret."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return Problem(file, 1, 1, "", "is not valid YAML")
    line, column = mark.line + 1, mark.column + 1
    message, hint = _explain(error.problem or "", _line(text, mark.line), column)
    begin = error.context_mark
    if begin is not None and mark.line != begin.line and "quoted" in (error.context or ""):
        line, column = begin.line + 1, begin.column + 1
    return Problem(file, line, column, "", message, hint)


def _explain(problem: str, line: str, column: int) -> tuple[str, str]:
    at = line[column - 1 : column]
    if "\t" in line[:column] and not line[: column - 1].strip():
        return "a tab stands in the indentation", "use blanks"
    if problem == "found character that cannot start any token":
        return f"a value cannot begin with {at!r}", "put the text in quotes"
    return _WORDS.get(problem, ("is not valid YAML here", problem))


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number] if number < len(lines) else ""
