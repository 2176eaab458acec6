"""Tables and JSON on standard output; foreign text in them moves no cursor."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from linkwatch.message.inert import printable

Cell = str | Text
NOTHING = "-"

_WIDE = 1000
"""Columns where standard output is a pipe or a file: a row is a line there."""

_RAW_CONTROLS = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def show(*parts: Table | Text | str) -> None:
    """Print tables and lines; colours on a terminal only."""
    console = Console(highlight=False, markup=False, emoji=False)
    lines = [printable(part) if isinstance(part, str) else part for part in parts]
    if console.is_terminal:
        console.print(*lines, sep="\n")
        return
    console.width = _WIDE
    with console.capture() as captured:
        console.print(*lines, sep="\n")
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """A table without lines; figures are not wrapped."""
    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, header_style="dim", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(printable(c)) if isinstance(c, str) else c for c in row))
    return grid


def show_json(value: object) -> None:
    """Print JSON that is also safe to look at."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    typer.echo(_RAW_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def minute(at: str | None) -> str:
    """A time of the API to the minute, without its offset."""
    return at[:16].replace("T", " ") if at else NOTHING


def percent(ratio: float | None, decimals: int = 1) -> str:
    """A ratio as percent, cut and not rounded: what lies below a limit never shows as at it."""
    if ratio is None:
        return NOTHING
    scale = 10**decimals
    # Nine digits take back what binary fractions add: 0.29 is 29 %.
    return f"{int(round(ratio * 100 * scale, 9)) / scale:.{decimals}f} %"


def milliseconds(seconds: float | None) -> str:
    """A duration in ms, cut and not rounded."""
    if seconds is None:
        return NOTHING
    decimals = 1 if seconds >= 0.01 else 2
    scale = 10**decimals
    return f"{int(round(seconds * 1000 * scale, 9)) / scale:.{decimals}f} ms"


def megabits(bits: float | None, none: str = NOTHING) -> str:
    """A rate in Mbit/s, cut and not rounded."""
    if bits is None:
        return none
    return f"{int(bits / 10_000) / 100:g} Mbit/s"


def moment(text: str | None, today: str) -> str:
    """An RFC 3339 time as local time of day, with the date where that is not `today`'s."""
    if text is None:
        return NOTHING
    at, now = datetime.fromisoformat(text), datetime.fromisoformat(today)
    return at.strftime("%H:%M:%S" if at.date() == now.date() else "%Y-%m-%d %H:%M")
