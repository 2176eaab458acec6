"""The links' availability: counted as they change, saved each at its own time of the hour."""

from collections.abc import Collection, Iterable
from zlib import crc32

from linkwatch.conference.windows import READINESS, closes_at
from linkwatch.judge.availability import Account, Service, Stretch, without
from linkwatch.model.availability import Availability, Condition, SavedAvailability
from linkwatch.model.conference import Conference
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.journal import SaveAvailability
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Link
from linkwatch.runtime.state import Effects, State

SAVED_EVERY = 3600
"""s: what a daemon that is killed has counted for nothing."""
CONDITIONS = {
    LinkState.UP: Condition.UP,
    LinkState.DEGRADED: Condition.UP,
    LinkState.DOWN: Condition.DOWN,
    LinkState.UNKNOWN: Condition.UNKNOWN,
    LinkState.UNVERIFIED: Condition.UNKNOWN,
}


def open_accounts(
    state: State, saved: Iterable[SavedAvailability], now: Moment
) -> list[SaveAvailability]:
    """One for each link of the configuration in force; those that stay go on."""
    links, day = state.inventory.links, now.wall.astimezone(state.inventory.timezone).date()
    before, state.accounts = state.accounts, {}
    for link in links:
        account = before.get(link) or Account(now.wall.timestamp(), day)
        state.accounts[link] = account
    for one in saved:
        if one.link in links and one.link not in before:
            service = _service(state, links[one.link], one.until.timestamp())
            state.accounts[one.link].restore(one, service)
    state.savings = sorted(
        (now.monotonic + crc32(link.encode()) % SAVED_EVERY, link) for link in links
    )
    state.unseen = set(links)
    return follow(state, links.keys(), now)


def follow(state: State, links: Collection[LinkId], now: Moment) -> list[SaveAvailability]:
    """These links may be in another condition; an outage is saved as it comes and as it goes."""
    saves = []
    for link in links:
        account, judge = state.accounts.get(link), state.judges.get(link)
        if account is None or judge is None:
            continue
        before, condition = account.condition, CONDITIONS[state.shown(judge)]
        if condition is Condition.UNKNOWN:
            state.unseen.add(link)
        else:
            state.unseen.discard(link)
        if condition is before:
            continue
        account.settle(now.wall.timestamp(), _service(state, judge.link, account.since))
        account.condition = condition
        counted = account.unsaved(link) if Condition.DOWN in (before, condition) else None
        if counted is not None:
            saves.append(SaveAvailability(counted))
    return saves


def settle(state: State, now: Moment, works: Collection[Maintenance] | None = None) -> None:
    """Count up to now by what is in force until now; `works`: only what these touch."""
    for link, account in state.accounts.items():
        known = state.inventory.links[link]
        if works is None or any(work.touches(known) for work in works):
            account.settle(now.wall.timestamp(), _service(state, known, account.since))


def save(state: State, now: Moment, effects: Effects) -> None:
    """Those whose time has come."""
    for link in state.to_save(SAVED_EVERY, now):
        account = state.accounts[link]
        known = state.inventory.links[link]
        account.settle(now.wall.timestamp(), _service(state, known, account.since))
        counted = account.unsaved(link)
        if counted is not None:
            effects.records.append(SaveAvailability(counted))


def save_all(state: State, now: Moment) -> tuple[SaveAvailability, ...]:
    """What a daemon that stops has to leave."""
    settle(state, now)
    counted = (account.unsaved(link) for link, account in state.accounts.items())
    return tuple(SaveAvailability(one) for one in counted if one is not None)


def availability(state: State, link: LinkId, now: float) -> Availability | None:
    """Of the last thirty days, up to the timestamp `now`.

    What a link that is up adds is counted within the hour: most are, and are asked for together.
    """
    account = state.accounts.get(link)
    if account is None or account.condition is Condition.UP:
        return account.counted() if account is not None else None
    return account.figures(now, _service(state, state.inventory.links[link], account.since))


def _service(state: State, link: Link, since: float) -> Service:
    """When a link is in service, as far as that matters from `since` on."""
    hours, whole = state.inventory.sites[link.site].hours, state.inventory
    ended = ((work, work.ended_at or work.span.end) for work in state.works.all)
    works = [w for w, end in ended if end and end.timestamp() > since and w.touches(link)]
    if hours is None and not works:
        return Service(whole.timezone)
    over = list(map(_window, state.works.conferences_over(link.id)))
    here = (c for c in whole.conferences.values() if any(a.site == link.site for a in c.sites))
    windows = [*over, *map(_window, here)] if hours is not None else over
    excused = [part for work in works for part in _excused(work, over)]
    return Service(whole.timezone, hours, windows, excused)


def _window(conference: Conference) -> Stretch:
    return (conference.start - READINESS).timestamp(), closes_at(conference).timestamp()


def _excused(work: Maintenance, windows: Collection[Stretch]) -> list[Stretch]:
    """The time of work; where nobody has agreed to it, without that of conferences."""
    start, end = work.span.start, work.ended_at or work.span.end
    if start is None or end is None:
        return []
    whole = (start.timestamp(), end.timestamp())
    return [whole] if work.accepted_by is not None else without(whole, list(windows))
