"""Dates and times as they are written, to instants in UTC.

A time without offset is local. One that the clocks skip is an error; one that they repeat means
the first. `from` is inclusive; a date-only `until` includes that day, one with a time does not.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linkwatch.config.badvalue import BadValueError, quoted

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(\d\d?):(\d\d)", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)?", re.ASCII
)

DATE_PATTERN = r"^\d{4}-\d\d-\d\d$"
INSTANT_PATTERN = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$"
TIME_OF_DAY_PATTERN = r"^\d\d?:\d\d$"
NEVER = "never"
DAILY_TIME_PATTERN = rf"{TIME_OF_DAY_PATTERN}|^{NEVER}$"
_EXAMPLE = 'write e.g. "2021-05-15T07:30", or "2021-05-15" for the whole day'


def parse_start(text: str, zone: ZoneInfo) -> datetime:
    """An inclusive beginning; a date means its first instant."""
    if _DATE.fullmatch(text):
        return _first_instant(parse_date(text), zone)
    return parse_instant(text, zone)


def parse_end(text: str, zone: ZoneInfo) -> datetime:
    """An exclusive end; a date means the first instant of the day after."""
    if _DATE.fullmatch(text):
        try:
            return _first_instant(parse_date(text) + timedelta(days=1), zone)
        except OverflowError:
            raise BadValueError(f"{quoted(text)} is too far in the future") from None
    return parse_instant(text, zone)


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """A date with a time of day, with or without offset."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise BadValueError(f"{quoted(text)} is not a date and time", _EXAMPLE)
    day, clock, offset = match.groups()
    try:
        written = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        return written.astimezone(UTC) if offset else _existing(written, zone, text)
    except BadValueError:
        raise
    except (ValueError, OverflowError):
        raise BadValueError(f"{quoted(text)} is not a date of the calendar", _EXAMPLE) from None


def parse_date(text: str) -> date:
    """A day, without time."""
    if _DATE.fullmatch(text) is None:
        raise BadValueError(f"{quoted(text)} is not a date", 'write e.g. "2021-05-31"')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValueError(f"{quoted(text)} is not a date of the calendar") from None


def parse_time_of_day(text: str) -> time:
    """`07:00`; `24:00` is not a time."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise BadValueError(f"{quoted(text)} is not a time of day", 'write e.g. "07:00"')
    return time(int(match[1]), int(match[2]))


def parse_daily_time(text: str) -> time | None:
    """A time of day; `never`: None."""
    if text == NEVER:
        return None
    try:
        return parse_time_of_day(text)
    except BadValueError as error:
        raise BadValueError(error.message, f"{error.hint}, or {NEVER}") from None


def _existing(written: datetime, zone: ZoneInfo, text: str) -> datetime:
    instant = written.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != written:
        raise BadValueError(
            f"{quoted(text)} does not exist in {zone.key}: the clocks are put forward over it",
            "write an earlier or later time, or one with an offset",
        )
    return instant


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Midnight; where the clocks jump at midnight, the jump (`fold=0` reads the old offset)."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        raise BadValueError(f"{day.isoformat()!r} cannot be placed in time") from None
