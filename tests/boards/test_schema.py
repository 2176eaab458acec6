"""The boards fit Grafana's dashboard schema, as far as it can be had without Grafana."""

import copy
from typing import Any

import pytest
from grafana_foundation_sdk.models.dashboard import Dashboard

from support.boards import boards
from support.schema import faults, known


@pytest.mark.parametrize("uid", boards())
def test_a_board_is_all_that_the_schema_knows_and_of_its_types(uid: str) -> None:
    board = boards()[uid]
    model, again = known(board)
    assert again == board, "a key that the schema does not know"
    assert list(faults(model, Dashboard, uid)) == []


def broken(path: list[str | int], value: object) -> dict[str, Any]:
    """The wall with one value that is wrong."""
    board = copy.deepcopy(boards()["linkwatch-wall"])
    at: Any = board
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return board


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["panels", 0, "gridPos", "w"], "4"),
        (["panels", 0, "options", "colorMode"], "ground"),
        (["panels", 0, "fieldConfig", "defaults", "color", "mode"], "threshold"),
        (["panels", 6, "options", "perPage"], "ten"),
        (["panels", 6, "targets", 0, "format"], "series"),
        (["panels", 7, "transformations", 0, "id"], 3),
    ],
)
def test_a_wrong_value_is_found(path: list[str | int], value: object) -> None:
    model, _ = known(broken(path, value))
    assert len(list(faults(model, Dashboard, "wall"))) == 1


@pytest.mark.parametrize("path", [["pannels"], ["panels", 0, "optoins"], ["panels", 0, "hight"]])
def test_an_unknown_key_is_found(path: list[str | int]) -> None:
    board = broken(path, 1)
    assert known(board)[1] != board
