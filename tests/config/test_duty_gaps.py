"""Rosters that run out within a week of a given time are warned of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkwatch.config import Gravity, load

BASE = Path(__file__).parent / "mistakes/base/base.yaml"
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def gaps(folder: Path, roster: str, at: datetime | None = MONDAY) -> list[str]:
    path = folder / "x.yaml"
    path.write_text(f"include: [{BASE}]\nrosters:\n  r: {roster}\n", encoding="utf-8")
    (folder / "r.csv").write_text(
        "from,until,contact\n2026-03-01,2026-03-04,duty-a\n2026-03-05T12:00,2026-04-30,duty-b\n",
        encoding="utf-8",
    )
    loaded = load(path, at)
    assert loaded.config is not None, loaded.problems
    assert all(problem.gravity is Gravity.WARNING for problem in loaded.problems)
    return [str(problem).removeprefix(f"{path}:3:3: rosters.r: ") for problem in loaded.problems]


@pytest.mark.parametrize(
    ("roster", "message"),
    [
        (
            '{rotation: {start: "2026-03-03T07:00", shift: 12h, members: [duty-a]}}',
            "nobody is on duty from 2026-03-02 07:00 to 2026-03-03 07:00",
        ),
        (
            '{rotation: {start: "2027-03-03T07:00", shift: 12h, members: [duty-a]}}',
            "nobody is on duty from 2026-03-02 07:00 to 2026-03-09 07:00",
        ),
        ("{schedule_from: r.csv}", "nobody is on duty from 2026-03-05 00:00 to 2026-03-05 12:00"),
    ],
)
def test_the_first_gap_is_told(tmp_path: Path, roster: str, message: str) -> None:
    assert gaps(tmp_path, roster) == [message]


@pytest.mark.parametrize(
    "roster",
    [
        "{standing: duty-a}",
        '{rotation: {start: "2021-05-10T07:00", shift: 12h, members: [duty-a]}}',
        "{schedule_from: r.csv, overrides: "
        '[{contact: duty-a, from: "2026-03-04T20:00", until: "2026-03-05T13:00"}]}',
    ],
)
def test_no_gap_no_word(tmp_path: Path, roster: str) -> None:
    assert gaps(tmp_path, roster) == []


def test_without_a_time_nothing_is_said_of_times_to_come(tmp_path: Path) -> None:
    assert gaps(tmp_path, "{schedule_from: r.csv}", at=None) == []


def test_a_schedule_that_has_ended_leaves_the_whole_week(tmp_path: Path) -> None:
    late = datetime(2026, 4, 29, 0, 0, tzinfo=UTC)
    (message,) = gaps(tmp_path, "{schedule_from: r.csv}", at=late)
    assert message == "nobody is on duty from 2026-05-01 00:00 to 2026-05-06 07:00"
