"""All that the boards ask, asked at one moment for each choice people can make at their heads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkwatch.model.ids import ConferenceId, SiteId
from linkwatch.model.inventory import Inventory
from support.boards import Query, Variable, annotations, boards, filled, queries, variables
from support.prometheus import Prometheus, Series

SPAN, STEP = 60.0, 5.0
"""s that graphs show, and from one point of them to the next."""
ALL = {"carrier": ".*", "level": ".*", "site": ".*"}


@dataclass(frozen=True)
class Choice:
    """What is chosen at a board's head, and the links and sites that it leaves."""

    values: Mapping[str, str]
    links: frozenset[str]
    sites: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """A query with a choice, and its answer."""

    query: Query
    choice: Choice
    series: Sequence[Series]


@dataclass(frozen=True)
class Answers:
    """All of a moment; `at` (s since the epoch)."""

    at: float
    asked: Sequence[Asked]


def ask_everything(prometheus: Prometheus, inventory: Inventory, at: float) -> Answers:
    """Every query of every board, with every choice that its board has."""
    found = [
        Asked(query, choice, answer(prometheus, query, choice.values, at))
        for board in boards().values()
        for choice in choices(board, inventory)
        for query in (*queries(board), *annotations(board))
    ]
    return Answers(at, found)


def answer(
    prometheus: Prometheus, query: Query, values: Mapping[str, str], at: float
) -> Sequence[Series]:
    """One answer."""
    expression = filled(query.expression, values)
    if query.is_range:
        return prometheus.over_time(expression, at - SPAN, at, STEP)
    return prometheus.now(expression, at)


def offered(
    prometheus: Prometheus, variable: Variable, values: Mapping[str, str], at: float
) -> list[tuple[str, str]]:
    """What a variable offers, as values and texts, by the rules of Grafana's."""
    found = prometheus.now(filled(variable.expression, values), at)
    if variable.label is not None:
        return [(one.labels[variable.label], one.labels[variable.label]) for one in found]
    assert variable.choices is not None
    shown = [variable.choices.search(_as_result(one)) for one in found]
    return [(one["value"], one["text"]) for one in shown if one is not None]


def choices(board: dict[str, Any], inventory: Inventory) -> Iterator[Choice]:
    """Each that its one-valued variable can take; else all, then each carrier by itself."""
    links = frozenset(map(str, inventory.links))
    sites = frozenset(map(str, inventory.sites))
    names = [variable.name for variable in variables(board) if variable.all_value is None]
    if not names:
        yield Choice(ALL, links, sites)
    if "conference" in names:
        yield from map(lambda one: _conference(inventory, one), inventory.conferences)
    elif "link" in names:
        for link in inventory.links.values():
            chosen = {**ALL, "link": str(link.id)}
            yield Choice(chosen, frozenset({str(link.id)}), frozenset({str(link.site)}))
    elif "site" in names:
        yield from map(lambda one: _site(inventory, one), inventory.sites)


def _conference(inventory: Inventory, id_: ConferenceId) -> Choice:
    parts = inventory.conferences[id_].sites
    links = {
        str(link.id)
        for part in parts
        for link in inventory.links.values()
        if link.site == part.site and (not part.use or link.id in part.use)
    }
    sites = frozenset(str(part.site) for part in parts)
    return Choice({"conference": str(id_)}, frozenset(links), sites)


def _site(inventory: Inventory, id_: SiteId) -> Choice:
    links = frozenset(str(link.id) for link in inventory.links.values() if link.site == id_)
    return Choice({**ALL, "site": str(id_)}, links, frozenset({str(id_)}))


def _as_result(series: Series) -> str:
    labels = {k: v for k, v in sorted(series.labels.items()) if k != "__name__"}
    shown = ",".join(f'{name}="{value}"' for name, value in labels.items())
    value = series.samples[-1][1]
    return f"{series.labels.get('__name__', '')}{{{shown}}} {value:g} {series.samples[-1][0]:.0f}"


def legend_labels(query: Query) -> set[str]:
    """The labels that a legend shows."""
    return set(re.findall(r"\{\{(\w+)\}\}", query.legend))
