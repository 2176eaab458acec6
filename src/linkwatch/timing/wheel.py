"""Links of one interval, each due at its own phase of it."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from linkwatch.model.ids import LinkId


class Wheel:
    """Turns once an interval (s) past all its links in the order of their phases (in [0, 1)).

    Costs work only for the links that come due. A round is told once, in its own time or later.
    """

    def __init__(self, interval: float, phases: Mapping[LinkId, float], now: float) -> None:
        """What is due after `now` is the first to be told."""
        self.interval = interval
        phased = sorted((phase * interval, link) for link, phase in phases.items())
        self._offsets = [offset for offset, _ in phased]
        self._links = [link for _, link in phased]
        self.start(now)

    def start(self, now: float) -> None:
        """Tell nothing that was due before."""
        self._turn = math.floor(now / self.interval)
        self._place = bisect_right(self._offsets, now - self._turn * self.interval)

    def take_over(self, former: "Wheel") -> None:
        """Begin with what the former wheel of the same interval has left untold."""
        if former.next_due >= self.next_due:
            return
        self._turn = former._turn + former._place // len(former._offsets)
        first = former._offsets[former._place % len(former._offsets)]
        self._place = bisect_left(self._offsets, first)

    def last_told(self, phase: float) -> float:
        """When the last round that was told of a link at this phase was due."""
        offset = phase * self.interval
        told = bisect_left(self._offsets, offset) < self._place
        return (self._turn if told else self._turn - 1) * self.interval + offset

    @property
    def next_due(self) -> float:
        """When the next untold round is or was due."""
        if not self._offsets:
            return math.inf
        turns, place = divmod(self._place, len(self._offsets))
        return (self._turn + turns) * self.interval + self._offsets[place]

    def skip_missed(self, now: float) -> int:
        """Let go by the rounds whose followers are due as well; how many those are."""
        late = now - self.next_due
        if late < self.interval:
            return 0
        turns = math.floor(late / self.interval)
        self._turn += turns
        return turns * len(self._links)

    def due(self, now: float, limit: int) -> list[LinkId]:
        """The untold rounds up to `now`, earliest first, at most `limit`."""
        found: list[LinkId] = []
        while len(found) < limit and self.next_due <= now:
            if self._place == len(self._links):
                self._turn += 1
                self._place = 0
            upto = bisect_right(self._offsets, now - self._turn * self.interval, self._place)
            upto = max(upto, self._place + 1)  # the sum above may round otherwise than this one
            upto = min(upto, self._place + limit - len(found))
            found += self._links[self._place : upto]
            self._place = upto
        return found
