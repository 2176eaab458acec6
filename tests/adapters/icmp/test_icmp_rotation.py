"""When a socket is replaced, read, left alone and given back; on sockets that only keep count."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

import pytest

from linkwatch.ports import Look
from linkwatch.probe.icmp_destination import Egress, egress_of
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_open import ProbePermissionError
from linkwatch.probe.icmp_queue import QueuedError
from linkwatch.probe.icmp_rotation import RotatingSocket
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.probe.icmp_sockets import Sockets
from linkwatch.wire.icmp import IpVersion

KEEP, EVERY = 15.0, 300.0
PLAIN = egress_of(IpVersion.V4, None, False)
BY_ETH1 = egress_of(IpVersion.V4, "eth1", False)


class CountedSocket:
    """Stands in for an EchoSocket."""

    mode = Mode.DATAGRAM
    room = 100
    identifier = None

    def __init__(self, machine: "Machine", egress: Egress) -> None:
        self.machine = machine
        self.egress = egress
        self.opened_as = machine.interface
        self.asked: Counter[str] = Counter()
        self.drops = 0
        machine.open.append(self)

    def leaves_from(self, source: str) -> bool:
        assert source == self.egress.source
        return self.opened_as == self.machine.interface

    def receive(self, limit: int) -> Sequence[Arrival]:
        self.asked["receive"] += 1
        return [(b"", 0, 0, bytes([self.machine.made.index(self)]))]

    def errors(self, limit: int) -> tuple[int, Sequence[QueuedError]]:
        self.asked["errors"] += 1
        return 0, ()

    def dropped(self) -> int:
        self.asked["dropped"] += 1
        return self.drops

    def close(self) -> None:
        self.machine.open.remove(self)


class Machine:
    """Opens sockets as long as its interface is there; `interface` is its number."""

    def __init__(self) -> None:
        self.interface: int | None = 1
        self.open: list[CountedSocket] = []
        self.made: list[CountedSocket] = []
        self.tries = 0
        self.barred = False

    def opened(self, egress: Egress) -> EchoSocket:
        self.tries += 1
        if self.barred:
            raise ProbePermissionError
        if self.interface is None and egress.source is not None:
            raise OSError(19, "No such device")
        self.made.append(CountedSocket(self, egress))
        return cast("EchoSocket", self.made[-1])


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def rotating(machine: Machine) -> Iterator[RotatingSocket]:
    made = RotatingSocket(BY_ETH1, lambda: machine.opened(BY_ETH1), EVERY, KEEP)
    yield made
    made.close()
    assert machine.open == []


def test_nothing_is_asked_of_a_socket_by_which_nothing_was_sent(machine: Machine) -> None:
    sockets = Sockets(machine.opened, KEEP, 0.0)
    for now in range(100):
        assert list(sockets.awake()) == []
        sockets.rest(float(now))
        assert sockets.dropped() == 0
    assert [len(one.asked) for one in machine.made] == [0, 0]


def test_it_sleeps_when_nothing_can_come_in_any_more(rotating: RotatingSocket) -> None:
    rotating.turn(100.0)
    states = []
    for now in (100.0, 100.0 + KEEP - 0.1, 100.0 + KEEP):
        rotating.rest(now)
        states.append(rotating.awake)
    rotating.turn(200.0)
    assert [*states, rotating.awake] == [True, True, False, True]


def test_a_forerunner_is_read_until_its_last_replies_have_come(
    machine: Machine, rotating: RotatingSocket
) -> None:
    rotating.turn(0.0)
    assert len(rotating.receive(9)) == 1
    rotating.turn(EVERY)
    assert [arrival[3] for arrival in rotating.receive(9)] == [b"\0", b"\1"]
    assert [cast("CountedSocket", one) for one, *_ in rotating.errors(9)] == machine.made
    rotating.rest(EVERY + KEEP)
    assert [arrival[3] for arrival in rotating.receive(9)] == [b"\1"]
    assert machine.open == machine.made[1:]


def test_a_missing_interface_is_looked_for_once_a_second(
    machine: Machine, rotating: RotatingSocket
) -> None:
    machine.interface = None
    for tick in range(100):
        with pytest.raises(OSError, match="No such device") as caught:
            rotating.turn(tick / 50)
        assert caught.value.errno == 19
    assert machine.tries == 2
    machine.interface = 2
    assert cast("CountedSocket", rotating.turn(3.0)).opened_as == 2


def test_an_interface_of_another_number_is_taken_at_once(
    machine: Machine, rotating: RotatingSocket
) -> None:
    rotating.turn(0.0)
    machine.interface = 2
    assert cast("CountedSocket", rotating.turn(0.1)).opened_as == 2
    assert len(rotating.receive(9)) == 2


def test_one_that_cannot_be_replaced_serves_on(machine: Machine, rotating: RotatingSocket) -> None:
    first = rotating.turn(0.0)
    machine.barred = True
    assert rotating.turn(EVERY) is first
    assert rotating.turn(EVERY + 1.0) is first
    assert machine.tries == 2
    machine.barred = False
    assert rotating.turn(2 * EVERY) is not first


def test_drops_are_never_forgotten(machine: Machine) -> None:
    sockets = Sockets(machine.opened, KEEP, 0.0)
    sockets.by(PLAIN).turn(0.0)
    sockets.by(BY_ETH1).turn(0.0)
    machine.made[0].drops, machine.made[-1].drops = 3, 4
    assert sockets.dropped() == 7
    machine.made[-1].drops = 6  # until it is closed
    sockets.keep([], 1.0)
    sockets.rest(1.0 + KEEP)
    assert (sockets.dropped(), len(machine.open)) == (9, 2)
    machine.made[0].drops = 5  # of a socket that sleeps nobody asks
    assert sockets.dropped() == 9
    sockets.by(PLAIN).turn(100.0)
    assert sockets.dropped() == 11


def test_only_what_a_link_wants_is_kept_and_the_plain_ones(machine: Machine) -> None:
    sockets = Sockets(machine.opened, KEEP, 0.0)
    whole = egress_of(IpVersion.V4, None, True)
    for egress in (BY_ETH1, whole):
        sockets.by(egress).turn(0.0)
    sockets.keep([Look(64, 0, dont_fragment=True), Look(1200, 34, dont_fragment=True)], 0.0)
    assert len(machine.open) == 4
    sockets.rest(KEEP)
    assert [one.egress.source for one in machine.open] == [None] * 3
    # Wanted again, it is opened again.
    sockets.by(BY_ETH1).turn(20.0)
    assert len(machine.open) == 4
