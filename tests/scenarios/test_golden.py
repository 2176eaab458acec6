"""Scenarios as text: what the line does above the ruler, what people hear of it below.

`PYTHONPATH=src:tests python -m support.script tests/scenarios/golden/*.txt` rewrites what is below.
"""

import re
from pathlib import Path

import pytest

from support.script import RULER, play

HERE = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_told_is_what_stands_there(path: Path) -> None:
    script, ruler, expected = path.read_text("utf-8").partition(RULER)
    assert script.startswith("# ")
    assert ruler
    assert play(script) == expected


def test_a_line_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="not understood: dances"):
        play("start 2021-05-14 02:00:00\n60 s: dances\n")


def _shown_by() -> list[str]:
    """Everything the tables name."""
    rows = [
        line.split("|")[2]
        for line in (HERE / "COMPLAINTS.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and "Shown by" not in line
    ]
    return [name.strip() for row in rows for name in row.split(",")]


def test_every_scenario_answers_a_complaint_or_keeps_a_promise() -> None:
    named = {name for name in _shown_by() if not name.startswith("`")}
    assert named == {path.stem for path in SCRIPTS}


def test_every_test_that_the_tables_name_exists() -> None:
    named = [name.strip("`") for name in _shown_by() if name.startswith("`")]
    assert named
    for place in named:
        path, _, test = place.partition("::")
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.M), place
