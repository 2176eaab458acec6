"""The turn's part for our own uplinks: what is said of them, and what their links are spared.

Each function changes the state it is given and adds to the effects of the turn.
"""

from collections.abc import Iterator, Sequence
from math import inf

from linkwatch.incident.uplink import SLACK, Death, Excuse
from linkwatch.judge.silence import LEAST_PROBES
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.uplink import Ground
from linkwatch.runtime.causes import IncidentKey
from linkwatch.runtime.poor_uplinks import REVIEW, is_shared, review
from linkwatch.runtime.sparing import grace
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.uplink_doubt import ask_panel, patience
from linkwatch.runtime.uplinks import Poor, Watch

ASK, SPACING = 2, 0.2
"""Quick probes of a witness, and of the uplink's own line, and the s between them."""
AGAIN = 5
"""Quick probes of each link that was silent, once the uplink is well: is it, too?"""
SPARED = frozenset({Family.QUALITY, Family.NO_DATA})
"""Families of a link's faults that an uplink can be the cause of."""


def excused_by(state: State, finding: Finding, now: Moment) -> IncidentKey | None:
    """The fault of its uplink that a link is bad for the sake of, as far as that is settled."""
    watch, link = _watch_of(state, finding), finding.subject.link
    if watch is None or link is None:
        return None
    fell_at = _fell_at(state, finding, link, now)
    if watch.rule.excuse(link, fell_at, now.monotonic) is not Excuse.UPLINK:
        if not is_shared(state, watch, finding, now):
            return None
        watch.harmed.add(link)
    return uplink_key(watch)


def hidden_by(state: State, link: LinkId) -> IncidentKey | None:
    """The fault of its uplink where that is dead: whether the link is well cannot be seen."""
    watch = state.uplinks.of(link)
    if watch is None or watch.rule.death is None:
        return None
    watch.harmed.add(link)
    return uplink_key(watch)


def uplink_key(watch: Watch) -> IncidentKey:
    """The uplink's own fault."""
    return (Family.UPLINK, Subject.of_uplink(watch.link.id))


def is_in_question(state: State, finding: Finding, now: Moment) -> bool:
    """Whether nothing was answered through its uplink since the link fell silent, so far."""
    watch, link = _watch_of(state, finding), finding.subject.link
    if watch is None or link is None or finding.kind is not Kind.DOWN:
        return False
    fell_at = _fell_at(state, finding, link, now)
    return watch.rule.excuse(link, fell_at, now.monotonic) is Excuse.OPEN


def doubtful_for(state: State, finding: Finding, now: Moment) -> float:
    """How long (s) a link waits as its uplink may be losing a part of everything; 0: not at all."""
    watch = _watch_of(state, finding)
    return patience(state, watch, finding, now) if watch is not None else 0.0


def ask_others(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Have it settled whether its uplink loses a part of everything."""
    watch = _watch_of(state, finding)
    if watch is not None:
        ask_panel(watch, now, effects)


def answers_meanwhile(state: State, key: IncidentKey, now: Moment) -> bool:
    """Its wait is over: whether it goes on, as the link answers again, now and then, while its
    uplink may be losing a part of everything. Not for ever.
    """
    finding = state.causes.bad[key]
    judge = state.judges.get(key[1].link) if key[1].link is not None else None
    if judge is None or finding.kind is not Kind.DOWN or judge.misses >= LEAST_PROBES:
        return False
    lasted = now.monotonic - now.monotonic_at(finding.started_at)
    if lasted >= 2 * grace(state, key) or not doubtful_for(state, finding, now):
        return False
    state.causes.held.set(key, now.monotonic + judge.interval)
    return True


def ask_witnesses(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Have the question settled: is the link dead, or its uplink?"""
    watch = _watch_of(state, finding)
    if watch is not None:
        _ask(watch, watch.rule.ask(now.monotonic), effects)


def look(state: State, now: Moment, effects: Effects) -> Iterator[tuple[Watch, Finding]]:
    """What is news of the uplinks."""
    for watch in state.uplinks.watches.values():
        was = watch.rule.death
        watch.rule.is_lossy = watch.poor is not None
        near = watch.near(state.judges.get(watch.link.id))
        _ask(watch, watch.rule.look(now.monotonic, near), effects)
        review(state, watch, now)
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


def overlook(state: State, watch: Watch, now: Moment) -> Iterator[Finding]:
    """Nothing came back through it for a moment: nobody is down for that."""
    lapse = watch.rule.lapse
    if lapse is None or lapse is watch.overlooked:
        return
    watch.overlooked = lapse
    for link in (watch.link.id, *lapse.links):
        judge = state.judges.get(link)
        if judge is not None:
            lost = lapse.repeated
            yield from judge.overlook(lapse.since - SLACK, lapse.until, now, lost=lost)


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


def _fell_at(state: State, finding: Finding, link: LinkId, now: Moment) -> float:
    """When its present silence began: one that was about to recover has fallen anew."""
    judge = state.judges[link]
    fell_at = now.monotonic_at(finding.started_at)
    if finding.kind is Kind.NO_DATA:
        # That was the last that was heard; what came to nothing was sent later.
        return fell_at + judge.interval + judge.link.probing.timeout
    silent_since = judge.silent_since
    return fell_at if silent_since == inf else max(fell_at, silent_since)


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
