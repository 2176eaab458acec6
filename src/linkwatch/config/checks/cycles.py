"""Parents that lead back to where they began."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from linkwatch.config.build.links import wan_uplinks
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.model.topology import LinkKind

if TYPE_CHECKING:
    from linkwatch.config.locate import Path


def check_cycles(document: Document, report: Report) -> None:
    """Sites by `parent` and by `hosted_at`, links by their own or their inherited parent."""
    _check_sites(document, report)
    _check_links(document, report)


def _check_sites(document: Document, report: Report) -> None:
    places: dict[str, Path] = {
        site.id: ("sites", number) for number, site in enumerate(document.sites)
    }
    parents = {site.id: site.parent for site in document.sites if site.parent}
    hosts = {site.id: site.hosted_at for site in document.sites if site.hosted_at}
    for key, above in (("parent", parents), ("hosted_at", hosts)):
        for ring in rings(above):
            report.error((*places[ring[0]], key), f"leads round in a circle: {_shown(ring)}")


def _check_links(document: Document, report: Report) -> None:
    uplinks = wan_uplinks(document)
    places: dict[str, Path] = {}
    parents: dict[str, str] = {}
    explicit: set[str] = set()
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            places[link.id] = ("sites", number, "links", index)
            inherited = uplinks.get(site.parent or "") if link.kind is LinkKind.WAN else None
            if link.parent:
                explicit.add(link.id)
            above = link.parent or inherited
            if above:
                parents[link.id] = above
    for ring in rings(parents):
        named = [link for link in ring if link in explicit]
        if named:  # a ring of inherited parents alone is the sites' ring, told above
            at = ring.index(named[0])
            turned = ring[at:] + ring[:at]
            report.error(
                (*places[named[0]], "parent"), f"leads round in a circle: {_shown(turned)}"
            )


def rings(parents: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from its first member in the order of `parents`."""
    settled: set[str] = set()
    for start in parents:
        way: dict[str, None] = {}
        step: str | None = start
        while step is not None and step not in settled and step not in way:
            way[step] = None
            step = parents.get(step)
        if step is not None and step in way:
            members = tuple(way)
            yield members[members.index(step) :]
        settled.update(way)


def _shown(ring: tuple[str, ...]) -> str:
    return " -> ".join((*ring, ring[0]))
