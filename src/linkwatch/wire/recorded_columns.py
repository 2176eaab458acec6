"""Columns of numbers in a recording: little-endian, one after the other."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from linkwatch.wire.recorded_checks import SenselessError

Row = tuple[int, tuple[int, ...]]
"""What stands in each column at one place, and the number of that."""


def column_bytes(column: "array[int]") -> bytes:
    """As it lies in a recording; the column is given away."""
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def some(
    keep: set[int] | None, columns: "Sequence[array[int]]", counts: Sequence[int]
) -> tuple[Iterator[Row], Sequence[int]]:
    """The rows whose first number is to be kept (None: all), and how many each turn has of them."""
    if keep is None:
        return enumerate(zip(*columns, strict=True)), counts
    found = [number for number, link in enumerate(columns[0]) if link in keep]
    ends = list(accumulate(counts))
    left = [0] * len(counts)
    for number in found:
        left[bisect_right(ends, number)] += 1
    return ((n, tuple(column[n] for column in columns)) for n in found), left


class Columns:
    """Reads one column after the other; SenselessError where there is less than is asked for."""

    def __init__(self, body: bytes, begin: int) -> None:
        self._body = memoryview(body)
        self._at = begin

    def take(self, kinds: Sequence[str], length: int) -> "list[array[int]]":
        """So many columns of the same length, by `array`'s type codes."""
        return [self._column(kind, length) for kind in kinds]

    def rest(self, size: int) -> bytes:
        """What follows the columns, which must be of that size."""
        if self._at + size != len(self._body):
            raise SenselessError("another length than it says")
        return bytes(self._body[self._at :])

    def _column(self, kind: str, length: int) -> "array[int]":
        column: array[int] = array(kind)
        end = self._at + length * column.itemsize
        if end > len(self._body):
            raise SenselessError("another length than it says")
        column.frombytes(self._body[self._at : end])
        if sys.byteorder == "big":
            column.byteswap()
        self._at = end
        return column
