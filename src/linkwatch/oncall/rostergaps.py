"""Vacancies as findings: one fault for a carrier and level, at the most urgent of its times.

An incident stays open while its finding does; without one it is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.model.coverage import DutyKey, Period, Shortfall, Vacancy
from linkwatch.model.ids import CarrierId, ConferenceId, SiteId
from linkwatch.model.topology import Level

NEAR = timedelta(hours=24)
"""How near a conference must be for a gap in its window to be urgent."""


@dataclass(frozen=True, slots=True)
class RosterGap:
    """Too few of a carrier on duty at a level; `conference`: within the window of a near one."""

    carrier: CarrierId
    level: Level
    sites: tuple[SiteId, ...]
    period: Period
    on_duty: int
    wanted: int
    conference: ConferenceId | None

    @property
    def key(self) -> DutyKey:
        """The identity of the fault."""
        return self.carrier, self.level


def roster_gaps(found: Iterable[Shortfall], now: datetime) -> tuple[RosterGap, ...]:
    """One gap for each carrier and level that lacks somebody: that of a near conference first."""
    vacancies = [each for each in found if isinstance(each, Vacancy)]
    gaps: dict[DutyKey, RosterGap] = {}
    for each in sorted(vacancies, key=lambda v: (not _is_near(v, now), v.period.start)):
        gap = RosterGap(
            carrier=each.carrier,
            level=each.level,
            sites=each.sites,
            period=each.period,
            on_duty=each.on_duty,
            wanted=each.wanted,
            conference=each.conference if _is_near(each, now) else None,
        )
        gaps.setdefault(gap.key, gap)
    return tuple(gaps.values())


def _is_near(vacancy: Vacancy, now: datetime) -> bool:
    return vacancy.conference is not None and vacancy.period.start - now <= NEAR
