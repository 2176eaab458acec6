"""grafana/dashboards is what `python -m grafana.boards` writes."""

from grafana.boards.catalogue import texts
from support.boards import DASHBOARDS


def test_the_committed_boards_are_up_to_date() -> None:
    written = dict(texts())
    there = {path.name: path.read_text("utf-8") for path in DASHBOARDS.glob("*.json")}
    assert sorted(there) == sorted(written)
    for name, text in written.items():
        assert there[name] == text, f"{name} is out of date: python -m grafana.boards"
