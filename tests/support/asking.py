"""All that the boards ask, asked at one moment for each choice people can make at their heads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from linkwatch.model.conference import Conference
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Link
from support.boards import Query, Variable, annotations, boards, filled, queries, variables
from support.prometheus import Prometheus, Series

SPAN, STEP = 60.0, 5.0
"""s that graphs show, and from one point of them to the next."""
ALL = {"carrier": ".*", "level": ".*", "site": ".*"}


@dataclass(frozen=True)
class Choice:
    """What is chosen at a board's head, and the links that it leaves."""

    values: Mapping[str, str]
    links: tuple[Link, ...]

    @property
    def link_ids(self) -> set[str]:
        """Theirs."""
        return {str(link.id) for link in self.links}

    @property
    def sites(self) -> set[str]:
        """Where they end."""
        return {str(link.site) for link in self.links}

    @property
    def carriers(self) -> set[str]:
        """Whose they are."""
        return {str(link.carrier) for link in self.links}


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
    """Each that its one-valued variable can take; else all, and some of each variable's."""
    single = [variable.name for variable in variables(board) if variable.all_value is None]
    several = [variable.name for variable in variables(board) if variable.all_value is not None]
    if "conference" in single:
        yield from map(partial(_conference, inventory), inventory.conferences.values())
    elif "link" in single:
        yield from (_some(inventory, link=str(link)) for link in inventory.links)
    elif "site" in single:
        yield from (_some(inventory, site=str(site)) for site in inventory.sites)
    else:
        yield _some(inventory)
        if several:
            yield from (_some(inventory, carrier=str(carrier)) for carrier in inventory.carriers)
            yield from (_some(inventory, level=level) for level in ("province", "commune"))
            yield _some(inventory, site="chu-se")


def _some(inventory: Inventory, **chosen: str) -> Choice:
    """Those with these values, as the labels of `link_info` have them."""
    found = [
        link
        for link in inventory.links.values()
        if chosen.items()
        <= {
            "link": str(link.id),
            "site": str(link.site),
            "carrier": str(link.carrier),
            "level": str(inventory.sites[link.site].level),
        }.items()
    ]
    return Choice({**ALL, **chosen}, tuple(found))


def _conference(inventory: Inventory, conference: Conference) -> Choice:
    uses = {part.site: part.use for part in conference.sites}
    links = (link for link in inventory.links.values() if link.site in uses)
    used = tuple(x for x in links if not uses[x.site] or x.id in uses[x.site])
    return Choice({"conference": str(conference.id)}, used)


def _as_result(series: Series) -> str:
    labels = {k: v for k, v in sorted(series.labels.items()) if k != "__name__"}
    shown = ",".join(f'{name}="{value}"' for name, value in labels.items())
    value = series.samples[-1][1]
    return f"{series.labels.get('__name__', '')}{{{shown}}} {value:g} {series.samples[-1][0]:.0f}"


def legend_labels(query: Query) -> set[str]:
    """The labels that a legend shows."""
    return set(re.findall(r"\{\{(\w+)\}\}", query.legend))
