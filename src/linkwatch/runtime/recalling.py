"""What explains what, after a restart or by another configuration."""

from collections.abc import Mapping

from linkwatch.incident.bonds import belongs, explains
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.runtime.causes import Group, IncidentKey, key_of
from linkwatch.runtime.causing import clear, concerns
from linkwatch.runtime.sparing import spare
from linkwatch.runtime.state import State

_LIKE: Mapping[Kind | None, Kind] = {
    Kind.SITE_DOWN: Kind.DOWN,
    **{kind: kind for kind in (Kind.DOWN, Kind.LOSS, Kind.LATENCY, Kind.JITTER)},
}
"""What is wrong with a link that such a fault explains, as far as the incident tells."""


def recall(state: State, incident: Incident, standing: Finding, now: Moment) -> None:
    """Let an open incident stand as a cause where an earlier run had it."""
    causes, key = state.causes, incident.key
    if incident.subject.is_group:
        known = (state.inventory.links[x] for x in incident.links if x in state.inventory.links)
        links = {link.id: None for link in known if belongs(incident.subject, link)}
        causes.groups[key] = Group(links, len(links), incident.confidence)
        causes.bad[key] = standing
        return
    if not concerns(standing):
        return
    causes.bad[key] = standing
    if incident.subject.link is not None and standing.kind is Kind.DOWN:
        causes.out.add(incident.subject.link)
    cause = state.incidents.get(incident.caused_by) if incident.caused_by is not None else None
    if cause is not None and not cause.status.is_closed:
        causes.explain(key, cause.key)
    elif incident.caused_by is not None:
        spare(state, key, now)


def recall_touched(state: State, incident: Incident, now: Moment) -> None:
    """Let the links stand as bad that an open incident explains, and that have none themselves."""
    causes, kind = state.causes, _LIKE.get(incident.kind)
    if kind is None or incident.key not in causes.bad:
        return
    for link in incident.links:
        key = key_of(link)
        judge = state.judges.get(link)
        if judge is None or key in causes.bad or Family.QUALITY not in judge.families:
            continue
        standing = Finding(
            key[1],
            key[0],
            incident.severity,
            incident.bad_since,
            kind,
            threshold=incident.threshold,
        )
        judge.restore(standing, now)
        causes.bad[key] = standing
        causes.explain(key, incident.key)
        if kind is Kind.DOWN:
            causes.out.add(link)
    group = causes.groups.get(incident.key)
    if group is not None:
        group.links = {x: None for x in group.links if key_of(x) in causes.bad}
        causes.shrunk.add(incident.key)


def follow_causes(state: State, now: Moment) -> None:
    """Another configuration is in force: links may have gone, or pass others."""
    causes, links = state.causes, state.inventory.links
    causes.doubtful.clear()
    for key, group in list(causes.groups.items()):
        group.links = {x: None for x in group.links if x in links and belongs(key[1], links[x])}
        causes.shrunk.add(key)
        if not group.links:
            _forget_group(state, key, now)
    for key in list(causes.bad):
        if not key[1].is_group and state.home(*key) is None:
            clear(state, key, now)
    for key in list(causes.bad):
        if key[1].link is None:
            continue
        for one in causes.direct(key):
            if not _passes(state, one, key):
                spare(state, one, now)
    causes.moved = True


def _forget_group(state: State, key: IncidentKey, now: Moment) -> None:
    for one in state.causes.direct(key):
        spare(state, one, now)
    del state.causes.groups[key]
    state.causes.drop(key)


def _passes(state: State, effect: IncidentKey, cause: IncidentKey) -> bool:
    link, above = effect[1].link, cause[1].link
    if above is None:
        return False
    if link is None:
        return above in state.carried(effect[1].router) if effect[1].router is not None else False
    wrong = (state.causes.bad[cause].kind, state.causes.bad[effect].kind)
    return above in state.causes.topology.above(link) and explains(*wrong)
