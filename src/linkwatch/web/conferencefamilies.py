"""The metric families whose children are conferences, or the parts that sites have in them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwatch.conference.using import uses
from linkwatch.model.conference import Attendance, Conference
from linkwatch.model.ids import ConferenceId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Link
from linkwatch.web.exposition import Family, label, number


class PartRow:
    """One site's part in one conference."""

    __slots__ = ("conference", "links", "name", "site")

    def __init__(self, conference: Conference, part: Attendance, links: Iterable[Link]) -> None:
        self.conference = conference.id
        self.site = part.site
        of, at = f'conference="{label(conference.id)}"', f'site="{label(part.site)}"'
        self.name = f"{of},{at}"
        self.links = tuple(
            f'{of},link="{label(link)}",{at},use="{use}"' for link, use in uses(part, links)
        )


@dataclass(frozen=True, slots=True)
class PartBatch:
    """Some parts; `on` are the conferences whose windows are open, `lost` in s beside the rows."""

    rows: Sequence[PartRow]
    on: Collection[ConferenceId]
    lost: Sequence[float]


@dataclass(frozen=True, slots=True)
class ConferenceBatch:
    """All conferences: there are few."""

    conferences: Sequence[Conference]
    on: Collection[ConferenceId]


def part_rows(inventory: Inventory) -> Iterator[PartRow]:
    """A row for each part that a site has in a conference."""
    at: dict[SiteId, list[Link]] = {}
    for link in inventory.links.values():
        at.setdefault(link.site, []).append(link)
    for conference in inventory.conferences.values():
        for part in conference.by_site.values():
            yield PartRow(conference, part, at.get(part.site, ()))


def _of_each(
    name: str, help_text: str, value: Callable[[Conference, ConferenceBatch], float]
) -> Family[ConferenceBatch]:
    full = f"linkwatch_{name}"

    def lines(batch: ConferenceBatch) -> Iterable[str]:
        return [
            f'{full}{{conference="{label(one.id)}"}} {number(value(one, batch))}\n'
            for one in batch.conferences
        ]

    return Family(full, "gauge", help_text, lines)


def _timestamp(name: str, help_text: str, at: Callable[[Conference], datetime]) -> "_Whole":
    return _of_each(name, help_text, lambda one, _batch: at(one).timestamp())


def _info(batch: ConferenceBatch) -> Iterable[str]:
    return [
        f'linkwatch_conference_info{{conference="{label(one.id)}"'
        f',conference_name="{label(one.name)}",importance="{one.importance}"}} 1.0\n'
        for one in batch.conferences
    ]


def _active(batch: PartBatch) -> Iterable[str]:
    return [
        f"linkwatch_conference_site_active{{{row.name}}} {number(row.conference in batch.on)}\n"
        for row in batch.rows
    ]


def _lost(batch: PartBatch) -> Iterable[str]:
    return [
        f"linkwatch_conference_site_lost_seconds_total{{{row.name}}} {number(seconds)}\n"
        for row, seconds in zip(batch.rows, batch.lost, strict=True)
    ]


def _links(batch: PartBatch) -> Iterable[str]:
    return [
        f"linkwatch_conference_link_info{{{link}}} 1.0\n"
        for row in batch.rows
        for link in row.links
    ]


_Whole = Family[ConferenceBatch]

CONFERENCE_FAMILIES: tuple[_Whole, ...] = (
    Family("linkwatch_conference_info", "gauge", "What a conference is.", _info),
    _timestamp(
        "conference_start_timestamp_seconds", "When the conference begins.", lambda one: one.start
    ),
    _timestamp(
        "conference_end_timestamp_seconds",
        "When the conference is to end, its grace not counted.",
        lambda one: one.end,
    ),
    _of_each(
        "conference_active",
        "Whether the conference's window is open.",
        lambda one, batch: one.id in batch.on,
    ),
)

PART_FAMILIES: tuple[Family[PartBatch], ...] = (
    Family(
        "linkwatch_conference_site_active",
        "gauge",
        "Whether the window is open of a conference the site takes part in.",
        _active,
    ),
    Family(
        "linkwatch_conference_link_info",
        "gauge",
        "A link that a site uses for a conference, and as what.",
        _links,
    ),
    Family(
        "linkwatch_conference_site_lost_seconds_total",
        "counter",
        "Time for which a site was cut off while the conference ran.",
        _lost,
    ),
)
