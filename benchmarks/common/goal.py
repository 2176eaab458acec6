"""What linkwatch is to reach: a gate that must be met, and a moonshot beyond it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.common.page import Section, Table


class Verdict(StrEnum):
    """How a measured value stands to its goal."""

    MOONSHOT = "moonshot"
    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Goal:
    """`measured` is to be `gate` at most, or at least, and better still `moonshot`.

    Measured None: there was nothing to measure. Gate None: only the moonshot is set, and what is
    worse than it has missed it. `place` tells apart where the same was measured.
    """

    what: str
    measured: float | None
    gate: float | None
    unit: str = ""
    moonshot: float | None = None
    at_least: bool = False
    place: str = ""

    @property
    def verdict(self) -> Verdict:
        """How it stands."""
        if self.measured is None:
            return Verdict.NOT_MEASURED
        if self.moonshot is not None and self._reaches(self.measured, self.moonshot):
            return Verdict.MOONSHOT
        if self.gate is not None and self._reaches(self.measured, self.gate):
            return Verdict.MET
        return Verdict.MISSED

    def _reaches(self, measured: float, mark: float) -> bool:
        return measured >= mark if self.at_least else measured <= mark

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "what": self.what,
            "place": self.place,
            "measured": self.measured,
            "unit": self.unit,
            "gate": self.gate,
            "moonshot": self.moonshot,
            "at_least": self.at_least,
            "verdict": self.verdict.value,
        }


def verdicts(goals: Sequence[Goal]) -> Section:
    """All goals, each with what was measured in its places and how that stands."""
    by_what: dict[str, dict[str, Goal]] = {}
    for goal in goals:
        by_what.setdefault(goal.what, {})[goal.place] = goal
    by_places: dict[tuple[str, ...], list[dict[str, Goal]]] = {}
    for placed in by_what.values():
        by_places.setdefault(tuple(placed), []).append(placed)
    return Section(
        "Goals",
        tables=[_table(places, rows) for places, rows in by_places.items()],
        records=[goal.record() for goal in goals],
    )


def _table(places: Sequence[str], rows: Iterable[dict[str, Goal]]) -> Table:
    return Table(("goal", "gate", "moonshot", *places), [_row(placed) for placed in rows])


def _row(placed: dict[str, Goal]) -> tuple[str, ...]:
    goal = next(iter(placed.values()))
    what = f"{goal.what}, {goal.unit}" if goal.unit else goal.what
    marks = (_mark(goal, goal.gate), _mark(goal, goal.moonshot))
    return (what, *marks, *(_cell(goal) for goal in placed.values()))


def _cell(goal: Goal) -> str:
    verdict = goal.verdict.value
    if goal.verdict in (Verdict.MISSED, Verdict.NOT_MEASURED):
        verdict = f"**{verdict}**"
    return verdict if goal.measured is None else f"{figure(goal.measured)} {verdict}"


def _mark(goal: Goal, mark: float | None) -> str:
    return "" if mark is None else f"{'≥' if goal.at_least else '≤'} {figure(mark)}"


def figure(value: float) -> str:
    """To four digits, or whole."""
    whole = abs(value) >= 1000 or value == int(value)
    return f"{value:,.0f}" if whole else f"{value:.4g}"
