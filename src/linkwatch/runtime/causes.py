"""Faults and what explains them: which stand, which wait, which are another's doing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from linkwatch.incident.topology import Topology
from linkwatch.model.finding import Family, Finding
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.path import Confidence
from linkwatch.model.subject import Subject
from linkwatch.timing.due import DueTimes

IncidentKey = tuple[Family, Subject]
IN_DOUBT = 2
"""Probes lost in a row that are seldom chance."""


def key_of(link: LinkId) -> IncidentKey:
    """A link's own fault."""
    return (Family.QUALITY, Subject.of_link(link))


@dataclass(slots=True)
class Group:
    """Links whose faults are taken for one. `joined`: how many there were at most."""

    links: dict[LinkId, None] = field(default_factory=dict)
    joined: int = 0
    confidence: Confidence | None = None


@dataclass(slots=True)
class Causes:
    """Owned and changed by the engine's turn alone. Times are monotonic s."""

    topology: Topology = field(default_factory=lambda: Topology({}))
    bad: dict[IncidentKey, Finding] = field(default_factory=dict)
    """What is wrong now, whoever is told of it."""
    held: DueTimes[IncidentKey] = field(default_factory=DueTimes)
    """Until when it is waited for what else has failed."""
    spared: DueTimes[IncidentKey] = field(default_factory=DueTimes)
    """What explained them is over: until when they may follow."""
    spared_at: dict[IncidentKey, float] = field(default_factory=dict)
    """Since when they have that time."""
    looks: DueTimes[IncidentKey] = field(default_factory=DueTimes)
    """When the incident of a cause is brought up to date."""
    groups: dict[IncidentKey, Group] = field(default_factory=dict)
    out: set[LinkId] = field(default_factory=set)
    """Links that are down, whoever is told."""
    doubtful: dict[CarrierId, set[LinkId]] = field(default_factory=dict)
    """Links that have missed several probes in a row; whether they are down is not known yet."""
    joined: list[IncidentKey] = field(default_factory=list)
    """What has been explained since causes were last looked at."""
    shrunk: set[IncidentKey] = field(default_factory=set)
    """Groups that have lost a link since then."""
    single: dict[LinkId, None] = field(default_factory=dict)
    """Links found down by themselves a short while ago."""
    grown: dict[IncidentKey, float] = field(default_factory=dict)
    """When a cause last came to explain more."""
    reviewed_at: float = -inf
    """When those that wait, but are not dead, were last looked at again."""
    moved: bool = False
    """Whether faults came or went since groups were last looked for."""
    _causes: dict[IncidentKey, IncidentKey] = field(default_factory=dict)
    _effects: dict[IncidentKey, dict[IncidentKey, None]] = field(default_factory=dict)

    def explain(self, key: IncidentKey, by: IncidentKey) -> None:
        """It is the doing of another fault."""
        self.release(key)
        self._wait_no_more(key)
        self._causes[key] = by
        self._effects.setdefault(by, {})[key] = None
        self.joined.append(key)

    def release(self, key: IncidentKey) -> None:
        """It is not, or no more."""
        cause = self._causes.pop(key, None)
        if cause is not None:
            effects = self._effects[cause]
            del effects[key]
            if not effects:
                del self._effects[cause]

    def drop(self, key: IncidentKey) -> None:
        """It is over."""
        self.bad.pop(key, None)
        self._wait_no_more(key)
        self.release(key)
        self.grown.pop(key, None)
        if key[1].link is not None:
            self.single.pop(key[1].link, None)
            self.out.discard(key[1].link)

    def cause(self, key: IncidentKey) -> IncidentKey | None:
        """What explains it, at the root; None: nothing does."""
        found = self._causes.get(key)
        while found is not None and found in self._causes:
            found = self._causes[found]
        return found

    def direct(self, key: IncidentKey) -> tuple[IncidentKey, ...]:
        """What it explains itself."""
        return tuple(self._effects.get(key, ()))

    def count(self, key: IncidentKey) -> int:
        """How much it explains itself."""
        return len(self._effects.get(key, ()))

    def effects(self, key: IncidentKey) -> Iterator[IncidentKey]:
        """All that it explains, near and far."""
        for one in self._effects.get(key, ()):
            yield one
            yield from self.effects(one)

    def is_doubtful(self, link: LinkId, carrier: CarrierId) -> bool:
        """Whether it may well be down."""
        return link in self.doubtful.get(carrier, ())

    @property
    def next_due(self) -> float:
        """When time alone changes something."""
        return min(x.next_due() for x in (self.held, self.spared, self.looks))

    def _wait_no_more(self, key: IncidentKey) -> None:
        self.held.drop(key)
        self.spared.drop(key)
        self.spared_at.pop(key, None)
