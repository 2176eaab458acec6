"""How available a link was: the time it was in service, told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from linkwatch.model.ids import LinkId


class Condition(IntEnum):
    """What a link in service is, for its availability."""

    UP = 0
    """It carries: up, or degraded."""
    DOWN = 1
    UNKNOWN = 2
    """We could not tell, or did not look."""
    MAINTENANCE = 3
    """Announced work excuses it, whatever it does."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Seconds in each condition over the last `judge.availability.DAYS` days, in service only."""

    up: int
    down: int
    unknown: int
    maintenance: int

    @property
    def ratio(self) -> float | None:
        """The share of the time that can be judged in which it was not down; None: no such time."""
        judged = self.up + self.down
        return self.up / judged if judged else None


@dataclass(frozen=True, slots=True)
class SavedAvailability:
    """What is kept: seconds by condition for each local day (ISO date), counted up to `until`."""

    link: LinkId
    until: datetime
    days: Mapping[str, tuple[int, int, int, int]]
