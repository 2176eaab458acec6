"""Whether a link fails alone, or in the company of others that may have the same cause."""

from collections.abc import Iterator
from datetime import datetime

from linkwatch.incident.bonds import LEAST_SITES, TOGETHER
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Link, Method
from linkwatch.runtime.causes import key_of
from linkwatch.runtime.state import State


def is_in_company(state: State, link: Link, fell_at: datetime, now: Moment) -> bool:
    """Whether others that could have the same cause fail with it, and it is not known yet.

    Of the site's other links it is not known either until they answer what was sent after it fell.
    """
    causes, links, since = state.causes, state.inventory.links, now.monotonic_at(fell_at)
    others = [x for x in state.links_of[link.site] if x != link.id and state.judges[x].is_verified]
    if others and all(_is_open(state, x) or _is_unheard(state, x, since) for x in others):
        return True
    shared = (x.id for risk in link.shared_risk for x in causes.topology.sharing(risk))
    if any(x != link.id and _is_open(state, x) and not _follows(state, x, link.id) for x in shared):
        return True
    sites = {link.site}
    for other in _open(state, link.carrier, fell_at):
        if not _follows(state, other, link.id):
            sites.add(links[other].site)
        if len(sites) >= LEAST_SITES:
            return True
    return False


def _follows(state: State, other: LinkId, link: LinkId) -> bool:
    """Whether it passes the link, or one more that may be down: their fate tells its own."""
    return any(x == link or _is_open(state, x) for x in state.causes.topology.above(other))


def _open(state: State, carrier: CarrierId, at: datetime) -> Iterator[LinkId]:
    """The carrier's links that may be down, or have been so since about then, by nothing known."""
    causes = state.causes
    yield from causes.doubtful.get(carrier, ())
    for key in (*causes.held, *map(key_of, causes.single)):
        link, found = key[1].link, causes.bad[key]
        if link is None or state.inventory.links[link].carrier != carrier:
            continue
        if abs(found.started_at - at) <= TOGETHER:
            yield link


def _is_open(state: State, link: LinkId) -> bool:
    causes = state.causes
    if link in causes.out:
        return link in causes.single or key_of(link) in causes.held
    return causes.is_doubtful(link, state.inventory.links[link].carrier)


def _is_unheard(state: State, link: LinkId, since: float) -> bool:
    judge = state.judges[link]
    # Who calls us cannot be asked.
    asked = any(target.method is not Method.PUSH for target in judge.link.targets)
    return asked and link not in state.causes.out and judge.answered_at <= since
