"""Retry-After in both its forms, and in none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.notify.response import seconds_of

NOW = datetime(2021, 5, 15, 0, 42, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("9" * 5000, 999_999_999.0),
        ("Sat, 15 May 2021 00:43:10 GMT", 60.0),
        ("Sat, 15 May 2021 00:43:10 -0000", 60.0),
        ("Sat, 15 May 2021 00:41:10 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("soon", None),
        ("Sat, 99 May 2021 00:43:10 GMT", None),
        ("", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


@given(st.text())
def test_no_header_breaks_it(header: str) -> None:
    seconds = seconds_of(header, NOW)

    assert seconds is None or seconds >= 0
