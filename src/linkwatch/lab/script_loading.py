"""A script from its file, or every problem with its place: what all kinds of scripts share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError
from yaml.nodes import MappingNode

from linkwatch.config.editor import keys_at
from linkwatch.config.explain import explain
from linkwatch.config.locate import Locator
from linkwatch.config.nodes import compose
from linkwatch.config.plain import key_problems, to_plain
from linkwatch.config.problem import Problem
from linkwatch.config.report import Report
from linkwatch.config.schema.base import Section
from linkwatch.config.source import read_text

Written = TypeVar("Written", bound=Section)
Meant = TypeVar("Meant")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Meant]):
    """What reading came to; `script` is None exactly where there are problems."""

    script: Meant | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind(Generic[Written, Meant]):
    """A kind of script: its schema, how one begins, and what a right one means.

    `understand` puts into the report whatever the schema of single values cannot see; what it
    returns then is thrown away.
    """

    schema: type[Written]
    example: str
    understand: Callable[[Written, Report], Meant]

    def load(self, path: Path) -> Loaded[Meant]:
        """Read and check a script."""
        text = read_text(path)
        return Loaded(None, (text,)) if isinstance(text, Problem) else self.parse(text, path)

    def parse(self, text: str, path: Path) -> Loaded[Meant]:
        """The script in a text; `path` is what problems call it."""
        root, problems = compose(text, str(path))
        if problems:
            return Loaded(None, problems)
        if not isinstance(root, MappingNode):
            hint = f"write {self.example}"
            return Loaded(None, (Problem(str(path), 1, 1, "", "is no script", hint),))
        twice = tuple(key_problems(root))
        return Loaded(None, twice) if twice else self._understood(root)

    def _understood(self, root: MappingNode) -> Loaded[Meant]:
        report = Report(Locator(root))
        try:
            section = self.schema.model_validate(to_plain(root))
        except ValidationError as error:
            known = partial(keys_at, self.schema.model_json_schema())
            found = explain(error.errors(include_url=False), report.locator, known)
            return Loaded(None, tuple(sorted(found)))
        script = self.understand(section, report)
        if report.problems:
            return Loaded(None, tuple(sorted(report.problems)))
        return Loaded(script)
