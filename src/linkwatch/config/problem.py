"""One thing wrong with a configuration, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Gravity(StrEnum):
    """An error stops the daemon from starting; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`file:line:col: path: message (hint)`; line and column count from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    gravity: Gravity = Gravity.ERROR

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        path = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {path}{self.message}{hint}"
