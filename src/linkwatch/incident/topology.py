"""Which links pass which, and which share something: a child's packets cross its parent link."""

from collections.abc import Iterator, Mapping

from linkwatch.model.ids import LinkId
from linkwatch.model.topology import Link


class Topology:
    """Made once for a configuration, which has no circles."""

    __slots__ = ("_children", "_links", "_sharing")

    def __init__(self, links: Mapping[LinkId, Link]) -> None:
        self._links = links
        self._children: dict[LinkId, list[LinkId]] = {}
        self._sharing: dict[str, list[Link]] = {}
        for link in links.values():
            for risk in link.shared_risk:
                self._sharing.setdefault(risk, []).append(link)
            if link.parent is not None:
                self._children.setdefault(link.parent, []).append(link.id)

    def above(self, link: LinkId) -> Iterator[LinkId]:
        """What the link passes, the nearest first."""
        known = self._links.get(link)
        parent = known.parent if known is not None else None
        while parent is not None and parent in self._links:
            yield parent
            parent = self._links[parent].parent

    def below(self, link: LinkId) -> Iterator[LinkId]:
        """All that pass the link, the nearest first."""
        nearest = list(self._children.get(link, ()))
        for child in nearest:
            nearest.extend(self._children.get(child, ()))
            yield child

    def sharing(self, risk: str) -> tuple[Link, ...]:
        """Those that share what this stands for."""
        return tuple(self._sharing.get(risk, ()))
