"""The state of a site, by those of its links."""

from itertools import combinations_with_replacement

import pytest

from linkwatch.judge.site import is_cut_off, site_state
from linkwatch.model.finding import LinkState, SiteState

UP, DEGRADED, DOWN, UNKNOWN, UNVERIFIED = LinkState


@pytest.mark.parametrize(
    ("links", "state"),
    [
        ((UP, UP), SiteState.UP),
        ((UP, UNKNOWN), SiteState.UP),
        ((UP, UNVERIFIED), SiteState.UP),
        ((UP, DOWN), SiteState.DEGRADED),
        ((DEGRADED, UP), SiteState.DEGRADED),
        ((DEGRADED,), SiteState.DEGRADED),
        ((DEGRADED, UNKNOWN), SiteState.DEGRADED),
        ((UNKNOWN, UNKNOWN), SiteState.UNKNOWN),
        ((DOWN, UNKNOWN), SiteState.UNKNOWN),
        ((DOWN, UNVERIFIED), SiteState.UNKNOWN),
        ((UNVERIFIED, UNKNOWN), SiteState.UNKNOWN),
        ((UNVERIFIED, UNVERIFIED), SiteState.UNVERIFIED),
        ((), SiteState.UNKNOWN),
    ],
)
def test_what_the_links_make_of_it(links: tuple[LinkState, ...], state: SiteState) -> None:
    assert site_state(links, cut_off=False, closed=False) is state
    assert site_state(links[::-1], cut_off=False, closed=False) is state


def test_cut_off_comes_before_the_links_and_closed_before_all() -> None:
    for links in combinations_with_replacement(LinkState, 2):
        assert site_state(links, cut_off=True, closed=False) is SiteState.CUT_OFF
        assert site_state(links, cut_off=True, closed=True) is SiteState.CLOSED


def test_a_site_without_links_in_use_is_not_cut_off() -> None:
    assert not is_cut_off([])
    assert is_cut_off([True])
    assert not is_cut_off([True, False])
