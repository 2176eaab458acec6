"""However the values of a valid file are garbled, it is read or refused with places: no crash."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.config import Gravity, load

HERE = Path(__file__).parent
Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | None"
FULL: Tree = yaml.load(
    (HERE / "every-key.yaml").read_text(encoding="utf-8").replace(": null", ': ""'),
    Loader=yaml.BaseLoader,  # noqa: S506 makes texts, lists and mappings only
)
SCRAPS: list[Tree] = [None, "", "x", "0", "5s", "chu-se", [], {}, ["x"], {"x": "y"}, [[]], [None]]


def places(tree: Tree) -> Iterator[tuple[dict[str, Tree] | list[Tree], str | int]]:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree or ())
    for step, below in steps if isinstance(tree, dict | list) else ():
        assert isinstance(tree, dict | list)
        yield tree, step
        yield from places(below)


@st.composite
def garbled(draw: st.DrawFn) -> str:
    tree = copy.deepcopy(FULL)
    for _ in range(draw(st.integers(1, 5))):
        holder, step = draw(st.sampled_from(list(places(tree))))
        scrap = copy.deepcopy(draw(st.sampled_from(SCRAPS)))
        act = draw(st.sampled_from(["drop", "replace", "add"]))
        if isinstance(holder, dict):
            if act == "drop":
                del holder[str(step)]
            else:
                holder[str(step) if act == "replace" else "extra"] = scrap
        elif act == "drop":
            del holder[int(step)]
        elif act == "replace":
            holder[int(step)] = scrap
        else:
            holder.insert(int(step), scrap)
    return yaml.safe_dump(tree, allow_unicode=True).replace(": ''\n", ": null\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("garbled")
    for name in ("every-key.csv", "every-key.ics", "every-key.pem"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    return folder


@settings(max_examples=40, deadline=None)
@given(text=garbled())
def test_a_garbled_file_is_read_or_refused(folder: Path, text: str) -> None:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = load(path)
    errors = [problem for problem in loaded.problems if problem.gravity is Gravity.ERROR]
    assert (loaded.config is None) == bool(errors)
    for problem in loaded.problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.column >= 1
        assert problem.message not in {"", "is not valid"}
