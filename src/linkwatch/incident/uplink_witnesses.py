"""Links that are asked whether an uplink is dead: of every carrier some, from as many areas."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf

from linkwatch.incident.uplink_misses import Misses
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.uplink import Member

ASK_AGAIN, ROUNDS, ASK_LATER = 0.3, 5, 5.0
"""s between two rounds of asking; so many rounds in a row, then s to the next."""
WITNESSES = 6
"""Links of a carrier that are asked."""


class Witnesses:
    """Chosen when a question comes up, and the same until it is settled."""

    def __init__(
        self,
        members: Mapping[LinkId, Member],
        of: Mapping[CarrierId, Sequence[LinkId]],
        is_fresh: Callable[[LinkId], bool],
    ) -> None:
        """`of`: the members by carrier; `is_fresh`: whether a link answered of late."""
        self._members = members
        self._of = of
        self._is_fresh = is_fresh
        self._chosen: dict[CarrierId, tuple[LinkId, ...]] | None = None
        self._asked_at = -inf
        self._rounds = 0

    def ask(self, silent: Mapping[CarrierId, Sequence[LinkId]], now: float) -> Sequence[LinkId]:
        """Those to ask at once, unless they were asked just now; `silent` links are none."""
        if now < self._asked_at + (ASK_AGAIN if self._rounds < ROUNDS else ASK_LATER):
            return ()
        self._asked_at = now
        self._rounds += 1
        return [link for chosen in self._choice(silent).values() for link in chosen]

    def are_silent(
        self, silent: Mapping[CarrierId, Sequence[LinkId]], misses: Misses, since: float
    ) -> bool:
        """Whether all of them have missed something that was sent after `since` (monotonic s)."""
        return all(
            misses.latest(carrier, link) > since
            for carrier, chosen in self._choice(silent).items()
            for link in chosen
        )

    def dismiss(self) -> None:
        """The question is settled."""
        self._chosen = None
        self._rounds = 0

    def _choice(
        self, silent: Mapping[CarrierId, Sequence[LinkId]]
    ) -> Mapping[CarrierId, Sequence[LinkId]]:
        if self._chosen is None:
            chosen = {c: self._some(links, silent.get(c, ())) for c, links in self._of.items()}
            self._chosen = {carrier: links for carrier, links in chosen.items() if links}
        return self._chosen

    def _some(self, links: Iterable[LinkId], silent: Sequence[LinkId]) -> tuple[LinkId, ...]:
        """Of as many areas as there are."""
        missing = frozenset(silent)
        by_area: dict[SiteId, LinkId] = {}
        spare: list[LinkId] = []
        for link in links:
            if link in missing or not self._is_fresh(link):
                continue
            if by_area.setdefault(self._members[link].area, link) != link:
                spare.append(link)
            if len(by_area) == WITNESSES:
                break
        return (*by_area.values(), *spare)[:WITNESSES]
