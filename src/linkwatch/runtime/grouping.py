"""Faults of many links that are one by all appearances: found, grown, over."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from linkwatch.incident import bonds
from linkwatch.incident.bonds import Lost
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.causes import Group, key_of
from linkwatch.runtime.causing import explain, waits_for_parent
from linkwatch.runtime.own_uplinks import doubtful_for, is_in_question
from linkwatch.runtime.sparing import spare
from linkwatch.runtime.state import State

_RECENT = bonds.POWER + timedelta(seconds=10)


def formed(state: State, now: Moment) -> Iterator[Finding]:
    """What was found of several links at once; they are explained by it from now on."""
    lost = dict(_lost(state, now))
    while lost:
        group = _next(state, lost)
        if group is None:
            return
        yield _join(state, group, now)
        lost = {link: at for link, at in lost.items() if link not in group.links}


def ended(state: State, now: Moment) -> Iterator[Finding]:
    """The groups that are over; what is left of them has its grace."""
    causes, links = state.causes, state.inventory.links
    for key in tuple(causes.shrunk):
        group = causes.groups.get(key)
        causes.shrunk.discard(key)
        if group is None or not bonds.is_over(
            key[1], (links[x] for x in group.links), group.joined
        ):
            continue
        yield Finding(key[1], Family.QUALITY, Severity.OK, now.wall)
        for one in causes.direct(key):
            spare(state, one, now)
        del causes.groups[key]
        causes.drop(key)


def _next(state: State, lost: Mapping[LinkId, datetime]) -> bonds.Group | None:
    """The widest that what is lost makes up."""
    links, topology = state.inventory.links, state.causes.topology
    for risk in dict.fromkeys(risk for x in lost for risk in links[x].shared_risk):
        group = bonds.of_risk(risk, topology.sharing(risk), lost)
        if group is not None:
            return group
    by_carrier: dict[CarrierId, list[Lost]] = {}
    for x, at in lost.items():
        by_carrier.setdefault(links[x].carrier, []).append(Lost(links[x], at))
    for carrier, gone in by_carrier.items():
        group = bonds.of_carrier(carrier, gone, links.values())
        if group is not None:
            return group
    for site in dict.fromkeys(links[x].site for x in lost):
        counted = [links[x] for x in state.links_of[site] if state.judges[x].is_verified]
        group = bonds.of_site(counted, lost)
        if group is not None:
            return group
    return None


def _lost(state: State, now: Moment) -> Iterator[tuple[LinkId, datetime]]:
    """Links that fell a short while ago, and that nothing they pass may yet explain."""
    causes = state.causes
    for link in list(causes.single):
        at = causes.bad[key_of(link)].started_at
        if causes.cause(key_of(link)) is not None or now.wall - at > _RECENT:
            del causes.single[link]
        else:
            yield link, at
    for key in causes.held:
        found, held = causes.bad[key], key[1].link
        if held is None or found.kind is not Kind.DOWN:
            continue
        if is_in_question(state, found, now) or doubtful_for(state, found, now):
            continue
        if waits_for_parent(state, held, now.monotonic_at(found.started_at)) is None:
            yield held, found.started_at


def _join(state: State, found: bonds.Group, now: Moment) -> Finding:
    key = (Family.QUALITY, found.subject)
    group = state.causes.groups.setdefault(key, Group())
    group.confidence = found.confidence
    for link in found.links:
        explain(state, key_of(link), key, now)
    finding = Finding(found.subject, Family.QUALITY, Severity.CRITICAL, found.at, found.kind)
    state.causes.bad[key] = finding
    return finding
