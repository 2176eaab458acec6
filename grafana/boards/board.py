"""Panels in rows on the 24 columns of Grafana's grid, with a board's head: a whole board."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders.dashboard import Dashboard, TimePicker
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    GridPos,
    Panel,
    VariableModel,
)

from grafana.boards.annotations import marks
from grafana.boards.variables import datasource
from grafana.boards.ways import TAG, navigation, resolved
from grafana.boards.words import Words

WIDTH = 24


@dataclass(frozen=True)
class Stack:
    """Panels below each other in one place of a row: each with its height."""

    width: int
    panels: Sequence[tuple[int, Builder[Panel]]]


@dataclass(frozen=True)
class Board:
    """`rows` from top to bottom, each of stacks from left to right that are equally high."""

    uid: str
    title: Words
    about: Words
    variables: Sequence[Builder[VariableModel]]
    rows: Sequence[Sequence[Stack]]
    since: str = "now-6h"
    refresh: str = "30s"

    def text(self) -> str:
        """Its JSON, as Grafana imports and provisions it."""
        made = (
            Dashboard(f"linkwatch · {self.title.title}")
            .uid(self.uid)
            .description(self.about.text)
            .tags([TAG])
            .editable()
            .tooltip(DashboardCursorSync.CROSSHAIR)
            .time(self.since, "now")
            .refresh(self.refresh)
            .timepicker(TimePicker().refresh_intervals(["5s", "10s", "30s", "1m", "5m"]))
            .variables([datasource(), *self.variables])
            .annotations(list(marks()))
            .link(navigation())
            .build()
        )
        made.panels = list(self._placed())
        tree = json.loads(json.dumps(made, cls=JSONEncoder))
        for way in tree["links"]:
            del way["placement"]  # the SDK would hide the other boards in a menu
        return resolved(json.dumps(tree, indent=2, ensure_ascii=False), self.uid) + "\n"

    def _placed(self) -> Sequence[Panel]:
        placed: list[Panel] = []
        y = 0
        for row in self.rows:
            x = 0
            for stack in row:
                top = y
                for height, builder in stack.panels:
                    panel = builder.build()
                    panel.id_val = len(placed) + 1
                    panel.grid_pos = GridPos(h=height, w=stack.width, x=x, y=top)
                    placed.append(panel)
                    top += height
                x += stack.width
            y = top
        return placed


def one(width: int, height: int, panel: Builder[Panel]) -> Stack:
    """A panel that has its place alone."""
    return Stack(width, [(height, panel)])
