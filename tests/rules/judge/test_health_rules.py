"""When we may say that we are well, and what is told when we may not."""

from dataclasses import replace
from typing import Any

import pytest

from linkwatch.judge.health import ANY_WAITS, LATE, URGENT_WAITS, Health, Vitals, health

WELL = Vitals(
    first_round_done=True,
    progresses=True,
    lag=0.0,
    store_written=True,
    links=10,
    unprobed=0,
    unheard=0,
    routers=4,
    unpolled=0,
    is_mute=False,
    oldest_urgent=0.0,
    oldest=0.0,
)
ILLS: list[tuple[Health, dict[str, Any]]] = [
    (Health.STARTING, {"first_round_done": False}),
    (Health.STALLED, {"progresses": False}),
    (Health.LATE, {"lag": LATE}),
    (Health.STORE, {"store_written": False}),
    (Health.UNPROBED, {"unprobed": 1}),
    (Health.BLIND, {"unheard": 5}),
    (Health.POLLS, {"unpolled": 2}),
    (Health.MUTE, {"is_mute": True}),
    (Health.OUTBOX, {"oldest_urgent": URGENT_WAITS}),
    (Health.OUTBOX, {"oldest": ANY_WAITS}),
]


def test_it_is_well() -> None:
    assert health(WELL) is Health.WELL


@pytest.mark.parametrize(("found", "ill"), ILLS)
def test_each_thing_that_is_wrong_is_enough(found: Health, ill: dict[str, Any]) -> None:
    assert health(replace(WELL, **ill)) is found


def test_the_first_is_told_of_several() -> None:
    assert set(Health) == {Health.WELL, Health.UNKNOWN, *(found for found, _ in ILLS)}
    everything = WELL
    for found, ill in reversed(ILLS):
        everything = replace(everything, **ill)
        assert health(everything) is found


@pytest.mark.parametrize(
    "ill",
    [
        {"lag": LATE - 0.01},
        {"unheard": 4},
        {"unpolled": 1},
        {"oldest_urgent": URGENT_WAITS - 1},
        {"oldest": ANY_WAITS - 1},
        {"routers": 0, "unpolled": 0},
        {"links": 0, "unheard": 0},
    ],
)
def test_what_is_bearable_is_borne(ill: dict[str, Any]) -> None:
    assert health(replace(WELL, **ill)) is Health.WELL
