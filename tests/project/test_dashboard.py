"""grafana/linkwatch.json asks only for metrics that the daemon offers."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from linkwatch.config import load
from linkwatch.model.moment import Moment
from linkwatch.web.metrics import MetricsObserver

ROOT = Path(__file__).parents[2]


class StillClock:
    """A clock that always tells the same moment."""

    def now(self) -> Moment:
        """Noon."""
        return Moment(0.0, datetime(2021, 5, 15, 5, 0, tzinfo=UTC))

    async def sleep_until(self, monotonic: float) -> None:
        """At once."""


def offered() -> dict[str, set[str]]:
    """Series name -> the labels seen on it, for the sample province."""
    config = load(ROOT / "config" / "sites.yaml").config
    assert config
    observer = MetricsObserver(StillClock())
    observer.set_inventory(config.inventory)
    series: dict[str, set[str]] = {}
    for line in b"".join(observer.exposition()).decode().splitlines():
        if found := re.match(r"(linkwatch_\w+)(?:\{(.*)\})? ", line):
            series.setdefault(found[1], set()).update(re.findall(r'(\w+)="', found[2] or ""))
    return series


def test_every_query_names_series_and_labels_that_exist() -> None:
    board = json.loads((ROOT / "grafana" / "linkwatch.json").read_text(encoding="utf-8"))
    series = offered()
    for panel in board["panels"]:
        for target in panel["targets"]:
            asked = re.findall(r"linkwatch_\w+", target["expr"])
            assert asked, panel["title"]
            assert set(asked) <= set(series), panel["title"]
            legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert legend <= set().union(*(series[name] for name in asked)), panel["title"]


def test_panels_do_not_overlap() -> None:
    board = json.loads((ROOT / "grafana" / "linkwatch.json").read_text(encoding="utf-8"))
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in board["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
