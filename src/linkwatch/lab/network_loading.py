"""A network's script from its file, or every problem with its place."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from yaml.nodes import MappingNode

from linkwatch.config.explain import explain
from linkwatch.config.locate import Locator
from linkwatch.config.nodes import compose
from linkwatch.config.plain import key_problems, to_plain
from linkwatch.config.problem import Problem
from linkwatch.config.report import Report
from linkwatch.config.source import read_text
from linkwatch.lab.network_checks import check
from linkwatch.lab.network_model import Script
from linkwatch.lab.network_script import ScriptSection, known_keys, nanoseconds


@dataclass(frozen=True, slots=True)
class LoadedScript:
    """What reading came to; `script` is None exactly where there are problems."""

    script: Script | None
    problems: tuple[Problem, ...] = ()


def load_script(path: Path) -> LoadedScript:
    """Read and check a script."""
    text = read_text(path)
    return LoadedScript(None, (text,)) if isinstance(text, Problem) else parse_script(text, path)


def parse_script(text: str, path: Path) -> LoadedScript:
    """The script in a text; `path` is what problems call it."""
    root, problems = compose(text, str(path))
    if problems:
        return LoadedScript(None, problems)
    if not isinstance(root, MappingNode):
        hint = "write addresses: {10.99.0.1: {delay: 20ms}}"
        return LoadedScript(None, (Problem(str(path), 1, 1, "", "is no script", hint),))
    twice = tuple(key_problems(root))
    return LoadedScript(None, twice) if twice else _understood(root)


def _understood(root: MappingNode) -> LoadedScript:
    report = Report(Locator(root))
    try:
        section = ScriptSection.model_validate(to_plain(root))
    except ValidationError as error:
        found = explain(error.errors(include_url=False), report.locator, known_keys)
        return LoadedScript(None, tuple(sorted(found)))
    networks = check(section, report)
    if report.problems:
        return LoadedScript(None, tuple(sorted(report.problems)))
    return LoadedScript(
        Script(
            seed=section.seed,
            duration=None if section.duration is None else nanoseconds(section.duration),
            courses={network: entry.course(network.version) for network, entry in networks.items()},
        )
    )
