"""Each loop that stops making progress is seen, and costs the watchdog its sign of life."""

from dataclasses import dataclass, fields
from typing import Any, cast

import pytest

from linkwatch.app.control import DISPATCH_STALL, MEASURE_STALL, DaemonControl
from linkwatch.app.parts import Parts
from support.probing import FakeClock

LIMITS = {
    "probes": MEASURE_STALL,
    "checks": MEASURE_STALL,
    "beats": MEASURE_STALL,
    "dispatcher": DISPATCH_STALL,
}


@dataclass
class Loop:
    """What a loop tells of itself."""

    progress: float


@dataclass
class SomeParts:
    """The parts whose progress counts."""

    clock: FakeClock
    probes: Loop
    checks: Loop
    beats: Loop
    dispatcher: Loop


def stalled(**behind: float) -> tuple[str, ...]:
    """Which loops are, when these are so many s behind and the others up to date."""
    clock = FakeClock(monotonic=1000.0)
    at = {name: 1000.0 - behind.get(name, 0.0) for name in LIMITS}
    parts = SomeParts(
        clock=clock,
        probes=Loop(at["probes"]),
        checks=Loop(at["checks"]),
        beats=Loop(at["beats"]),
        dispatcher=Loop(at["dispatcher"]),
    )
    assert {field.name for field in fields(parts)} <= {field.name for field in fields(Parts)}
    control = DaemonControl(cast("Parts", parts), cast("Any", None), clock.now().wall)
    assert control.healthy() == (control.stalled() == ())
    return control.stalled()


def test_all_is_well_while_every_loop_moves() -> None:
    assert not stalled(**{name: limit - 0.1 for name, limit in LIMITS.items()})


@pytest.mark.parametrize("name", LIMITS)
def test_one_loop_that_hangs_is_enough(name: str) -> None:
    assert stalled(**{name: LIMITS[name] + 0.1}) == (name,)
