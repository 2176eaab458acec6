"""A simulated router: its interfaces, and what it says to an SNMP manager."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from linkwatch.lab.traffic import TrafficCurve
from linkwatch.model.measurement import OperStatus
from linkwatch.model.topology import InterfaceKey, Link, Router
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import Oid, Value, ValueType

Now = Callable[[], float]
"""s since the epoch."""

_PORT_SPEEDS = (100, 1_000, 10_000, 100_000)
_UNNUMBERED_RATE = 100_000_000
_MEGABIT = 1_000_000
_SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
_SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
_OPER_NUMBER = {status: number for number, status in enumerate(OperStatus, start=1)}


@dataclass(slots=True)
class _Direction:
    """One direction's octets, summed up to `until` (s since the epoch)."""

    curve: TrafficCurve
    until: float
    octets: float = 0.0

    def advance(self, now: float, rate: int) -> int:
        self.octets += max(0.0, self.curve.between(self.until, now)) * rate / 8
        self.until = now
        return int(self.octets)


@dataclass(slots=True)
class SimulatedInterface:
    """One row of the interface table, carrying a configured link. `oper` is for tests to set."""

    link: Link
    index: int
    name: str
    alias: str
    receive: _Direction
    transmit: _Direction
    oper: OperStatus = OperStatus.UP

    @classmethod
    def of(cls, link: Link, index: int, now: float) -> "SimulatedInterface":
        """Named as the link's configuration says it is."""
        ref = link.interface
        by_key = {ref.key: ref.value} if ref is not None else {}
        return cls(
            link=link,
            index=int(by_key.get(InterfaceKey.INDEX, index)),
            name=by_key.get(InterfaceKey.NAME, f"lab{index}"),
            alias=by_key.get(InterfaceKey.ALIAS, link.circuit or link.id),
            receive=_Direction(TrafficCurve.of(f"{link.id} receive"), now),
            transmit=_Direction(TrafficCurve.of(f"{link.id} transmit"), now),
        )

    def contracted(self, now: float) -> tuple[int, int]:
        """Rates in force in bit/s (receive, transmit); a made-up one where the order has none."""
        rate = self.link.contract(datetime.fromtimestamp(now, UTC))
        return rate.receive or _UNNUMBERED_RATE, rate.transmit or _UNNUMBERED_RATE

    def megabits(self) -> int:
        """The port's speed: the next real one above all that was ever contracted."""
        rates = [
            rate or _UNNUMBERED_RATE
            for contract in self.link.contracted
            for rate in (contract.receive, contract.transmit)
        ]
        highest = max(rates, default=_UNNUMBERED_RATE)
        return next(
            (speed for speed in _PORT_SPEEDS if speed * _MEGABIT >= highest),
            -(-highest // _MEGABIT),
        )

    def cells(self, now: float) -> Iterable[tuple[Oid, Value]]:
        """The columns of this row."""
        receive_rate, transmit_rate = self.contracted(now)
        received = self.receive.advance(now, receive_rate)
        transmitted = self.transmit.advance(now, transmit_rate)
        speed = self.megabits()
        cells = {
            ifmib.IF_SPEED: _gauge(min(speed * _MEGABIT, 2**32 - 1)),
            ifmib.IF_OPER_STATUS: Value(ValueType.INTEGER, number=_OPER_NUMBER[self.oper]),
            ifmib.IF_IN_OCTETS: _counter32(received),
            ifmib.IF_IN_DISCARDS: _counter32(0),
            ifmib.IF_IN_ERRORS: _counter32(0),
            ifmib.IF_OUT_OCTETS: _counter32(transmitted),
            ifmib.IF_OUT_DISCARDS: _counter32(0),
            ifmib.IF_OUT_ERRORS: _counter32(0),
            ifmib.IF_NAME: _text(self.name),
            ifmib.IF_HC_IN_OCTETS: Value(ValueType.COUNTER64, number=received),
            ifmib.IF_HC_OUT_OCTETS: Value(ValueType.COUNTER64, number=transmitted),
            ifmib.IF_HIGH_SPEED: _gauge(speed),
            ifmib.IF_ALIAS: _text(self.alias),
            ifmib.IF_COUNTER_DISCONTINUITY_TIME: _ticks(0),
        }
        return [((*column, self.index), value) for column, value in cells.items()]


@dataclass(slots=True)
class SimulatedRouter:
    """One router, started at `started` (s since the epoch)."""

    router: Router
    interfaces: list[SimulatedInterface]
    now: Now
    started: float
    absent: set[Oid] = field(default_factory=set)
    """Columns this router does not have; for tests to set."""

    @classmethod
    def of(cls, router: Router, links: Sequence[Link], now: Now) -> "SimulatedRouter":
        """A router whose ports carry `links`."""
        started = now()
        taken = {
            int(link.interface.value)
            for link in links
            if link.interface is not None and link.interface.key is InterfaceKey.INDEX
        }
        free = (index for index in count(1) if index not in taken)
        rows = [SimulatedInterface.of(link, next(free), started) for link in links]
        return cls(router, rows, now, started)

    def restart(self) -> None:
        """As after a power cut: sysUpTime and all counters begin at nought."""
        self.started = self.now()
        for row in self.interfaces:
            for direction in (row.receive, row.transmit):
                direction.octets, direction.until = 0.0, self.started

    def variables(self) -> Mapping[Oid, Value]:
        """Everything it tells just now, in the order of a walk."""
        now = self.now()
        told = {
            _SYS_DESCR: _text("linkwatch lab: a simulated router"),
            ifmib.SYS_UP_TIME: _ticks(int((now - self.started) * 100) % 2**32),
            _SYS_NAME: _text(self.router.id),
        }
        for row in self.interfaces:
            told.update(row.cells(now))
        return {oid: told[oid] for oid in sorted(told) if oid[:-1] not in self.absent}


def _text(text: str) -> Value:
    return Value(ValueType.OCTETS, octets=text.encode()[:255])


def _gauge(number: int) -> Value:
    return Value(ValueType.GAUGE32, number=number)


def _ticks(number: int) -> Value:
    return Value(ValueType.TIME_TICKS, number=number)


def _counter32(number: int) -> Value:
    return Value(ValueType.COUNTER32, number=number % 2**32)
