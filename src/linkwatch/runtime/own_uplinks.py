"""The turn's part for our own uplinks: what is said of them, and what their links are spared.

Each function changes the state it is given and adds to the effects of the turn.
"""

from collections.abc import Iterator, Sequence
from math import inf

from linkwatch.incident.uplink import Death, Excuse
from linkwatch.incident.uplink_shared import (
    ASKED,
    CHANCE,
    SLOW,
    STILL,
    Shared,
    chance_of_loss,
    shared,
)
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.uplink import Ground
from linkwatch.runtime.causes import IncidentKey
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.uplinks import Poor, Watch

ASK, SPACING = 2, 0.2
"""Quick probes of a witness, and of the uplink's own line, and the s between them."""
AGAIN = 5
"""Quick probes of each link that was silent, once the uplink is well: is it, too?"""
REVIEW = 5.0
"""s between two looks at what is lossy or late through an uplink ..."""
LEAST_WELL = 6
"""... and so many in a row that find it well end it."""
LOOK_BACK, LEAST_BACK = 16, 30.0
"""Probes of a link, and s at least, that a review looks back on."""
SPARED = frozenset({Family.QUALITY, Family.NO_DATA})
"""Families of a link's faults that an uplink can be the cause of."""
_KINDS = {
    Metric.LOSS: Kind.LOSS,
    Metric.LATENCY: Kind.LATENCY,
    Metric.JITTER: Kind.JITTER,
}
_POOR = frozenset(_KINDS.values())


def excused_by(state: State, finding: Finding, now: Moment) -> IncidentKey | None:
    """The fault of its uplink that a link is bad for the sake of, as far as that is settled."""
    watch, link = _watch_of(state, finding), finding.subject.link
    if watch is None or link is None:
        return None
    fell_at = now.monotonic_at(finding.started_at)
    if finding.kind is Kind.NO_DATA:
        # That was the last that was heard; what came to nothing was sent later.
        judge = state.judges[link]
        fell_at += judge.interval + judge.link.probing.timeout
    if watch.rule.excuse(link, fell_at, now.monotonic) is not Excuse.UPLINK:
        if finding.kind not in _POOR or not _is_poor(state, watch, finding, now):
            return None
        watch.harmed.add(link)
    return (Family.UPLINK, Subject.of_uplink(watch.link.id))


def is_open(state: State, finding: Finding, now: Moment) -> bool:
    """Whether nothing was answered through its uplink since the link fell silent, so far."""
    watch, link = _watch_of(state, finding), finding.subject.link
    if watch is None or link is None or finding.kind is not Kind.DOWN:
        return False
    fell_at = now.monotonic_at(finding.started_at)
    return watch.rule.excuse(link, fell_at, now.monotonic) is Excuse.OPEN


def ask_witnesses(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Have the question settled: is the link dead, or its uplink?"""
    watch = _watch_of(state, finding)
    if watch is not None:
        _ask(watch, watch.rule.ask(now.monotonic), effects)


def look(state: State, now: Moment, effects: Effects) -> Iterator[tuple[Watch, Finding]]:
    """What is news of the uplinks."""
    for watch in state.uplinks.watches.values():
        was = watch.rule.death
        near = watch.near(state.judges.get(watch.link.id))
        _ask(watch, watch.rule.look(now.monotonic, near), effects)
        if watch.poor is not None and now.monotonic >= watch.poor.due:
            _review(state, watch, watch.poor, now)
        if watch.rule.death is not None and was is None:
            watch.harmed.update(watch.rule.silent_members())
        finding = _news(watch, now)
        if finding is not None:
            watch.said = finding
            yield watch, finding


def let_go(state: State, watch: Watch, now: Moment, effects: Effects) -> Iterator[Finding]:
    """It is well: what its links lost meanwhile was not theirs, and the silent ones are asked."""
    watch.recovering, watch.harmed = frozenset(watch.harmed), set()
    for link in sorted(watch.recovering):
        judge = state.judges.get(link)
        if judge is None:
            continue
        yield from judge.forgive(now)
        if judge.is_bad:
            effects.probes.append(ProbeNow(link, AGAIN, SPACING))


def next_look(state: State) -> float:
    """When time alone may change what is known of an uplink (monotonic s)."""
    return min((watch.due for watch in state.uplinks.watches.values()), default=inf)


def restore(state: State, standing: Finding, now: Moment) -> None:
    """Let an uplink stand where an earlier run had it."""
    name = standing.subject.uplink
    watch = state.uplinks.watches.get(name) if name is not None else None
    if watch is None:
        return
    watch.said = standing
    if standing.kind is Kind.UPLINK_DOWN:
        since = now.monotonic_at(standing.started_at)
        ground = Ground(standing.reason or Ground.COMMON.value)
        watch.rule.restore(Death(since, ground, *_counted(standing)))
    else:
        watch.poor = Poor(standing, now.monotonic + REVIEW)


def _watch_of(state: State, finding: Finding) -> Watch | None:
    link = finding.subject.link
    watch = state.uplinks.of(link) if link is not None else None
    return watch if finding.family in SPARED else None


def _ask(watch: Watch, witnesses: Sequence[LinkId], effects: Effects) -> None:
    if witnesses:
        asked = (*witnesses, watch.link.id)
        effects.probes += [ProbeNow(link, ASK, SPACING, urgent=True) for link in asked]
        effects.senses.append(watch.link.id)


def _news(watch: Watch, now: Moment) -> Finding | None:
    """What is to be said of it, if that is news."""
    death, poor, said = watch.rule.death, watch.poor, watch.said
    if death is not None:
        finding = _dead(watch, death, now)
    elif poor is not None:
        finding = poor.finding
    elif said is None or said.severity is Severity.OK:
        return None
    else:
        was_dead = said.kind is Kind.UPLINK_DOWN
        since = now.wall_at(watch.rule.well_since) if was_dead else now.wall
        return Finding(said.subject, Family.UPLINK, Severity.OK, since)
    is_news = said is None or (said.kind, said.severity) != (finding.kind, finding.severity)
    return finding if is_news else None


def _dead(watch: Watch, death: Death, now: Moment) -> Finding:
    return Finding(
        Subject.of_uplink(watch.link.id),
        Family.UPLINK,
        Severity.CRITICAL,
        now.wall_at(death.since),
        Kind.UPLINK_DOWN,
        evidence={"links": float(death.links), "carriers": float(death.carriers)},
        reason=death.ground.value,
    )


def _counted(standing: Finding) -> tuple[int, int]:
    evidence = standing.evidence
    return int(evidence.get("links", 0)), int(evidence.get("carriers", 0))


def _is_poor(state: State, watch: Watch, finding: Finding, now: Moment) -> bool:
    """Whether others are as bad as the link; if so, that is said of the uplink."""
    standing = watch.poor
    if standing is not None and not standing.well and finding.severity <= standing.finding.severity:
        return True
    since = now.monotonic_at(finding.started_at)
    judge = state.judges[finding.subject.link or watch.link.id]
    probes = round((now.monotonic - since) / judge.interval)
    found = _shared(state, watch, finding, since=since, probes=probes, doubt=CHANCE)
    if found is None:
        return False
    if standing is None or finding.severity > standing.finding.severity:
        watch.poor = Poor(_degraded(state, watch, finding, found), now.monotonic + REVIEW)
    return True


def _review(state: State, watch: Watch, poor: Poor, now: Moment) -> None:
    """Whether it goes on."""
    poor.due = now.monotonic + REVIEW
    own = state.judges.get(watch.link.id)
    interval = own.interval if own is not None else 1.0
    span = max(LEAST_BACK, LOOK_BACK * interval)
    since = now.monotonic - span
    probes = round(span / interval)
    found = _shared(state, watch, poor.finding, since=since, probes=probes, doubt=STILL)
    poor.well = 0 if found is not None else poor.well + 1
    if poor.well >= LEAST_WELL:
        watch.poor = None


def _shared(
    state: State, watch: Watch, finding: Finding, *, since: float, probes: int, doubt: float
) -> Shared | None:
    """What others of its links say, of their last `probes` probes, sent from `since` on."""
    level = finding.threshold.get(Metric.LOSS)
    kind = next((_KINDS[metric] for metric in finding.threshold if metric in _KINDS), Kind.LOSS)
    chance = SLOW if level is None else chance_of_loss(level, probes)
    votes: dict[CarrierId, list[tuple[SiteId, bool]]] = {}
    for carrier, links in watch.rule.sample(finding.subject.link, ASKED).items():
        said = ((x, state.judges[x].shares(kind, since, level)) for x in links)
        votes[carrier] = [(watch.rule.area(x), one) for x, one in said if one is not None]
    return shared(votes, chance, doubt)


def _degraded(state: State, watch: Watch, finding: Finding, found: Shared) -> Finding:
    own = state.judges.get(watch.link.id)
    full = own is not None and own.interface.is_overloaded
    ground = Ground.FULL if full else Ground.LOSS if finding.kind is Kind.LOSS else Ground.DELAY
    return Finding(
        Subject.of_uplink(watch.link.id),
        Family.UPLINK,
        finding.severity,
        finding.started_at,
        Kind.UPLINK_DEGRADED,
        finding.measured,
        finding.threshold,
        evidence={
            "links": float(found.bad),
            "asked": float(found.asked),
            "carriers": float(found.carriers),
        },
        reason=ground.value,
    )
