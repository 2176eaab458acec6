"""The state of a site, by those of its links."""

from collections.abc import Collection

from linkwatch.model.finding import LinkState, SiteState

_USABLE = frozenset({LinkState.UP, LinkState.DEGRADED})
_BAD = frozenset({LinkState.DEGRADED, LinkState.DOWN})


def is_cut_off(down: Collection[bool]) -> bool:
    """Whether a site is, by whether each of its links in use is down; not where it has none."""
    return bool(down) and all(down)


def site_state(links: Collection[LinkState], *, cut_off: bool, closed: bool) -> SiteState:
    """The first that fits: closed; cut off; unverified, no link has ever answered; degraded, one
    works but not all is well; up, one works and nothing is known to be wrong; unknown.
    """
    if closed:
        return SiteState.CLOSED
    if cut_off:
        return SiteState.CUT_OFF
    states = frozenset(links)
    if states == {LinkState.UNVERIFIED}:
        return SiteState.UNVERIFIED
    if states.isdisjoint(_USABLE):
        return SiteState.UNKNOWN
    return SiteState.UP if states.isdisjoint(_BAD) else SiteState.DEGRADED
