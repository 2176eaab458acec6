"""Which of its links a site uses for a conference, and as what."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from linkwatch.model.conference import Attendance
from linkwatch.model.ids import LinkId
from linkwatch.model.topology import Link, LinkRole


class Use(StrEnum):
    """What a link is to a site's part in a conference."""

    PRIMARY = "primary"
    BACKUP = "backup"


def uses(part: Attendance, links: Iterable[Link]) -> Iterator[tuple[LinkId, Use]]:
    """The links in use, of those of the site: the first of its `use` is the primary.

    Where that names none, all are in use; primary is then the first that is one to its site, or
    else the first.
    """
    by_id = {link.id: link for link in links}
    ordered = [x for x in part.use if x in by_id]
    if not part.use:
        ordered = sorted(by_id, key=lambda x: by_id[x].role is not LinkRole.PRIMARY)
    for position, link in enumerate(ordered):
        yield link, Use.BACKUP if position else Use.PRIMARY
