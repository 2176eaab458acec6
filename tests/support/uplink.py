"""Links seen through one uplink of ours, probed as the daemon does, in made-up time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from linkwatch.incident.uplink import Excuse, Standing, Uplink
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.uplink import Member, Vicinity

TICK, OVERDUE, RTT = 0.02, 0.1, 0.02
VERDICT = 1.02
"""s from a link's first missed probe to the earliest verdict that it is down."""

Lives = Callable[[LinkId, float], bool]
"""Whether a probe of the link sent then is answered, s after the start."""


def province(links: Mapping[str, int], areas: int) -> dict[LinkId, Member]:
    """So many links of each carrier, spread over so many districts."""
    return {
        LinkId(f"{carrier}-{n}"): Member(CarrierId(carrier), SiteId(f"d{n % areas}"))
        for carrier, count in links.items()
        for n in range(count)
    }


@dataclass
class Seen:
    """The uplink's course: when it changed its standing, and what was said of each down link."""

    standings: list[tuple[float, Standing]] = field(default_factory=list)
    excuses: dict[LinkId, list[tuple[float, Excuse]]] = field(default_factory=dict)
    asked: int = 0

    def died_at(self) -> float | None:
        return next((at for at, standing in self.standings if standing is Standing.DEAD), None)

    def told(self, within: float = 1.0) -> dict[LinkId, float]:
        """The links whose own fault it was said to be, or was not settled in time, and when."""
        found = {}
        for link, said in self.excuses.items():
            first = said[0][0]
            for at, excuse in said:
                if excuse is Excuse.UPLINK:
                    break
                if excuse is Excuse.NONE or at - first >= within:
                    found[link] = at
                    break
        return found


class Prober:
    """Probes every link at its own phase, five times quickly after a first miss."""

    def __init__(self, members: Mapping[LinkId, Member], interval: float, lives: Lives) -> None:
        self.members = members
        self.lives = lives
        self.now = 0.0
        self.near = Vicinity()
        self.can_send = True
        self.answered_at: dict[LinkId, float] = dict.fromkeys(members, -inf)
        self.rule = Uplink(members, lambda link: self.answered_at[link], 0.0)
        self.seen = Seen()
        self._interval = interval
        self._events: list[tuple[float, int, str, LinkId, float]] = []
        self._count = 0
        self._misses: dict[LinkId, list[float]] = {}
        for number, link in enumerate(members):
            # Phases as a hash would spread them.
            self._put(number * 0.6180339887 % 1 * interval, "round", link, 0.0)

    def run(self, until: float) -> Seen:
        """Let time pass."""
        while self.now < until:
            self.now += TICK
            while self._events and self._events[0][0] <= self.now:
                at, _, what, link, sent_at = heappop(self._events)
                getattr(self, f"_{what}")(link, at if what != "answer" else sent_at, sent_at)
            self._look()
        return self.seen

    def _put(self, at: float, what: str, link: LinkId, sent_at: float) -> None:
        self._count += 1
        heappush(self._events, (at, self._count, what, link, sent_at))

    def _round(self, link: LinkId, at: float, _: float) -> None:
        self._probe(link, at, 0.0)
        self._put(at + self._interval, "round", link, 0.0)

    def _probe(self, link: LinkId, at: float, _: float) -> None:
        if self.lives(link, at):
            self._put(at + RTT, "answer", link, at)
        else:
            self._put(at + OVERDUE, "miss", link, at)

    def _answer(self, link: LinkId, _: float, sent_at: float) -> None:
        self.answered_at[link] = max(self.answered_at[link], sent_at)
        if self._misses.pop(link, None):
            # As the turn does: an answer after a miss is looked at closely.
            self.rule.answered(link, sent_at)
            self.seen.excuses.pop(link, None)

    def _miss(self, link: LinkId, _: float, sent_at: float) -> None:
        if not self.can_send:
            self.rule.could_not_send(link, sent_at)
            return
        misses = self._misses.setdefault(link, [])
        if not misses:
            for n in range(5):
                self._put(self.now + n * 0.25, "probe", link, 0.0)
        misses.append(sent_at)
        self.rule.missed(link, sent_at)

    def _look(self) -> None:
        for link in self.rule.look(self.now, self.near):
            self._ask(link)
        standings = self.seen.standings
        if not standings or standings[-1][1] is not self.rule.standing:
            standings.append((self.now, self.rule.standing))
        for link, misses in list(self._misses.items()):
            said = self.seen.excuses.get(link, [])
            if len(misses) < 4 or self.now - misses[0] < VERDICT:
                continue
            if said and said[-1][1] is not Excuse.OPEN:
                continue
            excuse = self.rule.excuse(link, misses[0], self.now)
            self.seen.excuses.setdefault(link, []).append((self.now, excuse))
            if excuse is Excuse.OPEN:
                for witness in self.rule.ask(self.now):
                    self._ask(witness)

    def _ask(self, link: LinkId) -> None:
        self.seen.asked += 1
        self._put(self.now, "probe", link, 0.0)
