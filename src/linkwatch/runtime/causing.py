"""Whose doing a fault is: its own, another's, or for a moment not known yet.

A fault that something else explains opens nothing and tells nobody; when that is over and the
fault is not, it becomes an incident of its own. Nothing that is dead waits longer than
`PARENT_WITHIN`.
"""

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum

from linkwatch.incident.bonds import TOGETHER, belongs, explains
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Link
from linkwatch.runtime.blaming import ASKED_WITHIN, ask_above, is_above_in_doubt
from linkwatch.runtime.causes import IN_DOUBT, IncidentKey, key_of
from linkwatch.runtime.company import is_in_company
from linkwatch.runtime.own_uplinks import (
    ask_others,
    ask_witnesses,
    doubtful_for,
    excused_by,
    is_in_question,
)
from linkwatch.runtime.sparing import spare
from linkwatch.runtime.state import Effects, ProbeNow, State

PARENT_WITHIN = 2.0
"""s that a fault waits for the fate of what it passes: a burst of probes decides that in less."""
SETTLED_WITHIN = 1.0
"""s that it waits for others that seem to fail with it."""
JOINING = 30.0
"""s after it last grew until no other is taken for one more of a carrier's group."""
_PARENT_PROBES, _PARENT_SPACING = 5, 0.25
_POLLED_WITHIN = timedelta(seconds=120)
"""Until it is seen that a router has died, its links have been down for as long."""
_FAMILIES = frozenset({Family.QUALITY, Family.NO_DATA, Family.ROUTER})
_EACH = 0.0005
"""s between two looks at a cause, for each fault that it explains: a large one is no burden."""

_FEW = 20


class Course(Enum):
    """What becomes of a fault."""

    OWN = "own"
    EXPLAINED = "explained"
    WAITS = "waits"


def concerns(finding: Finding) -> bool:
    """Whether it is one that others may explain."""
    return finding.family in _FAMILIES and not finding.subject.is_group


def take(state: State, finding: Finding, now: Moment, effects: Effects) -> Course:
    """A link or a router is bad, or bad in another way."""
    causes, key = state.causes, finding.key
    causes.bad[key] = finding
    causes.moved = True
    _mark(state, finding)
    if key in causes.spared:
        return Course.WAITS
    return weigh(state, finding, now, effects)


def _mark(state: State, finding: Finding) -> None:
    causes, link = state.causes, finding.subject.link
    if link is None:
        return
    if finding.kind is not Kind.DOWN:
        causes.out.discard(link)
        return
    causes.out.add(link)
    doubtful = causes.doubtful.get(state.inventory.links[link].carrier)
    if doubtful:
        doubtful.discard(link)


def clear(state: State, key: IncidentKey, now: Moment) -> None:
    """A link or a router is well again: what it explained has its grace to follow."""
    causes = state.causes
    root, link = causes.cause(key), key[1].link
    effects = causes.direct(key)
    causes.drop(key)
    causes.moved = True
    if root is not None:
        look(state, root, now)
        group = causes.groups.get(root)
        if group is not None and link in group.links:
            del group.links[link]
            causes.shrunk.add(root)
    for one in effects:
        spare(state, one, now)


def note(state: State, judge: LinkJudge, now: Moment, *, answered: bool, effects: Effects) -> None:
    """A link has missed a probe, or answered one. In doubt what may explain it is asked."""
    link, doubtful = judge.link, state.causes.doubtful
    known = doubtful.get(link.carrier)
    if answered:
        if known and link.id in known:
            known.discard(link.id)
            _look_above(state, link.id, now)
        return
    is_known = link.id in state.causes.out or (known is not None and link.id in known)
    if is_known or judge.misses < IN_DOUBT:
        return
    doubtful.setdefault(link.carrier, set()).add(link.id)
    _look_above(state, link.id, now)
    parent = link.parent
    if parent in state.judges and not _is_out(state, parent):
        _ask(parent, effects)
    for other in state.links_of[link.site]:
        if other != link.id and not _is_out(state, other):
            # Where one probe is lost, too, that line is looked at more closely for its own sake.
            effects.probes.append(ProbeNow(other, 1, _PARENT_SPACING))


def _look_above(state: State, link: LinkId, now: Moment) -> None:
    """A link that passes a dead one may be part of what that does."""
    causes = state.causes
    for above in causes.topology.above(link):
        if above in causes.out:
            look(state, causes.cause(key_of(above)) or key_of(above), now)
            return


def weigh(state: State, finding: Finding, now: Moment, effects: Effects) -> Course:
    """What is to become of a fault, by all that is known now."""
    causes, key = state.causes, finding.key
    cause = explanation(state, finding, now)
    if cause is not None:
        explain(state, key, cause, now)
        return Course.EXPLAINED
    seconds = _patience(state, finding, now, effects)
    if is_in_question(state, finding, now):
        ask_witnesses(state, finding, now, effects)
        seconds = max(seconds, SETTLED_WITHIN)
    in_doubt = doubtful_for(state, finding, now)
    if in_doubt:
        ask_others(state, finding, now, effects)
        seconds = max(seconds, in_doubt)
    if seconds == 0.0:
        stand_alone(state, finding, now)
        return Course.OWN
    if key not in causes.held:
        causes.held.set(key, now.monotonic + seconds)
    return Course.WAITS


def stand_alone(state: State, finding: Finding, now: Moment) -> None:
    """It is a fault of its own, and explains others that fell with it and pass the link."""
    causes, link = state.causes, finding.subject.link
    causes.held.drop(finding.key)
    if link is not None and finding.kind is Kind.DOWN:
        causes.single[link] = None
    _take_along(state, finding, now)
    if causes.direct(finding.key):
        look(state, finding.key, now)


def _take_along(state: State, finding: Finding, now: Moment) -> None:
    """It explains those that fell with it and pass it, and have no cause yet."""
    causes = state.causes
    for below, within in _dependents(state, finding):
        found = causes.bad.get(key_of(below))
        if found is None or causes.cause(found.key) is not None:
            continue
        if finding.started_at - found.started_at < within:
            explain(state, found.key, finding.key, now)


def _dependents(state: State, finding: Finding) -> Iterator[tuple[LinkId, timedelta]]:
    """The links whose faults can be its doing, and how much earlier they may have begun."""
    causes, link, router = state.causes, finding.subject.link, finding.subject.router
    if router is not None and finding.kind is Kind.ROUTER_DOWN:
        for carried in state.carried(router):
            found = causes.bad.get(key_of(carried))
            if found is not None and found.kind is Kind.DOWN:
                yield carried, _POLLED_WITHIN
    for below in causes.topology.below(link) if link is not None else ():
        found = causes.bad.get(key_of(below))
        if found is not None and explains(finding.kind, found.kind):
            yield below, TOGETHER


def explain(state: State, key: IncidentKey, cause: IncidentKey, now: Moment) -> None:
    """It is the doing of another fault, whose incident has grown by it and by what passes it."""
    causes = state.causes
    causes.explain(key, cause)
    group, link = causes.groups.get(cause), key[1].link
    if group is not None and link is not None and link not in group.links:
        group.links[link] = None
        group.joined += 1
    root = causes.cause(key) or cause
    causes.grown[root] = now.monotonic
    look(state, root, now)
    if cause != root:
        look(state, cause, now)
    found = causes.bad.get(key)
    # What it is behind a dead uplink of ours nobody knows.
    if found is not None and cause[0] is not Family.UPLINK:
        _take_along(state, found, now)


def look(state: State, cause: IncidentKey, now: Moment) -> None:
    """Have its incident brought up to date, now or soon."""
    causes = state.causes
    size = causes.count(cause)
    due = now.monotonic + (size * _EACH if size > _FEW else 0.0)
    if causes.looks.due_at(cause) > due:
        causes.looks.set(cause, due)


def explanation(state: State, finding: Finding, now: Moment) -> IncidentKey | None:
    """What explains a fault, next to it; None: nothing that is settled."""
    uplink = excused_by(state, finding, now)
    if uplink is not None:
        return uplink
    link = finding.subject.link
    if link is not None:
        return _of_link(state, state.inventory.links[link], finding, now)
    router = finding.subject.router
    if router is None:
        return None
    dark = (Family.QUALITY, Subject.of_site(state.inventory.routers[router].site))
    return dark if dark in state.causes.groups else None


def waits_on(state: State, key: IncidentKey) -> bool:
    """Its wait is over: whether it goes on with that of what it passes, lossy or late as well."""
    held, link = state.causes.held, key[1].link
    if link is None or state.causes.bad[key].kind is Kind.DOWN:
        return False
    above = (key_of(x) for x in state.causes.topology.above(link))
    due = max((held.due_at(x) for x in above if x in held), default=None)
    if due is not None:
        held.set(key, due)
    return due is not None


def waits_for_parent(state: State, link: LinkId, since: float) -> LinkId | None:
    """The nearest link that it passes and of which nothing was heard after `since` (monotonic s).

    None where one answered: then so far the way is good. One that never answers says nothing.
    """
    for above in state.causes.topology.above(link):
        if key_of(above) in state.causes.held:
            return above
        judge = state.judges[above]
        if judge.answered_at > since:
            return None
        if judge.is_verified and not judge.is_unseen and above not in state.causes.out:
            return above
    return None


def _of_link(state: State, link: Link, finding: Finding, now: Moment) -> IncidentKey | None:
    causes = state.causes
    if link.interface is not None and finding.kind is Kind.DOWN:
        router = (Family.ROUTER, Subject.of_router(link.interface.router))
        found = causes.bad.get(router)
        if found is not None and found.kind is Kind.ROUTER_DOWN and causes.cause(router) is None:
            return router
    for above in causes.topology.above(link.id):
        found = causes.bad.get(key_of(above))
        if found is not None and explains(found.kind, finding.kind):
            return None if found.key in causes.held else found.key
    if finding.kind is not Kind.DOWN:
        return None
    for key in causes.groups:
        if belongs(key[1], link) and _still_grows(state, key, now):
            return key
    return None


def _still_grows(state: State, key: IncidentKey, now: Moment) -> bool:
    """What is said to be shared is so at any time; what only looks like one cause is not."""
    if key[1].kind is not SubjectKind.CARRIER:
        return True
    return now.monotonic - state.causes.grown.get(key, now.monotonic) < JOINING


def _patience(state: State, finding: Finding, now: Moment, effects: Effects) -> float:
    """How long (s) it is waited for what else fails; 0: not at all."""
    key, link = finding.key, finding.subject.link
    if link is None:
        return 0.0
    since = now.monotonic_at(finding.started_at)
    if finding.kind is not Kind.DOWN:
        if is_above_in_doubt(state, finding, now):
            if key not in state.causes.held:
                ask_above(state, finding, effects)
            return ASKED_WITHIN
        held = any(key_of(x) in state.causes.held for x in state.causes.topology.above(link))
        return PARENT_WITHIN if held else 0.0
    above = waits_for_parent(state, link, since)
    if above is not None:
        if key not in state.causes.held:
            _ask(above, effects)
        return PARENT_WITHIN
    within = is_in_company(state, state.inventory.links[link], finding.started_at, now)
    return SETTLED_WITHIN if within else 0.0


def _is_out(state: State, link: LinkId) -> bool:
    carrier = state.inventory.links[link].carrier
    return link in state.causes.out or state.causes.is_doubtful(link, carrier)


def _ask(link: LinkId, effects: Effects) -> None:
    effects.probes.append(ProbeNow(link, _PARENT_PROBES, _PARENT_SPACING))
