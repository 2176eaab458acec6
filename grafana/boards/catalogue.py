"""All boards, by the names of their files."""

from collections.abc import Mapping
from pathlib import Path

from grafana.boards import carrier, conference, daemon, link, site, wall

DASHBOARDS = Path(__file__).parents[1] / "dashboards"


def texts() -> Mapping[str, str]:
    """File name -> JSON."""
    modules = (wall, conference, carrier, site, link, daemon)
    boards = [module.board() for module in modules]
    return {f"{board.uid}.json": board.text() for board in boards}
