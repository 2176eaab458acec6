"""The uplinks that our own probes leave through: who is probed through them, and what is heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from linkwatch.incident.uplink import Uplink
from linkwatch.incident.uplink_lapse import Lapse
from linkwatch.incident.uplink_members import members_of, own_links, references_of
from linkwatch.incident.uplink_shared import Poll
from linkwatch.judge.echo import EchoJudge
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Link, Method
from linkwatch.model.uplink import Carriage, Echo, Member, Sensings, Vicinity

LEAST_MISSES = 2
"""Of the uplink's own line, where nothing else is answered either."""
GATEWAY = 0
"""The position of the gateway among what is asked for an uplink's sake; references follow."""


@dataclass(slots=True)
class Poor:
    """An uplink through which much is lost, or late; `due` when it is looked at again."""

    finding: Finding
    due: float
    well: int = 0
    """Looks in a row that found it well."""


@dataclass(slots=True)
class Watch:
    """One uplink: the rule, and what is near it."""

    link: Link
    rule: Uplink
    gateway: EchoJudge = field(default_factory=EchoJudge)
    references: Mapping[int, tuple[CarrierId, EchoJudge]] = field(default_factory=dict)
    """By position: whose network each stands in."""
    interface: Carriage = Carriage.UNKNOWN
    poor: Poor | None = None
    harmed: set[LinkId] = field(default_factory=set)
    """Members that have missed probes for its sake."""
    polls: dict[tuple[Kind, float, float], tuple[float, Poll]] = field(default_factory=dict)
    """What others of its links were asked of late, when, and what they said."""
    recovering: frozenset[LinkId] = frozenset()
    """Members that had missed probes when it was last well again."""
    panel: Mapping[CarrierId, Sequence[LinkId]] = field(default_factory=dict)
    """Some of its links that are asked more often, to know sooner whether it loses a part ..."""
    panel_until: float = -inf
    """... and until when they speak for all (monotonic s)."""
    doubts: dict[tuple[int, float], tuple[float, bool]] = field(default_factory=dict)
    """By what was asked (s from when on, interval): whether it may lose a part, and when asked."""
    asked_again_at: float = -inf
    """When its silent links were last asked more often while it is poor (monotonic s)."""
    overlooked: Lapse | None = None
    """The last lapse for whose sake links were let off."""
    said: Finding | None = None
    """The last word on it, good or bad."""

    @property
    def due(self) -> float:
        """When a look at it is worth while though nothing else happens (monotonic s)."""
        return min(self.rule.due, self.poor.due if self.poor is not None else inf)

    def near(self, own: LinkJudge | None) -> Vicinity:
        """What is near it; `own` is the judge of its line."""
        abroad = [e.echo for c, e in self.references.values() if c != self.link.carrier]
        return Vicinity(self.interface, self.gateway.echo, _access(own), _together(abroad))

    def echo(self, result: ProbeResult) -> None:
        """Something that is asked for the uplink's sake answered, or did not."""
        judge = self._echo_of(result.target)
        if judge is None:
            return
        if result.outcome is Outcome.ANSWERED:
            judge.answered(result.sent_at)
            if result.target != GATEWAY:
                self.rule.proven(f"reference {result.target}", result.sent_at)
        elif result.outcome.is_lost:
            judge.missed(result.sent_at)

    def echo_overdue(self, one: Overdue) -> None:
        """Its reply is overdue."""
        judge = self._echo_of(one.target)
        if judge is not None:
            judge.missed(one.sent_at)

    def _echo_of(self, position: int) -> EchoJudge | None:
        if position == GATEWAY:
            return self.gateway
        known = self.references.get(position)
        return known[1] if known is not None else None


class Uplinks:
    """All uplinks of a configuration.

    Told of what ends otherwise than by an answer as expected; everything else is looked up in the
    judges when it matters, so that such an answer costs nothing here.
    """

    def __init__(self) -> None:
        self.watches: dict[LinkId, Watch] = {}
        self._judges: Mapping[LinkId, LinkJudge] = {}
        self._by_link: dict[LinkId, Watch] = {}
        self._began: float | None = None

    def follow(self, inventory: Inventory, judges: Mapping[LinkId, LinkJudge], now: Moment) -> None:
        """Follow a configuration; what is known of an uplink that stays is kept."""
        before, self.watches, self._by_link = self.watches, {}, {}
        self._judges = judges
        if self._began is None:
            self._began = now.monotonic
        for kind, own in own_links(inventory):
            members = members_of(inventory, own)
            known = enumerate(references_of(inventory, kind), GATEWAY + 1)
            former = before.get(own.id)
            same = former is not None and former.rule.members == members
            watch = Watch(
                own,
                former.rule if former and same else self._rule(members),
                references={at: (carrier, EchoJudge()) for at, (carrier, _) in known},
            )
            if former is not None:
                _take_over(former, watch)
            self.watches[own.id] = watch
            self._by_link.update(dict.fromkeys((*members, own.id), watch))

    def _rule(self, members: Mapping[LinkId, Member]) -> Uplink:
        return Uplink(members, self._answered_at, self._began or 0.0)

    def of(self, link: LinkId) -> Watch | None:
        """The uplink that a link is probed through, or is; None: none that is known."""
        return self._by_link.get(link)

    @property
    def is_any_dead(self) -> bool:
        """Whether nothing comes back through one of them."""
        return any(watch.rule.death is not None for watch in self.watches.values())

    def overdue(self, one: Overdue) -> None:
        """A reply is overdue."""
        watch = self._by_link.get(one.link)
        if watch is not None and not self._calls_us(one.link, one.target):
            _missed(watch, one.link, one.sent_at)

    def ended(self, result: ProbeResult) -> None:
        """A probe ended otherwise than by an answer as expected."""
        watch = self._by_link.get(result.link)
        if watch is None or self._calls_us(result.link, result.target):
            return
        if result.outcome is Outcome.ANSWERED:
            watch.rule.answered(result.link, result.sent_at)
        elif result.outcome.is_lost:
            _missed(watch, result.link, result.sent_at)
        elif result.outcome is Outcome.LOCAL_FAILURE and result.reason != "unresolved":
            watch.rule.could_not_send(result.link, result.sent_at)

    def sensed(self, sensed: Sensings) -> None:
        """Something near an uplink has told something."""
        for one in sensed.echoes:
            if one.link in self.watches:
                self.watches[one.link].echo(one)
        for late in sensed.overdue:
            if late.link in self.watches:
                self.watches[late.link].echo_overdue(late)
        for link, state in sensed.interfaces.items():
            if link in self.watches:
                self.watches[link].interface = state

    def _calls_us(self, link: LinkId, target: int) -> bool:
        """Whether the target is one that calls us: by whatever way there is."""
        targets = self._judges[link].link.targets
        return target >= len(targets) or targets[target].method is Method.PUSH

    def _answered_at(self, link: LinkId) -> float:
        judge = self._judges.get(link)
        if judge is None:
            return -inf
        at = judge.heard_at
        # What answered an earlier run is as good as heard when this one began.
        if at == -inf and judge.is_verified and self._began is not None:
            return self._began
        return at


def _take_over(before: Watch, watch: Watch) -> None:
    """Go on with what was known before a reload."""
    watch.gateway, watch.interface = before.gateway, before.interface
    watch.poor, watch.harmed, watch.said = before.poor, before.harmed, before.said
    watch.recovering, watch.overlooked = before.recovering, before.overlooked
    death = before.rule.death
    if death is not None and watch.rule is not before.rule:
        watch.rule.restore(death)


def _missed(watch: Watch, link: LinkId, sent_at: float) -> None:
    watch.rule.missed(link, sent_at)
    if watch.rule.death is not None:
        watch.harmed.add(link)


def _access(own: LinkJudge | None) -> Echo:
    """The far end of the uplink's own line."""
    if own is None or own.heard_at == -inf:
        return Echo.UNTOLD
    return Echo.SILENT if own.misses >= LEAST_MISSES else Echo.ANSWERS


def _together(echoes: Sequence[Echo]) -> Echo:
    """Of several: silent are all that ever answered."""
    told = [echo for echo in echoes if echo is not Echo.UNTOLD]
    if not told:
        return Echo.UNTOLD
    return Echo.SILENT if all(echo is Echo.SILENT for echo in told) else Echo.ANSWERS
