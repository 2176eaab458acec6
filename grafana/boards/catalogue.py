"""All boards, and what is written of each."""

from collections.abc import Mapping
from pathlib import Path

from grafana.boards import carrier, conference, daemon, link, site, wall
from grafana.boards.picture import drawn

ROOT = Path(__file__).parents[1]
DASHBOARDS, LAYOUT = ROOT / "dashboards", ROOT / "layout"


def files() -> Mapping[Path, str]:
    """Where it is written -> what: the boards for Grafana, their layout for the documents."""
    boards = [module.board() for module in (wall, conference, carrier, site, link, daemon)]
    texts = {board.uid: board.text() for board in boards}
    return {
        **{DASHBOARDS / f"{uid}.json": text for uid, text in texts.items()},
        **{LAYOUT / f"{uid}.svg": drawn(text) for uid, text in texts.items()},
    }
