"""Figures as people read them: never rounded across a threshold, in the language's own marks."""

from datetime import datetime
from math import ceil, floor
from zoneinfo import ZoneInfo

from linkwatch.model.words import Language

MOST_DECIMALS = 6


def number(value: float, decimals: int, language: Language) -> str:
    """A number with at most so many decimals; decimal comma in Vietnamese."""
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if language is Language.VI else text


def beside(value: float, threshold: float, decimals: int, language: Language) -> str:
    """A number shown beside its threshold: as many decimals as keep it on its own side."""
    while decimals < MOST_DECIMALS and (round(value, decimals) >= threshold) != (
        value >= threshold
    ):
        decimals += 1
    return number(value, decimals, language)


def briefly_beside(value: float, threshold: float, least: int, language: Language) -> str:
    """As `beside`, with two decimals at most: where rounding would cross, it goes the other way."""
    for decimals in range(least, 3):
        if (round(value, decimals) >= threshold) == (value >= threshold):
            return number(value, decimals, language)
    towards = floor if value < threshold else ceil
    return number(towards(value * 100) / 100, 2, language)


def clock(at: datetime, now: datetime, timezone: ZoneInfo) -> str:
    """Local time of day, with the date where that is not today's: `08:42` or `08:42 15/05`."""
    local = at.astimezone(timezone)
    same_day = local.date() == now.astimezone(timezone).date()
    return local.strftime("%H:%M" if same_day else "%H:%M %d/%m")


def duration(seconds: float, language: Language) -> str:
    """A length of time in its two largest units: `25 phút`, `1 h 05 min`, `40 s`."""
    minute = "phút" if language is Language.VI else "min"
    hour = "giờ" if language is Language.VI else "h"
    second = "giây" if language is Language.VI else "s"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} {second}"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} {minute}"
    return f"{minutes // 60} {hour} {minutes % 60:02d} {minute}"


def phone(number_: str) -> str:
    """An E.164 number as it is dialled in Vietnam."""
    return "0" + number_.removeprefix("+84") if number_.startswith("+84") else number_
