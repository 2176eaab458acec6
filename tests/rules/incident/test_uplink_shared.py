"""What links of several carriers share: beyond chance, and never what one carrier alone has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.incident.uplink_shared import (
    STILL,
    Poll,
    chance_of_loss,
    explains_loss,
    explains_silence,
    shared,
)
from linkwatch.model.ids import CarrierId, SiteId


def poll(**bad_of: tuple[int, int]) -> Poll:
    """By carrier: so many bad ones of so many, each in a district of its own."""
    votes = {
        CarrierId(carrier): [(SiteId(f"d{n}"), n < bad) for n in range(of)]
        for carrier, (bad, of) in bad_of.items()
    }
    return Poll(votes, 0.1)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"vnpt": (20, 24), "viettel": (18, 24)}, True),
        ({"vnpt": (24, 24), "viettel": (3, 24)}, False),
        ({"vnpt": (24, 24)}, False),
        ({"vnpt": (24, 24), "viettel": (2, 2)}, False),
        ({"vnpt": (24, 24), "viettel": (24, 24), "mobi": (1, 6)}, False),
        ({"vnpt": (24, 24), "viettel": (24, 24), "mobi": (0, 2)}, True),
    ],
)
def test_every_carrier_has_to_have_it(asked: dict[str, tuple[int, int]], expected: bool) -> None:
    assert shared(poll(**asked), 0.05) is expected


def test_it_has_to_be_so_in_several_districts() -> None:
    votes = {CarrierId(c): [(SiteId("d1"), True)] * 20 for c in ("vnpt", "viettel")}
    assert not shared(Poll(votes, 0.1), 0.05)


def test_a_third_may_be_chance_where_chance_has_a_fifth() -> None:
    assert shared(poll(a=(9, 24), b=(9, 24)), 0.02)
    assert not shared(poll(a=(9, 24), b=(9, 24)), 0.2)
    assert shared(poll(a=(9, 24), b=(9, 24)), 0.2, STILL)


@given(
    bad=st.integers(0, 24),
    well=st.integers(18, 24),
    chance=st.floats(0.0, 1.0),
    doubt=st.floats(0.0, 1.0),
)
def test_a_carrier_most_of_whose_links_are_well_clears_the_uplink(
    bad: int, well: int, chance: float, doubt: float
) -> None:
    assert not shared(poll(a=(bad, 24), b=(24 - well, 24)), chance, doubt)


@pytest.mark.parametrize(
    ("share", "longest"), [(0.0, 6), (0.005, 6), (0.2, 15), (0.5, 46), (0.8, 359)]
)
def test_how_long_a_silence_loss_explains(share: float, longest: int) -> None:
    runs = [misses for misses in range(1, 400) if explains_silence(share, misses)]
    assert runs == list(range(1, longest + 1))


def test_what_a_link_loses_beyond_the_others_is_its_own() -> None:
    assert explains_loss(0.2, 8, 30)
    assert not explains_loss(0.02, 20, 40)
    assert explains_loss(0.02, 90, 8500)  # the rate of hours is no emergency


def test_the_chance_of_a_healthy_link() -> None:
    assert chance_of_loss(0.05, 20) == pytest.approx(1 - 0.995**20)
    assert chance_of_loss(0.05, 200) < 0.005
    assert 0.3 < chance_of_loss(0.01, 10**7) < 0.7
    assert chance_of_loss(0.05, 0) == pytest.approx(0.005)
