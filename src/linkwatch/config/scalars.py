"""Readers of the remaining single values: numbers, switches, DSCP names, weekdays, zones."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linkwatch.config.badvalue import BadValueError, quoted
from linkwatch.config.localtime import parse_time_of_day
from linkwatch.config.units import parse_duration, parse_rate
from linkwatch.model.people import DailyHours
from linkwatch.model.topology import SnmpVersion

DSCP: Mapping[str, int] = {
    **{f"CS{n}": n * 8 for n in range(8)},
    **{f"AF{c}{drop}": c * 8 + drop * 2 for c in range(1, 5) for drop in range(1, 4)},
    "LE": 1,
    "VA": 44,
    "EF": 46,
}
"""Names of RFC 2474, 2597, 3246, 5865 and 8622."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2}){5,32})", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)


def parse_text(text: str) -> str:
    """Any words, without blanks around them."""
    if not text.strip():
        raise BadValueError("is empty")
    return text.strip()


def parse_whole(text: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    if _WHOLE.fullmatch(text) is None or not low <= int(text) <= high:
        raise BadValueError(f"{quoted(text)} is not a whole number from {low} to {high}")
    return int(text)


def parse_number(text: str, low: float, high: float) -> float:
    """A number from `low` to `high`."""
    if _NUMBER.fullmatch(text) is None or not low <= float(text) <= high:
        raise BadValueError(f"{quoted(text)} is not a number from {low:g} to {high:g}")
    return float(text)


def parse_switch(text: str) -> bool:
    """`true` or `false`: no other word, so that none is taken for the opposite."""
    if text not in {"true", "false"}:
        raise BadValueError(f"{quoted(text)} is not a switch", "write true or false")
    return text == "true"


def parse_pace(text: str) -> float:
    """A duration that something is repeated after, or waited for: never 0."""
    seconds = parse_duration(text)
    if seconds <= 0:
        raise BadValueError(f"{quoted(text)} is no time at all", "write e.g. 5s")
    return seconds


def parse_contracted(text: str) -> int:
    """A rate that traffic is divided by: never 0."""
    rate = parse_rate(text)
    if rate <= 0:
        raise BadValueError(f"{quoted(text)} is no rate", "write e.g. 20Mbps")
    return rate


def parse_snmp_version(text: str) -> SnmpVersion:
    """`2c` or `3`."""
    try:
        return SnmpVersion(text)
    except ValueError:
        raise BadValueError(f"{quoted(text)} is not an SNMP version", "write 3 or 2c") from None


def parse_dscp(text: str) -> int:
    """A DSCP by name or as a number from 0 to 63."""
    if text in DSCP:
        return DSCP[text]
    if _WHOLE.fullmatch(text) is None or not 0 <= int(text) <= 63:
        raise BadValueError(f"{quoted(text)} is not a DSCP", "write e.g. AF41, EF, CS5 or 0 to 63")
    return int(text)


def parse_engine_id(text: str) -> bytes:
    """An SNMP engine id of 5 to 32 bytes in hexadecimal digits (RFC 3411 section 5)."""
    match = _HEX.fullmatch(text)
    if match is None:
        raise BadValueError(f"{quoted(text)} is not an engine id", "10 to 64 hexadecimal digits")
    return bytes.fromhex(match[1])


def parse_timezone(text: str) -> ZoneInfo:
    """A zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValueError(
            f"{quoted(text)} is not a time zone", "write e.g. Asia/Ho_Chi_Minh"
        ) from None


def parse_weekdays(text: str) -> frozenset[int]:
    """`Mon-Fri` or `Mon,Wed,Sat` as ISO weekdays; a range may run over Sunday."""
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise BadValueError(
                f"{quoted(text)} is not a list of weekdays", "write e.g. Mon-Fri or Mon,Sat"
            )
        start = _DAYS.index(first)
        length = (_DAYS.index(last) - start) % 7 if dash else 0
        days.update((start + n) % 7 + 1 for n in range(length + 1))
    return frozenset(days)


def parse_daily_hours(text: str) -> DailyHours:
    """`06:00-22:00`; may run across midnight."""
    start, dash, end = text.partition("-")
    if not dash or start == end:
        raise BadValueError(f"{quoted(text)} is not a range of hours", 'write e.g. "06:00-22:00"')
    return DailyHours(parse_time_of_day(start.strip()), parse_time_of_day(end.strip()))


def parse_format(text: str) -> int:
    """The version of the configuration's format."""
    if text != "1":
        raise BadValueError(
            f"{quoted(text)} is not a version this program reads", "write version: 1"
        )
    return 1
