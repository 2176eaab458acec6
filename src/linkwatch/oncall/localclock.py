"""Local times as instants: each once and in order, also where clocks are put forward or back."""

from datetime import UTC, datetime, time, timedelta, tzinfo


def first_shown(clock: datetime, zone: tzinfo) -> datetime:
    """When the zone's clocks first reach this local time (naive).

    Of a time they show twice the first; for a time they are put forward over, that moment. So a
    later local time is never reached before an earlier one.
    """
    before, after = (clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return before if before <= after else _put_forward(after, before, zone)


def next_shown(clock: time, zone: tzinfo, after: datetime) -> datetime:
    """The first instant after `after` at which the zone's clocks reach this time of day."""
    day = after.astimezone(zone).date()
    candidates = (
        first_shown(datetime.combine(day + timedelta(days=n), clock), zone) for n in range(3)
    )
    return next(at for at in candidates if at > after)


def _put_forward(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """The one moment between two instants at which the zone's offset changes."""
    old = early.astimezone(zone).utcoffset()
    while late - early > timedelta.resolution:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == old:
            early = middle
        else:
            late = middle
    return late
