"""Routers that refresh their counters late: true traffic in, overloads out.

The WAN link at Chư Sê has 20 Mbit/s on a port of 100 Mbit/s, and is read every ten seconds.
"""

import pytest

from linkwatch.model.finding import Kind
from linkwatch.model.incident import Incident
from linkwatch.model.measurement import InterfaceSample, OperStatus
from linkwatch.runtime.figures import figures
from linkwatch.wire.counters import Rates, Reckoning, TimedReading, reckon
from linkwatch.wire.ifmib import InterfaceReading, Width
from support.drive import Drive
from support.province import MORNING, WAN, conference, inventory, moment

MBIT = 1_000_000
PORT = 100 * MBIT


class LateRouter:
    """Carries a steady load, and shows what it has counted every `refresh` s only."""

    def __init__(self, megabits: float, refresh: float) -> None:
        self._bytes_per_second = megabits * MBIT / 8
        self._refresh = refresh
        self._kept: Reckoning | None = None
        self.shown: list[float] = []
        """Mbit/s, of each reading that gave a rate."""

    def read(self, at: float) -> InterfaceSample:
        """What the poll at `at` s comes to."""
        counted = int(at // self._refresh * self._refresh * self._bytes_per_second)
        reading = InterfaceReading(
            index=1,
            uptime=int(at * 100),
            name="Gi0/0",
            alias=None,
            oper=OperStatus.UP,
            width=Width.COUNTER64,
            receive_bytes=counted,
            transmit_bytes=counted // 10,
            receive_errors=0,
            transmit_errors=0,
            receive_discards=0,
            transmit_discards=0,
            line_rate=PORT,
            discontinuity=0,
        )
        self._kept, came_to = reckon(self._kept, TimedReading(at, reading), 50.0)
        is_rate = isinstance(came_to, Rates)
        if isinstance(came_to, Rates):
            self.shown.append(came_to.receive / MBIT)
        return InterfaceSample(
            *(WAN, OperStatus.UP, counted, counted // 10, 0, 0, 0, 0, PORT),
            receive_rate=came_to.receive if isinstance(came_to, Rates) else None,
            transmit_rate=came_to.transmit if isinstance(came_to, Rates) else None,
            span=came_to.span if isinstance(came_to, Rates) else 0.0,
            discard=None if is_rate else came_to,  # type: ignore[arg-type]  # as the line above says
        )


def half_an_hour(router: LateRouter) -> tuple[Drive, list[Incident]]:
    """Polled during a conference; the overloads that were found."""
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    for poll in range(1, 181):
        drive.poll(router.read(10.0 * poll))
    return drive, [i for i in drive.incidents.values() if i.kind is Kind.UTILISATION]


@pytest.mark.parametrize("refresh", [1.0, 5.0, 12.0, 15.0, 25.0, 30.0, 45.0])
def test_a_load_below_its_threshold_is_no_overload_however_late_it_is_shown(
    refresh: float,
) -> None:
    router = LateRouter(13.0, refresh)
    drive, overloads = half_an_hour(router)
    assert overloads == []
    assert max(router.shown) <= PORT / MBIT
    ratio = figures(drive.state, WAN, moment(MORNING, drive.seconds).wall).utilisation_receive
    assert ratio is not None


@pytest.mark.parametrize("refresh", [1.0, 5.0, 15.0, 25.0, 45.0])
def test_a_full_line_is_found_full_however_late_it_is_shown(refresh: float) -> None:
    _, overloads = half_an_hour(LateRouter(19.5, refresh))
    assert len(overloads) == 1
