"""grafana/dashboards and grafana/layout are what `python -m grafana.boards` writes."""

from grafana.boards.catalogue import DASHBOARDS, LAYOUT, files


def test_what_is_committed_is_up_to_date() -> None:
    written = dict(files())
    there = {
        path: path.read_text("utf-8")
        for folder in (DASHBOARDS, LAYOUT)
        for path in folder.iterdir()
    }
    assert sorted(there) == sorted(written)
    for path, text in written.items():
        assert there[path] == text, f"{path.name} is out of date: python -m grafana.boards"
