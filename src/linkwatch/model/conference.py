"""Conferences, their platforms and the orders they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from linkwatch.model.ids import CarrierId, ConferenceId, LinkId, PlatformId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.topology import Target


class Importance(StrEnum):
    """A normal conference makes P2 of what would be P1."""

    HIGH = "high"
    NORMAL = "normal"


class Phase(IntEnum):
    """How near a conference is: from T-24 h, then from T-60 min until it is closed; ordered."""

    NONE = 0
    DAY_BEFORE = 1
    WINDOW = 2


@dataclass(frozen=True, slots=True)
class Attendance:
    """One site's part in a conference. `use` empty: all its links are in use."""

    site: SiteId
    rooms: int
    quality: str
    use: tuple[LinkId, ...]
    platform: PlatformId | None

    def uses(self, link: LinkId) -> bool:
        """Whether the conference runs over this link of the site."""
        return not self.use or link in self.use


@dataclass(frozen=True, slots=True)
class Conference:
    """A video conference; `grace` in s after `end`, `checks` in s before `start`."""

    id: ConferenceId
    name: str
    short: str
    importance: Importance
    start: datetime
    end: datetime
    grace: float
    checks: tuple[float, ...]
    platform: PlatformId | None
    sites: tuple[Attendance, ...]

    by_site: Mapping[SiteId, Attendance] = field(init=False, repr=False, compare=False)
    """The first part that each site has in it."""

    def __post_init__(self) -> None:
        parts = {part.site: part for part in reversed(self.sites)}
        object.__setattr__(self, "by_site", parts)


@dataclass(frozen=True, slots=True)
class Platform:
    """A conference platform's endpoints; they alert their provider."""

    id: PlatformId
    provider: CarrierId
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Directive:
    """An order whose demands are measured."""

    id: str
    span: Span
    carriers: tuple[CarrierId, ...]
    contacts_due: date | None
    inspection_due: date | None
