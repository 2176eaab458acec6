"""Links and sites as boards show them: what the judges know, put together."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from linkwatch.conference import windows
from linkwatch.judge.link import LinkJudge
from linkwatch.judge.site import site_state
from linkwatch.model.conference import Conference, Phase
from linkwatch.model.finding import Direction, LinkState, SiteState
from linkwatch.model.ids import LinkId, SiteId
from linkwatch.model.measurement import InterfaceFault, Metering
from linkwatch.ports import LinkFigures
from linkwatch.runtime.accounting import availability
from linkwatch.runtime.state import State

_FAULTS = {
    InterfaceFault.MISSING: Metering.INTERFACE_MISSING,
    InterfaceFault.AMBIGUOUS: Metering.INTERFACE_AMBIGUOUS,
}


def figures(state: State, link: LinkId, now: datetime) -> LinkFigures:
    """The link's figures at `now`."""
    judge = state.judges[link]
    best, interface = judge.best, judge.interface
    rates, boost = interface.boost.shown(judge.link, now)
    rtt_p50, rtt_p95 = best.rtt(0.5, 0.95) if best else (None, None)
    ratio, p95 = interface.utilisation.ratio, interface.month.p95
    return LinkFigures(
        link=link,
        state=state.shown(judge),
        loss=best.loss if best else None,
        rtt_p50=rtt_p50,
        rtt_p95=rtt_p95,
        jitter=best.jitter if best else None,
        utilisation_receive=ratio[Direction.RECEIVE],
        utilisation_transmit=ratio[Direction.TRANSMIT],
        contracted_receive=rates[Direction.RECEIVE],
        contracted_transmit=rates[Direction.TRANSMIT],
        boost=boost,
        p95_receive=p95[Direction.RECEIVE],
        p95_transmit=p95[Direction.TRANSMIT],
        metering=_metering(state, judge),
        interface=state.samples.get(link),
        availability=availability(state, link, now.timestamp()),
        maintenance=state.works.last_on(link, now),
    )


def _metering(state: State, judge: LinkJudge) -> Metering:
    reference = judge.link.interface
    if reference is None:
        return Metering.NO_INTERFACE
    router = state.routers.get(reference.router)
    if router is None:
        owner = state.inventory.routers[reference.router].owner
        return Metering.NOT_ASKED if owner is None else Metering.CARRIERS_ROUTER
    if router.is_silent:
        return Metering.ROUTER_SILENT
    if judge.interface.fault is not None:
        return _FAULTS[judge.interface.fault]
    is_measured = judge.interface.utilisation.is_measured
    return Metering.MEASURED if is_measured else Metering.WAITING


def site_states(
    state: State, shown: Iterable[tuple[SiteId, Sequence[LinkState]]], now: datetime
) -> list[SiteState]:
    """Sites at `now`, whose links are `shown` so; one that is not configured is unknown."""
    planned = state.inventory.conferences.values()
    on = [one for one in planned if windows.phase(one, now) is Phase.WINDOW]
    return [_site(state, site, links, on, now) for site, links in shown]


def _site(
    state: State,
    name: SiteId,
    states: Sequence[LinkState],
    on: Sequence[Conference],
    now: datetime,
) -> SiteState:
    site, links = state.inventory.sites.get(name), state.links_of.get(name, ())
    if site is None:
        return SiteState.UNKNOWN
    dues = windows.due(on, site, now, carries=not state.carrying.isdisjoint(links)) if on else ()
    hours = site.hours is not None and not dues
    closed = hours and site.is_closed(now.astimezone(state.inventory.timezone))
    if closed or all(one is LinkState.UP for one in states):
        return site_state(states, cut_off=False, closed=closed)
    uses = [due.uses for due in dues if due.attendance is not None]
    cut_off = any(state.is_cut_off(name, used) for used in (_every, *uses))
    return site_state(states, cut_off=cut_off, closed=False)


def _every(_link: LinkId) -> bool:
    return True
