"""Prometheus' text and OpenMetrics, written from rows: a province's links are too many objects.

The text is what prometheus_client's `generate_latest` would write, to the byte.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.utils import floatToGoString

KEPT = 4096
"""So many values are kept in words, of those that come again and again."""

_EOF = b"# EOF\n"
_MILLION = 1_000_000
_LIBRARYS: Callable[[float], str] = floatToGoString
_OPENMETRICS: Callable[[CollectorRegistry], bytes] = openmetrics.generate_latest

Batch = TypeVar("Batch")
Row = TypeVar("Row")


class Format(Enum):
    """What /metrics is written in, by its content type. Exemplars are OpenMetrics' alone."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    @property
    def end(self) -> bytes:
        """What comes after the last family."""
        return _EOF if self is Format.OPENMETRICS else b""

    def of(self, registry: CollectorRegistry) -> bytes:
        """The families that the library keeps, without the end."""
        if self is Format.TEXT:
            return generate_latest(registry)
        return _OPENMETRICS(registry).removesuffix(_EOF)


@dataclass(frozen=True, slots=True)
class Family(Generic[Batch]):
    """One metric family: `lines` gives the samples of a batch of rows, each with its line feed."""

    name: str
    kind: str
    help: str
    lines: Callable[[Batch], Iterable[str]]

    def render(self, batches: Iterable[Batch], written_in: Format = Format.TEXT) -> Iterator[bytes]:
        """The family's text, a chunk for each batch."""
        # In OpenMetrics a counter's family has the name before `_total`.
        name = self.name.removesuffix("_total") if written_in is Format.OPENMETRICS else self.name
        yield f"# HELP {name} {_help(self.help)}\n# TYPE {name} {self.kind}\n".encode()
        for batch in batches:
            yield "".join(self.lines(batch)).encode()


def in_parts(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows, at most `size` at a time."""
    return (rows[at : at + size] for at in range(0, len(rows), size))


def number(value: float | None) -> str:
    """A sample's value as the library writes it; NaN where it is not known, to tell it from 0."""
    if value is None:
        return "NaN"
    # The library's way, which switches to exponents at a million, costs three times as much.
    return repr(float(value)) if -_MILLION < value < _MILLION else _LIBRARYS(value)


repeated = lru_cache(KEPT)(number)
"""`number` for counts, which come again and again."""


def same_for_all(lines: Iterable[str]) -> Callable[[str], str]:
    """Samples that differ in one place only, `%s`, from row to row; makes them of a row's name."""
    between = "".join(lines).split("%s")
    return lambda name: name.join(between)


def label(text: str) -> str:
    """A label's value between its quotes."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")
