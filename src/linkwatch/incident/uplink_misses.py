"""Probes through one uplink that came to nothing: the first and the latest of each silent link."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import inf
from typing import NamedTuple

from linkwatch.model.ids import CarrierId, LinkId

LOOKED_AT = 64
"""Links of one carrier, those last heard missing first: more would prove no more."""


class Run(NamedTuple):
    """When (monotonic s) the first and the latest missed probe since the last answer were sent."""

    first: float
    latest: float


class Misses:
    """When (monotonic s) each silent link's missed probes were sent, carrier by carrier."""

    def __init__(self, carriers: Iterable[CarrierId]) -> None:
        self._runs: dict[CarrierId, dict[LinkId, Run]] = {c: {} for c in carriers}
        self.newest = -inf
        """When the newest of all was sent."""

    def add(self, carrier: CarrierId, link: LinkId, sent_at: float) -> None:
        """A probe is overdue, or lost."""
        runs = self._runs[carrier]
        first, latest = runs.pop(link, (sent_at, sent_at))
        runs[link] = Run(min(first, sent_at), max(latest, sent_at))  # and last in the order
        self.newest = max(self.newest, sent_at)

    def drop(self, carrier: CarrierId, link: LinkId, sent_at: float) -> None:
        """The link answered a probe sent then."""
        runs = self._runs[carrier]
        run = runs.get(link)
        if run is None:
            return
        if run.latest <= sent_at:
            del runs[link]
        elif run.first <= sent_at:
            runs[link] = Run(run.latest, run.latest)

    def forget(self, since: float, until: float) -> Iterator[LinkId]:
        """Take what was sent until then as answered; the links whose first was sent since then."""
        for carrier, runs in self._runs.items():
            for link in [x for x, run in runs.items() if since <= run.first <= until]:
                self.drop(carrier, link, until)
                yield link

    def latest(self, carrier: CarrierId, link: LinkId) -> float:
        """When the link's latest was sent; -inf where it has none."""
        run = self._runs[carrier].get(link)
        return run.latest if run is not None else -inf

    def first(self, carrier: CarrierId, link: LinkId) -> float:
        """When the first since its last answer was sent; inf where it has none."""
        run = self._runs[carrier].get(link)
        return run.first if run is not None else inf

    def after(self, at: float) -> Mapping[CarrierId, list[LinkId]]:
        """The links that have missed what was sent after `at`, by carrier; none: not in it."""
        found = {}
        for carrier, runs in self._runs.items():
            links = [x for x in islice(reversed(runs), LOOKED_AT) if runs[x].latest > at]
            if links:
                found[carrier] = links
        return found

    def links(self) -> list[LinkId]:
        """All that are silent."""
        return [link for runs in self._runs.values() for link in runs]
