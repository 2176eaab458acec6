"""The committed boards as a test reads them: their panels, queries, variables and annotations."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DASHBOARDS = Path(__file__).parents[2] / "grafana" / "dashboards"
MACROS = {"__rate_interval": "15s", "__interval": "1s", "__range": "2m"}
QUERY_RESULT = re.compile(r"query_result\((.*)\)", re.DOTALL)
LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)", re.DOTALL)


@dataclass(frozen=True)
class Query:
    """What Grafana asks Prometheus for one panel or mark. `key`: board, English title, ref."""

    key: tuple[str, str, str]
    expression: str
    is_range: bool
    legend: str


@dataclass(frozen=True)
class Variable:
    """A variable of a board: how its choices are found, and what "all" stands for, if it may."""

    name: str
    expression: str
    choices: re.Pattern[str] | None
    label: str | None
    all_value: str | None


def boards() -> Mapping[str, dict[str, Any]]:
    """uid -> the board."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(DASHBOARDS.glob("*.json"))]
    return {board["uid"]: board for board in found}


def english(title: str) -> str:
    """The English part of a heading."""
    return title.rpartition(" / ")[2]


def queries(board: dict[str, Any]) -> Iterator[Query]:
    """All of its panels' queries."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            key = (board["uid"], english(panel["title"]), target["refId"])
            yield Query(
                key, target["expr"], bool(target.get("range")), target.get("legendFormat", "")
            )


def annotations(board: dict[str, Any]) -> Iterator[Query]:
    """All of its marks."""
    for mark in board["annotations"]["list"]:
        key = (board["uid"], english(mark["name"]), "annotation")
        yield Query(key, mark["expr"], is_range=True, legend=mark["titleFormat"])


def variables(board: dict[str, Any]) -> Iterator[Variable]:
    """Those that are asked of Prometheus."""
    for one in board["templating"]["list"]:
        if one["type"] != "query":
            continue
        asked, regex = one["query"], one.get("regex", "").strip("/")
        plain = LABEL_VALUES.fullmatch(asked)
        result = QUERY_RESULT.fullmatch(asked)
        match = plain or result
        assert match is not None, asked
        yield Variable(
            one["name"],
            match[1],
            re.compile(regex.replace("(?<", "(?P<")) if result else None,
            plain[2] if plain else None,
            one.get("allValue"),
        )


def filled(expression: str, values: Mapping[str, str]) -> str:
    """With macros and variables in their places, as Grafana puts them."""
    known = {**MACROS, **values}
    # `$1` is label_replace's own: Grafana leaves what is no variable of the board.
    return re.sub(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", lambda v: known[v[1] or v[2]], expression)
