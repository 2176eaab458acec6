"""What provisions Grafana fits Prometheus' configuration and the boards."""

import re
from pathlib import Path
from typing import Any

import yaml

from support.boards import DASHBOARDS, boards, queries

ROOT = DASHBOARDS.parents[1]
README = (ROOT / "grafana" / "README.md").read_text("utf-8")


def provisioned(kind: str) -> Any:
    """The one file of this kind."""
    return yaml.safe_load((ROOT / "grafana" / "provisioning" / kind / "linkwatch.yaml").read_text())


def scraped() -> dict[str, Any]:
    """The job of Prometheus that reads linkwatch."""
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8"))
    [job] = config["scrape_configs"]
    assert isinstance(job, dict)
    return job


def test_the_source_knows_how_often_prometheus_scrapes() -> None:
    [source] = provisioned("datasources")["datasources"]
    assert source["type"] == "prometheus"
    assert source["jsonData"]["timeInterval"] == scraped()["scrape_interval"]


def test_the_boards_ask_for_the_job_of_that_name() -> None:
    asked = {
        job
        for board in boards().values()
        for query in queries(board)
        for job in re.findall(r'job="([^"]*)"', query.expression)
    }
    assert asked == {scraped()["job_name"]}


def test_the_boards_are_looked_for_where_the_page_puts_them() -> None:
    [provider] = provisioned("dashboards")["providers"]
    assert f"install -d {provider['options']['path']}\n" in README


def test_the_page_names_every_board_and_the_schemas_version() -> None:
    assert set(re.findall(r"`(linkwatch-\w+)` \|", README)) == set(boards())
    [version] = {board["schemaVersion"] for board in boards().values()}
    assert f"version {version} of it" in README


def test_every_file_that_the_page_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (Path(ROOT, "grafana") / target).exists(), target
