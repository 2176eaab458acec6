"""The shifts of a rotation: they change at the same times of day all year."""

from datetime import datetime, timedelta

from linkwatch.model.ids import ContactId
from linkwatch.model.people import Rotation
from linkwatch.oncall.localclock import first_shown


def on_shift(rotation: Rotation, at: datetime) -> ContactId | None:
    """Whose shift it is at `at`; None before the first begins."""
    number = _number(rotation, at)
    return None if number < 0 else rotation.members[number % len(rotation.members)]


def next_shift(rotation: Rotation, after: datetime) -> datetime:
    """When the first shift after `after` begins."""
    return _begin(rotation, max(0, _number(rotation, after) + 1))


def _number(rotation: Rotation, at: datetime) -> int:
    """Which shift runs, from 0; negative before the first."""
    clock = at.astimezone(rotation.start.tzinfo).replace(tzinfo=None)
    number = (clock - rotation.start.replace(tzinfo=None)) // timedelta(seconds=rotation.shift)
    # Clocks that were just put back show again what is over.
    while _begin(rotation, number + 1) <= at:
        number += 1
    return number


def _begin(rotation: Rotation, number: int) -> datetime:
    zone = rotation.start.tzinfo
    if zone is None:
        raise ValueError("a rotation starts at an instant, not at a naive time")
    clock = rotation.start.replace(tzinfo=None) + number * timedelta(seconds=rotation.shift)
    return first_shown(clock, zone)
