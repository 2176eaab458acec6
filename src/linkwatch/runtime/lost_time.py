"""What conferences lose: for how long each of their sites was cut off while they ran."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import inf

from linkwatch.conference.lost import LostTime
from linkwatch.model.conference import Attendance, Conference
from linkwatch.model.ids import ConferenceId, SiteId
from linkwatch.model.moment import Moment

IN_TURN, TURN = 50, 1.0
"""So many sites are looked at unasked every so many s: what hides a link may go without a word."""

CutOff = Callable[[Attendance], bool]
"""Whether all links of a site that its part in a conference uses are down."""


class LostTimes:
    """Owned and changed by the engine's turn alone."""

    def __init__(self) -> None:
        self._parts: dict[SiteId, dict[ConferenceId, tuple[Attendance, LostTime]]] = {}
        self._turn: deque[SiteId] = deque()
        self._ends = self._looks = -inf

    def adopt(self, conferences: Iterable[Conference], now: Moment) -> None:
        """Follow a configuration: what was lost of a conference that stays is kept."""
        before, self._parts, self._ends = self._parts, {}, -inf
        at = now.wall.timestamp()
        for conference in conferences:
            start, end = conference.start.timestamp(), conference.end.timestamp()
            self._ends = max(self._ends, end)
            for site, part in conference.by_site.items():
                known = before.get(site, {}).get(conference.id)
                lost = known[1] if known is not None else LostTime(start, end)
                lost.move(start, end, at)
                self._parts.setdefault(site, {})[conference.id] = (part, lost)
        self._turn = deque(self._parts)

    def look(self, sites: Iterable[SiteId], cut_off: CutOff, now: Moment) -> None:
        """Count what has changed at these sites."""
        at = now.wall.timestamp()
        for site in sites:
            for part, lost in self._parts.get(site, {}).values():
                if at < lost.end or lost.since is not None:
                    lost.note(at, cut_off=cut_off(part))

    def in_turn(self, now: Moment) -> Sequence[SiteId]:
        """Those whose turn it is to be looked at unasked."""
        if now.monotonic < self._looks:
            return ()
        self._looks = now.monotonic + TURN
        count = min(IN_TURN, len(self._turn))
        self._turn.rotate(-count)
        return [self._turn[-n] for n in range(1, count + 1)]

    def matter(self, now: Moment) -> bool:
        """Whether any conference is not over yet."""
        return now.wall.timestamp() < self._ends

    def seconds(self, conference: ConferenceId, site: SiteId, now: Moment) -> float:
        """What a site has lost of a conference so far; 0 where it has no part in it."""
        found = self._parts.get(site, {}).get(conference)
        return found[1].seconds(now.wall.timestamp()) if found is not None else 0.0

    def shift(self, seconds: float) -> None:
        """The clock was set."""
        for _, lost in self._all():
            lost.shift(seconds)

    def _all(self) -> Iterator[tuple[Attendance, LostTime]]:
        return chain.from_iterable(parts.values() for parts in self._parts.values())
