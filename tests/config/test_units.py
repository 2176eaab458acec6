"""Durations, rates and ratios."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.config.badvalue import BadValueError
from linkwatch.config.units import (
    parse_duration,
    parse_rate,
    parse_ratio,
    show_duration,
    show_rate,
)


def refusal(parse: Callable[[str], float], text: str) -> str:
    """The message a reader refuses a text with; nothing if it takes it."""
    try:
        return "" if parse(text) >= 0 else "\0negative"
    except BadValueError as error:
        return error.message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("5s", 5),
        ("3m", 180),
        ("1h", 3600),
        ("7d", 604800),
        ("1.5s", 1.5),
        ("0", 0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "bits"),
    [("512kbps", 512_000), ("20Mbps", 20_000_000), ("1Gbps", 10**9), ("2.5Mbps", 2_500_000)],
)
def test_rates_count_in_powers_of_ten(text: str, bits: int) -> None:
    assert parse_rate(text) == bits


@pytest.mark.parametrize(("text", "ratio"), [("5%", 0.05), ("0.5%", 0.005), ("100%", 1), ("0", 0)])
def test_ratios(text: str, ratio: float) -> None:
    assert parse_ratio(text) == ratio


@pytest.mark.parametrize("parse", [parse_duration, parse_rate, parse_ratio])
@given(number=st.integers(1, 10**11))
def test_a_bare_number_is_refused_with_a_hint(parse: Callable[[str], float], number: int) -> None:
    with pytest.raises(BadValueError, match="has no unit") as caught:
        parse(str(number))
    assert str(number) in caught.value.hint


@pytest.mark.parametrize("parse", [parse_duration, parse_rate, parse_ratio])
@given(text=st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(parse: Callable[[str], float], text: str) -> None:
    assert refusal(parse, text).isprintable()


@given(st.integers(0, 10**9))
def test_a_shown_duration_reads_back(milliseconds: int) -> None:
    assert round(parse_duration(show_duration(milliseconds / 1000)) * 1000) == milliseconds


@given(st.integers(1, 10**6), st.sampled_from(["bps", "kbps", "Mbps", "Gbps"]))
def test_rates_are_exact(number: int, unit: str) -> None:
    factor = {"bps": 1, "kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9}[unit]
    assert parse_rate(f"{number}{unit}") == number * factor


def test_part_of_a_bit_is_no_rate() -> None:
    with pytest.raises(BadValueError, match="whole number of bits"):
        parse_rate("0.5bps")


@pytest.mark.parametrize(
    ("bits", "shown"),
    [(0, "0"), (512_000, "512kbps"), (20_000_000, "20Mbps"), (10**9, "1Gbps"), (1_500, "1.5kbps")],
)
def test_a_rate_is_shown_in_its_largest_whole_unit(bits: int, shown: str) -> None:
    assert show_rate(bits) == shown


@given(st.integers(1, 10**12))
def test_a_shown_rate_is_read_as_what_it_was(bits: int) -> None:
    assert parse_rate(show_rate(bits)) == bits
