"""Which links of an uplink have answered: some are looked at each turn, all of them now and then.

The answers of a country's links are too many to be told one by one, and one of them is enough.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import inf

from linkwatch.model.ids import CarrierId, LinkId

SAMPLE = 16
"""Links of a carrier that are looked at each time, another few each time."""

AnsweredAt = Callable[[LinkId], float]
"""When (monotonic s) the latest probe of a link that was answered had been sent; -inf: never."""


class Listening:
    """Goes round the links; constant work but for a look at all of them."""

    def __init__(self, of: Mapping[CarrierId, Sequence[LinkId]], answered_at: AnsweredAt) -> None:
        """`of`: the links by carrier."""
        self._of = of
        self._answered_at = answered_at
        self._cursor = 0
        self._looked_at = -inf
        self._swept_at = -inf
        self._sweep_every = max(0.2, sum(map(len, of.values())) * 4e-5)

    def some(self, now: float, since: float) -> Iterator[tuple[LinkId, float]]:
        """Of some links: who answered what was sent after `since`, and when that was sent
        (monotonic s). Once a moment.
        """
        if now <= self._looked_at:
            return
        self._looked_at = now
        self._cursor += 1
        for links in self._of.values():
            start = self._cursor * SAMPLE % len(links)
            yield from self._answered(links[start : start + SAMPLE], since)

    def is_due(self, now: float) -> bool:
        """Whether it is time to look at all of them."""
        return now >= self._swept_at + self._sweep_every

    def all(self, now: float, since: float) -> Iterator[tuple[LinkId, float]]:
        """The same of all links."""
        self._swept_at = now
        yield from self._answered(chain.from_iterable(self._of.values()), since)

    def sample(
        self, count: int, is_fresh: Callable[[LinkId], bool]
    ) -> dict[CarrierId, list[LinkId]]:
        """Some fresh links of each carrier, others each time."""
        self._cursor += 1
        found: dict[CarrierId, list[LinkId]] = {}
        for carrier, links in self._of.items():
            start = self._cursor * count % len(links)
            order = (links[(start + n) % len(links)] for n in range(len(links)))
            found[carrier] = list(islice(filter(is_fresh, order), count))
        return found

    def _answered(self, links: Iterable[LinkId], since: float) -> Iterator[tuple[LinkId, float]]:
        for link in links:
            at = self._answered_at(link)
            if at > since:
                yield link, at
