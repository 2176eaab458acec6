"""A configuration file as text, or the one problem that keeps it from being read."""

import re
from pathlib import Path

from linkwatch.config.problem import Problem

MAX_BYTES = 64 * 1024 * 1024
"""Some 130,000 links; what is larger is another file by mistake."""

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_text(path: Path) -> str | Problem:
    """The file's text without byte order mark; UTF-8 only."""
    try:
        if path.is_dir():
            return _problem(path, "is a directory, not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return _problem(path, "the file does not exist")
    except OSError as error:
        return _problem(path, f"the file cannot be read: {error.strerror or 'input/output error'}")
    except ValueError:
        return _problem(path, "is not a file name")
    if len(content) > MAX_BYTES:
        return _problem(path, f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return _decoded(path, content)


def _decoded(path: Path, content: bytes) -> str | Problem:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace").removeprefix("\ufeff")
        return _problem(path, "the file is not UTF-8 text here", "save it as UTF-8", before)
    strange = _NOT_TEXT.search(text)
    if strange is not None:
        code = f"U+{ord(strange[0]):04X}"
        return _problem(
            path, f"a control character ({code}) stands here", "remove it", text[: strange.start()]
        )
    return text


def _problem(path: Path, message: str, hint: str = "", before: str = "") -> Problem:
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Problem(str(path), line, column, "", message, hint)
