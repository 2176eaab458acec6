"""What pings say of where a fault lies: read `scenarios.txt`."""

from pathlib import Path

import pytest

from support.ways import Told, told

SCENARIOS = told((Path(__file__).parent / "scenarios.txt").read_text("utf-8"))


@pytest.mark.parametrize("told", SCENARIOS, ids=lambda one: one.title)
def test_what_is_said_is_what_stands_there(told: Told) -> None:
    assert told.outcome == told.lines["->"]


def test_there_are_many_and_each_is_another() -> None:
    assert len({one.title for one in SCENARIOS}) == len(SCENARIOS) >= 40
