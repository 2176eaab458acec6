"""What Grafana's schema cannot say: places, names, links, words, and what a wall's screen holds."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from grafana_foundation_sdk.models import units

from support.boards import annotations, boards, queries, variables

UIDS = {
    *("linkwatch-wall", "linkwatch-conference", "linkwatch-carrier", "linkwatch-site"),
    *("linkwatch-link", "linkwatch-itself"),
}
UNITS = {value for value in vars(units).values() if isinstance(value, str)}
TRANSFORMATIONS = {"joinByField", "filterFieldsByName", "organize"}
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
SCREEN = 1080
"""px of the wall's height."""
CELL, GAP = 30, 8
"""px of a row of Grafana's grid, and between two."""
AROUND = 56 + 2 * 16
"""px that kiosk mode leaves to the row of variables and to the edges."""
LINK = re.compile(r"^/d/(?P<uid>[a-z-]+)\?(?P<rest>.*)$")
KEPT = "${__url_time_range}&${datasource:queryparam}"
WHOLE = pytest.mark.parametrize("board", boards().values(), ids=list(boards()))


def links(node: object) -> Iterator[dict[str, Any]]:
    """Every link from data, wherever it hangs."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "links":
                yield from value
            elif key == "properties":
                yield from chain(*(one["value"] for one in value if one["id"] == "links"))
            yield from links(value)
    elif isinstance(node, list):
        for value in node:
            yield from links(value)


def choices(uid: str) -> set[str]:
    """What can be chosen on a board."""
    return {variable.name for variable in variables(boards()[uid])}


def is_vietnamese(text: str) -> bool:
    """Whether it has a letter that English lacks."""
    return any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", text)) or "đ" in text


def test_every_board_is_there_under_its_lasting_name() -> None:
    assert set(boards()) == UIDS


@WHOLE
def test_panels_have_ids_of_their_own_and_fill_the_width_without_overlap(
    board: dict[str, Any],
) -> None:
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = Counter(
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    height = 1 + max(y for _, y in cells)
    assert cells == Counter((x, y) for x in range(24) for y in range(height))


@WHOLE
def test_each_heading_is_there_once_and_in_both_languages(board: dict[str, Any]) -> None:
    titles = [panel["title"] for panel in board["panels"]]
    assert len(set(titles)) == len(titles)
    for panel in board["panels"]:
        assert panel["title"].count(" / ") == 1, panel["title"]
        vietnamese, english = panel["description"].split("\n\n")
        assert is_vietnamese(vietnamese), vietnamese
        assert not is_vietnamese(english), english


@WHOLE
def test_every_panel_has_a_unit_that_grafana_knows(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        config = panel["fieldConfig"]
        given = [config["defaults"]["unit"]]
        for override in config["overrides"] or []:
            given += [p["value"] for p in override["properties"] if p["id"] == "unit"]
        assert set(given) <= UNITS, panel["title"]


@WHOLE
def test_all_is_asked_of_the_data_source_that_was_chosen(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        assert panel["datasource"] == PROMETHEUS
        refs = [target["refId"] for target in panel["targets"]]
        assert refs == [chr(ord("A") + n) for n in range(len(refs))]
        assert all(target["datasource"] == PROMETHEUS for target in panel["targets"])
    asked = [one for one in board["templating"]["list"] if one["type"] == "query"]
    marks = board["annotations"]["list"]
    assert all(one["datasource"] == PROMETHEUS for one in [*asked, *marks])


@WHOLE
def test_transformations_are_few_and_known(board: dict[str, Any]) -> None:
    used = {step["id"] for panel in board["panels"] for step in panel.get("transformations") or []}
    assert used <= TRANSFORMATIONS


@WHOLE
def test_variables_are_declared_before_they_are_used(board: dict[str, Any]) -> None:
    known = {"datasource", "__rate_interval", "__interval", "__range"}
    for variable in variables(board):
        assert set(re.findall(r"\$([A-Za-z_]\w*)", variable.expression)) <= known
        known.add(variable.name)
    for query in [*queries(board), *annotations(board)]:
        assert set(re.findall(r"\$([A-Za-z_]\w*)", query.expression)) <= known, query.key


@WHOLE
def test_a_link_leads_to_a_board_and_keeps_time_and_source(board: dict[str, Any]) -> None:
    for one in links(board["panels"]):
        found = LINK.match(one["url"])
        assert found, one["url"]
        assert found["uid"] in UIDS
        assert found["rest"].startswith(KEPT)
        given = re.findall(r"var-(\w+)=", found["rest"])
        kept = re.findall(r"\$\{(\w+):queryparam\}", found["rest"])
        shared = {v.name for v in variables(board)} & choices(found["uid"])
        assert set(kept) == {"datasource"} | (shared - set(given))
        assert set(given) <= choices(found["uid"])
    [navigation] = board["links"]
    assert (navigation["keepTime"], navigation["includeVars"]) == (True, True)
    assert navigation["tags"] == board["tags"] == ["linkwatch"]


def test_choices_lead_from_carrier_to_level_to_site_to_link() -> None:
    chain_of_choices = [variable.name for variable in variables(boards()["linkwatch-link"])]
    assert chain_of_choices == ["carrier", "level", "site", "link"]
    *_, last = variables(boards()["linkwatch-link"])
    assert [f'{name}=~"${name}"' in last.expression for name in chain_of_choices[:3]] == [True] * 3


def test_the_wall_fits_one_screen() -> None:
    rows = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in boards()["linkwatch-wall"]["panels"])
    assert rows * (CELL + GAP) - GAP + AROUND <= SCREEN


@WHOLE
def test_states_differ_in_colour_and_in_word(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        options = [
            mapping["options"]
            for mapping in panel["fieldConfig"]["defaults"].get("mappings") or []
            if mapping["type"] == "value"
        ]
        for mapped in options:
            shown = {(one["text"], one["color"]) for one in mapped.values()}
            assert len({text for text, _ in shown}) == len({colour for _, colour in shown})
            assert len(shown) == len(mapped), panel["title"]
