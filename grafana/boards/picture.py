"""A board's layout as a picture: where which panel stands. No screenshot: it shows no data."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

COLUMN, ROW, GAP = 50, 26, 4
"""px of a cell of the grid, and between two panels."""
HEAD = 34
COLUMNS = 24
STYLE = (
    "text{font-family:sans-serif;fill:#24292f}"
    ".h{font-size:16px;font-weight:bold}.t{font-size:12px;font-weight:bold}"
    ".e{font-size:11px}.k{font-size:10px;fill:#57606a}rect{fill:#f6f8fa;stroke:#8c959f}"
)


def drawn(text: str) -> str:
    """The SVG of a board, given as its JSON."""
    board = json.loads(text)
    rows = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in board["panels"])
    width, height = COLUMNS * COLUMN, HEAD + rows * ROW
    title = escape(f"Bố cục / Layout: {board['title']}")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<text class="h" x="{GAP}" y="22">{title}</text>',
        *(line for panel in board["panels"] for line in _panel(panel)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _panel(panel: dict[str, Any]) -> Iterator[str]:
    place = panel["gridPos"]
    x, y = place["x"] * COLUMN, HEAD + place["y"] * ROW
    width, height = place["w"] * COLUMN - GAP, place["h"] * ROW - GAP
    vietnamese, _, english = panel["title"].partition(" / ")
    # Nested, so that a long heading ends at its panel's edge.
    yield f'<svg x="{x}" y="{y}" width="{width}" height="{height}">'
    yield f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="3"/>'
    for offset, kind, words in (
        (18, "t", vietnamese),
        (34, "e", english),
        (50, "k", panel["type"]),
    ):
        yield f'<text class="{kind}" x="8" y="{offset}">{escape(words)}</text>'
    yield "</svg>"
