"""Work at the time of a conference, and the links that a conference runs over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwatch.conference.carrying import runs_over
from linkwatch.conference.conflicts import conflicts
from linkwatch.model.coverage import Period
from linkwatch.model.ids import LinkId
from linkwatch.model.topology import LinkKind, Target
from support.province import HUB, INET, VNPT, WAN, conference, inventory, link, work

C = conference()
OPENS, CLOSES = C.start - timedelta(hours=1), C.end + timedelta(hours=1)
HOUR = timedelta(hours=1)
HUB_WAN = LinkId("ttcntt-wan")


def found(announced: Any, *, hours_before: float = 12) -> list[Period]:
    now = C.start - timedelta(hours=hours_before)
    some = conflicts([announced], [C], lambda _work, _conference: {WAN}, now)
    return [one.period for one in some]


@pytest.mark.parametrize(
    ("announced", "shared"),
    [
        (work(OPENS - HOUR, OPENS), []),
        (work(OPENS - HOUR, OPENS + HOUR), [Period(OPENS, OPENS + HOUR)]),
        (work(C.start, C.end), [Period(C.start, C.end)]),
        (work(OPENS - HOUR, CLOSES + HOUR), [Period(OPENS, CLOSES)]),
        (work(CLOSES, CLOSES + HOUR), []),
        (work(C.start, C.end, accepted_by="TT"), []),
        (work(C.start, C.end, ended_at=OPENS), []),
    ],
)
def test_work_meets_a_conferences_window(announced: Any, shared: list[Period]) -> None:
    assert found(announced) == shared


@pytest.mark.parametrize(("hours_before", "counts"), [(24.1, 0), (24, 1), (-1, 1), (-2, 0)])
def test_it_is_found_from_a_day_before_until_it_is_past(hours_before: float, counts: int) -> None:
    until_nine = work(C.start, C.start + 2 * HOUR)
    assert len(found(until_nine, hours_before=hours_before)) == counts


def test_work_on_other_links_meets_nothing() -> None:
    now = C.start - HOUR
    assert list(conflicts([work(OPENS, CLOSES)], [C], lambda _w, _c: frozenset(), now)) == []


def test_a_conference_runs_over_links_in_use_their_parents_and_what_carries_all() -> None:
    whole = inventory()
    hub = link(HUB_WAN, HUB, LinkKind.WAN, VNPT, (Target("127.0.1.10"),))
    far = replace(hub, id=LinkId("relay"), site=whole.links[WAN].site)
    wan = replace(whole.links[WAN], parent=far.id)
    whole = replace(whole, links={**whole.links, WAN: wan, HUB_WAN: hub, far.id: far})
    assert runs_over(whole, conference(use=(WAN,))) == {WAN, far.id, HUB_WAN}
    assert runs_over(whole, conference()) == {WAN, INET, far.id, HUB_WAN}
