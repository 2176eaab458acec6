"""Which sites are looked at unasked, and what becomes of a conference that changes."""

from dataclasses import replace
from datetime import timedelta

from linkwatch.model.conference import Conference
from linkwatch.model.ids import ConferenceId, SiteId
from linkwatch.runtime.lost_time import IN_TURN, LostTimes
from support.province import CONFERENCE, MORNING, conference, moment

SITES = [SiteId(f"xa-{n}") for n in range(2 * IN_TURN + 20)]


def meeting() -> Conference:
    (part,) = conference().sites
    return replace(conference(), sites=tuple(replace(part, site=site) for site in SITES))


def test_every_site_has_its_turn_and_none_more_than_once_in_it() -> None:
    lost = LostTimes()
    lost.adopt([meeting()], moment(MORNING, 0))
    looked: list[SiteId] = []
    for tenths in range(30):
        looked += lost.in_turn(moment(MORNING, tenths / 10))
    assert len(looked) == 3 * IN_TURN
    assert set(looked) == set(SITES)
    assert len(set(looked[: 2 * IN_TURN])) == 2 * IN_TURN


def test_few_sites_are_looked_at_once_a_turn() -> None:
    lost = LostTimes()
    lost.adopt([conference()], moment(MORNING, 0))
    assert len(lost.in_turn(moment(MORNING, 0))) == 1
    assert len(LostTimes().in_turn(moment(MORNING, 0))) == 0


def test_it_matters_until_the_last_conference_is_over() -> None:
    lost = LostTimes()
    assert not lost.matter(moment(MORNING, 0))
    lost.adopt([conference()], moment(MORNING, 0))
    assert lost.matter(moment(conference().start, -7 * 86_400))
    assert lost.matter(moment(conference().end, -1))
    assert not lost.matter(moment(conference().end, 0))


def test_a_conference_that_is_put_off_keeps_what_was_lost() -> None:
    lost, site = LostTimes(), SITES[0]
    lost.adopt([meeting()], moment(MORNING, 0))
    lost.look([site, SiteId("gone")], lambda part: part.site == site, moment(MORNING, 10))
    later = replace(meeting(), start=MORNING + timedelta(hours=1), end=MORNING + timedelta(hours=2))
    lost.adopt([later], moment(MORNING, 40))
    assert lost.seconds(CONFERENCE, site, moment(MORNING, 60)) == 30
    assert lost.seconds(CONFERENCE, site, moment(MORNING, 3660)) == 90
    assert lost.seconds(CONFERENCE, SITES[1], moment(MORNING, 3660)) == 0
    assert lost.seconds(ConferenceId("other"), site, moment(MORNING, 3660)) == 0


def test_one_that_was_cut_off_at_the_end_loses_no_more_after_it() -> None:
    lost, end = LostTimes(), conference().end
    lost.adopt([conference()], moment(MORNING, 0))
    site = conference().sites[0].site
    lost.look([site], lambda _: True, moment(end, -20))
    assert lost.seconds(CONFERENCE, site, moment(end, 3600)) == 20
