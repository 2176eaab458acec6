"""Every mistake has a file and the exact messages it gives."""

from pathlib import Path

import pytest

from linkwatch.config import Gravity, load

MISTAKES = Path(__file__).parent / "mistakes"
NAMES = sorted(file.stem for file in MISTAKES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_gives_exactly_its_messages(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES)
    loaded = load(Path(f"{name}.yaml"))
    told = "".join(f"{problem.gravity}: {problem}\n" for problem in loaded.problems)
    assert told == Path(f"{name}.txt").read_text(encoding="utf-8")
    has_error = any(problem.gravity is Gravity.ERROR for problem in loaded.problems)
    assert (loaded.config is None) == has_error


def test_every_expectation_belongs_to_a_file() -> None:
    assert {file.stem for file in MISTAKES.glob("*.txt")} == set(NAMES)


def test_the_base_of_the_mistakes_is_faultless() -> None:
    assert load(MISTAKES / "base/base.yaml").problems == ()


def test_errors_come_sorted_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES)
    problems = load(Path("many-at-once.yaml")).problems
    places = [(problem.file, problem.line, problem.column) for problem in problems]
    assert places == sorted(places)
    assert len(places) >= 10
