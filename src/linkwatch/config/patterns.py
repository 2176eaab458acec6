"""Paths with wildcards through plain values."""

from collections.abc import Iterator
from enum import Enum
from typing import Final, TypeAlias

from linkwatch.config.locate import Path, Step
from linkwatch.config.plain import Plain


class Wildcard(Enum):
    """Stands for every key of a mapping and every item of a list."""

    ALL = "*"


ALL: Final = Wildcard.ALL
Pattern: TypeAlias = tuple[Step | Wildcard, ...]


def find(value: Plain, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """Every value whose path fits, in the files' order."""
    if not pattern:
        yield path, value
        return
    first, rest = pattern[0], pattern[1:]
    for step, below in _children(value, first):
        yield from find(below, rest, (*path, step))


def _children(value: Plain, step: Step | Wildcard) -> Iterator[tuple[Step, Plain]]:
    if isinstance(value, dict):
        if step is ALL:
            yield from value.items()
        elif isinstance(step, str) and step in value:
            yield step, value[step]
    elif isinstance(value, list):
        if step is ALL:
            yield from enumerate(value)
        elif isinstance(step, int) and step < len(value):
            yield step, value[step]
