"""What reading a configuration came to, for whoever need not know how it is read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from linkwatch.config.problem import Problem
from linkwatch.config.settings import Config

BAD_CONFIG = 2
"""Exit code of whoever cannot use a configuration."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`config` is None exactly where `problems` holds an error."""

    config: Config | None
    problems: tuple[Problem, ...]


@contextmanager
def no_collection() -> Iterator[None]:
    """Parsing makes millions of objects and no garbage: the collector would take half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
