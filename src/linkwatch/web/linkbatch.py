"""Some links as one scrape shows them."""

from collections.abc import Sequence
from typing import Any

from linkwatch.ports import LinkFigures
from linkwatch.web.linkrow import LinkRow


class LinkBatch:
    """Rows, whose counters are read when they are shown, and beside them what the judges said.

    The figures are kept field by field: of tuples of plain numbers a garbage collection takes its
    hands, while it would look through an object for each link again and again.
    """

    __slots__ = ("figures", "names", "rows")

    def __init__(self, rows: Sequence[LinkRow], figures: Sequence[LinkFigures]) -> None:
        self.rows = rows
        self.names = tuple([row.name for row in rows])
        columns = zip(*figures, strict=True)
        self.figures: dict[str, tuple[Any, ...]] = dict(
            zip(LinkFigures._fields, columns, strict=True)
        )
        """By their name in `LinkFigures`, in the order of the rows."""
