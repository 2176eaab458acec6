"""Times at which fewer than wanted are on duty: as stretches, for all sites of a post alike."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from linkwatch.model.coverage import Occasion, Period, Vacancy
from linkwatch.model.ids import ConferenceId
from linkwatch.model.people import Roster
from linkwatch.oncall.duty import DutyBook, Post
from linkwatch.oncall.roster import manning


def vacancies(book: DutyBook, period: Period, occasions: Iterable[Occasion]) -> Iterator[Vacancy]:
    """Posts without anybody of their own level, or with fewer than `min_on_duty` says.

    Within a conference's window its own minimum counts; such vacancies name the conference.
    """
    for post in book.posts:
        yield from _of_post(post, period, None)
    for occasion in occasions:
        for post in book.posts:
            part = tuple(s for s in post.sites if (post.carrier, s) in occasion.places)
            if part:
                yield from _of_post(replace(post, sites=part), occasion.period, occasion.conference)


def _of_post(post: Post, period: Period, conference: ConferenceId | None) -> Iterator[Vacancy]:
    for stretch in manning(post.rosters, period.start, period.end):
        wanted = _wanted(stretch.roster, conference)
        if stretch.number < wanted:
            yield Vacancy(
                carrier=post.carrier,
                level=post.level,
                sites=post.sites,
                rosters=tuple(roster.id for roster in post.rosters),
                period=Period(stretch.start, stretch.end),
                on_duty=stretch.number,
                wanted=wanted,
                conference=conference,
            )


def _wanted(roster: Roster | None, conference: ConferenceId | None) -> int:
    if roster is None:
        return 1
    return roster.min_normal if conference is None else roster.min_conference
