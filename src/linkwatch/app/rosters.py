"""Looks at the rosters: who is missing now, every minute; and in the days ahead, when it is due."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from linkwatch.conference.occasions import occasions
from linkwatch.model.coverage import Period, Shortfall
from linkwatch.model.ids import CarrierId
from linkwatch.model.topology import Level
from linkwatch.oncall.coverage import AHEAD, coverage, next_check
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.rostergaps import RosterGap, roster_gaps
from linkwatch.oncall.shortfalls import Account, account_of
from linkwatch.ports import Clock

if TYPE_CHECKING:
    from datetime import datetime

_SHOWN = 3

log = structlog.get_logger(__name__)


class RosterWatch:
    """Metrics, incidents and log lines; a gap is logged when it is first seen or comes again.

    The days ahead are looked at at the start, every evening, before each conference, and when the
    rosters have changed.
    """

    def __init__(
        self,
        clock: Clock,
        book: Callable[[], DutyBook],
        show: Callable[[Collection[tuple[CarrierId, Level]]], None],
        tell: Callable[[Sequence[RosterGap]], None],
    ) -> None:
        self._clock = clock
        self._book = book
        self._show = show
        self._tell = tell
        self._seen: DutyBook | None = None
        self._due: datetime | None = None
        self._missing: frozenset[tuple[CarrierId, Level]] = frozenset()
        self._said: frozenset[Account] = frozenset()

    async def look(self) -> None:
        """Once a minute. For a country the work takes a second, which probes must not wait for."""
        book, now = self._book(), self._clock.now().wall
        missing = await asyncio.to_thread(book.gaps, now)
        self._show(missing)
        for carrier, level in sorted(missing - self._missing):
            log.warning("nobody on duty", carrier=carrier, level=level.value)
        self._missing = missing
        if book is self._seen and self._due is not None and now < self._due:
            return
        inventory = book.inventory
        period = Period(now, now + AHEAD)
        found = await asyncio.to_thread(
            lambda: coverage(book, now, period, list(occasions(inventory, period)))
        )
        self._seen = book
        self._due = next_check(inventory.conferences.values(), inventory.timezone, now)
        self._tell(roster_gaps(found, now))
        self._say(found)

    def _say(self, found: Sequence[Shortfall]) -> None:
        gaps = [account_of(each) for each in found if each.is_gap]
        for gap in gaps:
            if _lasting(gap) not in self._said:
                log.warning("gap in the rosters ahead", **_fields(gap))
        self._said = frozenset(map(_lasting, gaps))
        log.info("rosters looked at", gaps=len(gaps), weak_spots=len(found) - len(gaps))


def _lasting(gap: Account) -> Account:
    """The same gap looked at later, when less of it is left, is the same."""
    return replace(gap, period=None)


def _fields(gap: Account) -> dict[str, str]:
    more = len(gap.sites) - _SHOWN
    fields = {
        "what": gap.what,
        "detail": gap.detail,
        "carrier": gap.carrier,
        "level": gap.level.value if gap.level else None,
        "contact": gap.contact,
        "conference": gap.conference,
        "sites": ", ".join(gap.sites[:_SHOWN]) + (f" and {more} more" if more > 0 else ""),
        "since": gap.period.start.isoformat(timespec="minutes") if gap.period else None,
        "until": gap.period.end.isoformat(timespec="minutes") if gap.period else None,
    }
    return {name: value for name, value in fields.items() if value}
