"""What garbage collection no longer looks at."""

import gc
from collections.abc import Iterator

import pytest

from linkwatch.host.memory import YOUNG, set_aside


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_stays_out_of_collections() -> None:
    stays: list[object] = [[]]
    gc.collect()
    set_aside()
    assert not any(looked_at is stays for looked_at in gc.get_objects())
    assert gc.get_freeze_count() > 0


def test_a_cycle_left_behind_later_is_found() -> None:
    set_aside()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.collect() >= 1
    assert gc.isenabled()
    assert gc.get_threshold()[0] == YOUNG
