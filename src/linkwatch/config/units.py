"""Durations, rates and ratios as they are written: a number with its unit, or a plain 0."""

import re
from collections.abc import Mapping
from decimal import Decimal

from linkwatch.config.badvalue import BadValueError, quoted

_QUANTITY = re.compile(r"([+-]?\d{1,12}(?:\.\d{1,9})?) ?([A-Za-z%/]*)", re.ASCII)

_SECONDS: Mapping[str, Decimal] = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
_BITS: Mapping[str, Decimal] = {
    "bps": Decimal(1),
    "kbps": Decimal(10**3),
    "Mbps": Decimal(10**6),
    "Gbps": Decimal(10**9),
}
_PARTS: Mapping[str, Decimal] = {"%": Decimal("0.01")}

LONGEST = Decimal(366 * 86400)
"""s: calendar arithmetic on more than this would run out of dates."""

DURATION_PATTERN = r"^(0|\d{1,12}(\.\d{1,9})? ?(ms|s|m|h|d))$"
RATE_PATTERN = r"^(0|\d{1,12}(\.\d{1,9})? ?(bps|kbps|Mbps|Gbps))$"
RATIO_PATTERN = r"^(0|\d{1,12}(\.\d{1,9})? ?%)$"


def parse_duration(text: str) -> float:
    """`250ms`, `5s`, `3m`, `1h`, `7d` in seconds."""
    seconds = _quantity(text, _SECONDS, "a duration", "5s")
    if seconds > LONGEST:
        raise BadValueError(f"{quoted(text)} is longer than a year", "at most 366d")
    return float(seconds)


def parse_rate(text: str) -> int:
    """`512kbps`, `20Mbps`, `1Gbps` in bit/s; prefixes are powers of ten."""
    bits = _quantity(text, _BITS, "a rate", "20Mbps")
    if bits != int(bits):
        raise BadValueError(f"{quoted(text)} is not a whole number of bits a second")
    return int(bits)


def parse_ratio(text: str) -> float:
    """`5%` as 0.05; at most 100 %."""
    ratio = parse_share(text)
    if ratio > 1:
        raise BadValueError(f"{quoted(text)} is more than 100 %")
    return ratio


def parse_share(text: str) -> float:
    """`150%` as 1.5: of what can be exceeded."""
    return float(_quantity(text, _PARTS, "a ratio", "5%"))


def show_duration(seconds: float) -> str:
    """A duration as it would be written, in the largest unit that leaves a whole number."""
    for unit in ("d", "h", "m", "s"):
        if seconds and seconds % float(_SECONDS[unit]) == 0:
            return f"{seconds / float(_SECONDS[unit]):.12g}{unit}"
    return f"{seconds * 1000:.12g}ms" if seconds else "0s"


def show_rate(bits: int) -> str:
    """A rate as it would be written, in the largest unit that leaves a whole number."""
    for unit in ("Gbps", "Mbps", "kbps"):
        if bits and bits % _BITS[unit] == 0:
            return f"{bits // _BITS[unit]}{unit}"
    return f"{bits / 1000:.12g}kbps" if bits else "0"


def _quantity(text: str, units: Mapping[str, Decimal], noun: str, example: str) -> Decimal:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise BadValueError(f"{quoted(text)} is not {noun}", f"write e.g. {example}")
    number, unit = Decimal(match[1]), match[2]
    if number < 0:
        raise BadValueError(f"{quoted(text)} is negative", f"write e.g. {example}")
    if not unit and number == 0:
        return number
    if not unit:
        likeliest = "s" if "s" in units else next(u for u in ("Mbps", "%") if u in units)
        raise BadValueError(f"{quoted(text)} has no unit", f"write e.g. {match[1]}{likeliest}")
    if unit not in units:
        raise BadValueError(
            f"{quoted(text)} has an unknown unit {quoted(unit)}", f"one of {', '.join(units)}"
        )
    return number * units[unit]
