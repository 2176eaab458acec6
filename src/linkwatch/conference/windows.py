"""When a conference counts: the day before, the window from T-60 min, until it is closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.conference.carrying import carries_all
from linkwatch.model.conference import Attendance, Conference, Phase
from linkwatch.model.ids import ConferenceId, LinkId
from linkwatch.model.topology import Site

DAY_BEFORE = timedelta(hours=24)
READINESS = timedelta(minutes=60)
"""Technicians are present from 60 minutes before a conference until its end."""


@dataclass(frozen=True, slots=True)
class Due:
    """A conference that matters to a site now; `attendance` None: the site only carries it."""

    conference: Conference
    phase: Phase
    attendance: Attendance | None

    def uses(self, link: LinkId) -> bool:
        """Whether the conference runs over this link of the site."""
        return self.attendance is not None and self.attendance.uses(link)


def closes_at(conference: Conference) -> datetime:
    """When it counts as closed without anybody's doing."""
    return conference.end + timedelta(seconds=conference.grace)


def phase(conference: Conference, at: datetime) -> Phase:
    """How near the conference is at `at`."""
    if at >= closes_at(conference) or at < conference.start - DAY_BEFORE:
        return Phase.NONE
    return Phase.WINDOW if at >= conference.start - READINESS else Phase.DAY_BEFORE


def due(
    conferences: Iterable[Conference], site: Site, at: datetime, *, carries: bool = False
) -> tuple[Due, ...]:
    """The conferences that matter to a site at `at`: attended, or all where it `carries` them.

    A hub and a main hall always do.
    """
    return tuple(
        Due(conference, near, attendance)
        for conference in conferences
        if (near := phase(conference, at)) is not Phase.NONE
        and ((attendance := conference.by_site.get(site.id)) or carries or carries_all(site))
    )


def open_at(conferences: Iterable[Conference], at: datetime) -> frozenset[ConferenceId]:
    """Those whose window is open at `at`."""
    return frozenset(c.id for c in conferences if phase(c, at) is Phase.WINDOW)


def next_change(conferences: Iterable[Conference], after: datetime) -> datetime | None:
    """The next instant at which any conference's phase changes."""
    edges = (
        edge
        for c in conferences
        for edge in (c.start - DAY_BEFORE, c.start - READINESS, closes_at(c))
        if edge > after
    )
    return min(edges, default=None)
