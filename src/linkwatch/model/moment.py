"""The two clocks, read together once per turn, and spans of calendar time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks: durations from `monotonic` (s), calendars from `wall` (aware)."""

    monotonic: float
    wall: datetime

    def wall_at(self, monotonic: float) -> datetime:
        """The wall time of another monotonic reading, as seen from this moment."""
        return datetime.fromtimestamp(self.wall.timestamp() + monotonic - self.monotonic, UTC)

    def monotonic_at(self, wall: datetime) -> float:
        """The monotonic reading of another wall time, as seen from this moment."""
        return self.monotonic + (wall - self.wall).total_seconds()

    def before(self, seconds: float) -> "Moment":
        """The moment so many s ago."""
        return Moment(self.monotonic - seconds, self.wall - timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of calendar time: `start` inclusive, `end` exclusive; None is open-ended."""

    start: datetime | None
    end: datetime | None

    def contains(self, at: datetime) -> bool:
        """Whether the instant `at` (aware) lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, other: "Span") -> bool:
        """Whether both share an instant."""
        return _before(self.start, other.end) and _before(other.start, self.end)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
