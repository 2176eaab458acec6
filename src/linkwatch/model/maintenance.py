"""Announced work on what is watched, and what it means for a fault that falls into it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Link

_NAMED = 3
"""Places that a name consists of; the others are a number."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Announced work: where, when, and who agreed to it.

    `links`, `sites` and `shared_risk` are places; with a `carrier` it touches only that one's links
    there, or all of them where no place is named. `number` is that of work announced by command
    (None: by the configuration), `by` and `made_at` who did so and when; `ended_at` once somebody
    has ended it before its time.
    """

    span: Span
    links: frozenset[LinkId]
    sites: frozenset[SiteId]
    carrier: CarrierId | None
    shared_risk: frozenset[str]
    reference: str | None
    accepted_by: str | None
    number: int | None = None
    by: str = ""
    made_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def name(self) -> str:
        """How people know it: by its announcement, else by its number or by what it touches."""
        if self.reference:
            return self.reference
        if self.number is not None:
            return f"#{self.number}"
        places = [str(p) for p in sorted((*self.links, *self.sites, *self.shared_risk))]
        more = [f"+{len(places) - _NAMED}"] if len(places) > _NAMED else []
        return ", ".join((*([self.carrier] if self.carrier else []), *places[:_NAMED], *more))

    @property
    def subject(self) -> Subject:
        """The work as what a fault is of; it stays the same when somebody agrees to it."""
        if self.number is not None:
            mark = f"#{self.number}"
        else:
            mark = self.span.start.isoformat(timespec="minutes") if self.span.start else ""
        return Subject(SubjectKind.WORK, f"{self.name} {mark}")

    def is_on(self, at: datetime) -> bool:
        """Whether it is under way at `at`."""
        return self.span.contains(at) and self.ended_at is None

    def is_over(self, at: datetime) -> bool:
        """Whether it has come to its end."""
        return self.ended_at is not None or (self.span.end is not None and self.span.end <= at)

    def touches(self, link: Link) -> bool:
        """Whether this link is worked on."""
        if self.carrier is not None and link.carrier != self.carrier:
            return False
        if not (self.links or self.sites or self.shared_risk):
            return self.carrier is not None
        return (
            link.id in self.links
            or link.site in self.sites
            or not self.shared_risk.isdisjoint(link.shared_risk)
        )

    def touches_all_at(self, site: SiteId) -> bool:
        """Whether everything at this site is worked on, whosever it is."""
        return self.carrier is None and site in self.sites


def work_of(subject: Subject) -> str | None:
    """The work by its name; None where it is something else."""
    return subject.id.rpartition(" ")[0] if subject.kind is SubjectKind.WORK else None


class Bearing(StrEnum):
    """What work means for a fault on what it touches."""

    MUTED = "muted"
    """Expected: it is recorded and shown, and nobody is told."""
    OVER_CONFERENCE = "over_conference"
    """A conference runs over it, and nobody has agreed to the work: told like any other."""
    OUTLASTED = "outlasted"
    """The work is over, and the fault is not: told like any other."""


@dataclass(frozen=True, slots=True)
class UnderWork:
    """The work that a fault falls into: by its name, until when, and what that means."""

    work: str
    until: datetime
    bearing: Bearing
