"""The Prometheus text format 0.0.4, written from rows: a province's links are too many objects.

The text is what prometheus_client's `generate_latest` would write, to the byte.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from prometheus_client.utils import floatToGoString

ROWS_PER_CHUNK = 500
"""So many rows are rendered in one go; whoever iterates may let others run in between."""

_MILLION = 1_000_000
_LIBRARYS: Callable[[float], str] = floatToGoString

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Family(Generic[Row]):
    """One metric family: `lines` gives a row's samples, each ended by a line feed, or nothing."""

    name: str
    kind: str
    help: str
    lines: Callable[[Row], str]

    def render(self, rows: Sequence[Row]) -> Iterator[bytes]:
        """The family's text, in chunks of bounded work."""
        yield f"# HELP {self.name} {_help(self.help)}\n# TYPE {self.name} {self.kind}\n".encode()
        left = iter(rows)
        while chunk := list(islice(left, ROWS_PER_CHUNK)):
            yield "".join(map(self.lines, chunk)).encode()


def number(value: float | None) -> str:
    """A sample's value as the library writes it; NaN where it is not known, to tell it from 0."""
    if value is None:
        return "NaN"
    # The library's way, which switches to exponents at a million, costs three times as much.
    return repr(float(value)) if -_MILLION < value < _MILLION else _LIBRARYS(value)


def same_for_all(lines: Iterable[str]) -> Callable[[str], str]:
    """Samples that differ in one place only, `%s`, from row to row; makes them of a row's name."""
    lines = tuple(lines)
    whole, places = "".join(lines), len(lines)
    return lambda name: whole % ((name,) * places)


def label(text: str) -> str:
    """A label's value between its quotes."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")
