"""A simulated interface: a row of the interface table that carries a configured link."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from linkwatch.lab import agent_objects as objects
from linkwatch.lab.agent_counters import Carried, Counters, Counts
from linkwatch.lab.agent_model import AdminStatus, InterfaceBehaviour, InterfaceCourse, Reset
from linkwatch.lab.agent_traffic import Load
from linkwatch.lab.agent_view import Cells
from linkwatch.lab.traffic import ScaledCurve, TrafficCurve
from linkwatch.model.measurement import OperStatus
from linkwatch.model.topology import InterfaceKey, Link
from linkwatch.wire import ifmib

_PORT_SPEEDS = (100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000)
_UNNUMBERED_RATE = 100_000_000
_MEGABIT = 1_000_000
_OPER_NUMBER = {status: number for number, status in enumerate(OperStatus, start=1)}
_ADMIN_NUMBER = {status: number for number, status in enumerate(AdminStatus, start=1)}


@dataclass(slots=True)
class Direction:
    """One direction of an interface. `curve`: the made-up traffic it has where no load is given."""

    curve: TrafficCurve
    counters: Counters = field(default_factory=Counters)
    load: Load = Load()
    origin: float | None = None
    """When the load's course began (s since the epoch)."""

    @property
    def octets(self) -> int:
        """As they were last told."""
        return self.counters.octets

    def take(self, load: Load, at: float) -> None:
        """Another load from now on; `flow` makes it count."""
        # The same course written anew begins anew; one that was kept is the very same.
        if load.shape is not self.load.shape or self.origin is None:
            self.origin = at
        self.load = load

    def flow(self, at: float, contracted: int, *, is_up: bool) -> None:
        """Count its load from `at` on, under a contract of so many bit/s."""
        self.counters.carry(at, self._carried(at, contracted) if is_up else Carried(None))

    def _carried(self, at: float, contracted: int) -> Carried:
        load = self.load
        if load.shape is None:
            made_up = ScaledCurve(self.curve, contracted)
            return Carried(made_up, None, load.errors, load.discards)
        wanted = load.shape.flow(at if self.origin is None else self.origin, contracted)
        if load.ceiling is None:
            return Carried(wanted, None, load.errors, load.discards)
        carried = wanted.cut(load.ceiling.bits(contracted))
        return Carried(carried, wanted, load.errors, load.discards)


@dataclass(slots=True)
class SimulatedInterface:
    """One row. What a script does to it goes through methods; tests may set the rest by hand."""

    link: Link
    index: int
    name: str
    alias: str
    receive: Direction
    transmit: Direction
    behaviour: InterfaceBehaviour = InterfaceBehaviour()
    oper: OperStatus = OperStatus.UP
    changed: float = 0.0
    """When `oper` last changed (s since the epoch)."""
    reset_at: float | None = None
    """When counters were last reset, the router's starts aside (s since the epoch)."""

    @classmethod
    def of(
        cls, link: Link, index: int, now: float, course: InterfaceCourse, seed: str = ""
    ) -> "SimulatedInterface":
        """Named as the link's configuration says it is."""
        ref = link.interface
        by_key = {ref.key: ref.value} if ref is not None else {}
        row = cls(
            link=link,
            index=int(by_key.get(InterfaceKey.INDEX, index)),
            name=by_key.get(InterfaceKey.NAME, f"lab{index}"),
            alias=by_key.get(InterfaceKey.ALIAS, link.circuit or link.id),
            receive=Direction(TrafficCurve.of(f"{seed}{link.id} receive")),
            transmit=Direction(TrafficCurve.of(f"{seed}{link.id} transmit")),
        )
        if course.octets_to_wrap is not None:
            for direction in (row.receive, row.transmit):
                # So that both widths wrap: this much below 2^64 is as much below 2^32.
                direction.counters.first_octets = 2**64 - course.octets_to_wrap
        row.behave(course.first, now)
        return row

    def behave(self, behaviour: InterfaceBehaviour, at: float) -> None:
        """Be like this from `at` on."""
        self.name = behaviour.name or self.name
        self.alias = behaviour.alias or self.alias
        if behaviour.status is not self.oper:
            self.oper, self.changed = behaviour.status, at
        self.behaviour = behaviour
        self.receive.take(behaviour.receive, at)
        self.transmit.take(behaviour.transmit, at)
        self.flow(at)

    def flow(self, at: float) -> None:
        """Count traffic by the status and the contract in force at `at`."""
        is_up = self.behaviour.status is OperStatus.UP
        for direction, rate in zip((self.receive, self.transmit), self.contracted(at), strict=True):
            direction.flow(at, rate, is_up=is_up)

    def reset(self, at: float, kind: Reset | None = None) -> None:
        """Counters at nought, as after a start of the router or, with `kind`, without one."""
        for direction in (self.receive, self.transmit):
            direction.counters.reset(at)
        if kind is None:
            self.reset_at, self.changed = None, at
        elif kind is Reset.ANNOUNCED:
            self.reset_at = at

    def contracted(self, at: float) -> tuple[int, int]:
        """Rates in force in bit/s (receive, transmit); a made-up one where the order has none."""
        rate = self.link.contract(datetime.fromtimestamp(at, UTC))
        return rate.receive or _UNNUMBERED_RATE, rate.transmit or _UNNUMBERED_RATE

    def line_rate(self) -> int:
        """The port's speed in bit/s: the next real one above all that was ever contracted."""
        if self.behaviour.line_rate is not None:
            return self.behaviour.line_rate
        rates = [
            rate or _UNNUMBERED_RATE
            for contract in self.link.contracted
            for rate in (contract.receive, contract.transmit)
        ]
        highest = max(rates, default=_UNNUMBERED_RATE)
        return next((speed for speed in _PORT_SPEEDS if speed >= highest), highest)

    def cells(self, shown: float, started: float) -> Cells:
        """Its columns, with counters as of `shown`; times since `started`."""
        received, sent = self.receive.counters.at(shown), self.transmit.counters.at(shown)
        return self._columns(self.index, received, sent, started)

    def twin_cells(self, index: int, started: float) -> Cells:
        """The columns of another row that looks like this one, and that carries nothing."""
        return self._columns(index, Counts(), Counts(), started)

    def _columns(self, index: int, received: Counts, sent: Counts, started: float) -> Cells:
        speed = self.line_rate()
        reset_at = started if self.reset_at is None else self.reset_at
        return {
            objects.IF_INDEX: objects.integer(index),
            objects.IF_DESCR: objects.text(self.name),
            objects.IF_TYPE: objects.integer(objects.ETHERNET),
            ifmib.IF_SPEED: objects.gauge(speed),
            objects.IF_ADMIN_STATUS: objects.integer(_ADMIN_NUMBER[self.behaviour.admin]),
            ifmib.IF_OPER_STATUS: objects.integer(_OPER_NUMBER[self.oper]),
            objects.IF_LAST_CHANGE: objects.ticks(max(0.0, self.changed - started)),
            **_received(received),
            **_sent(sent),
            ifmib.IF_NAME: objects.text(self.name),
            ifmib.IF_HIGH_SPEED: objects.gauge((speed + _MEGABIT // 2) // _MEGABIT),
            ifmib.IF_ALIAS: objects.text(self.alias),
            ifmib.IF_COUNTER_DISCONTINUITY_TIME: objects.ticks(max(0.0, reset_at - started)),
        }


def _received(counts: Counts) -> Cells:
    return {
        ifmib.IF_IN_OCTETS: objects.counter32(counts.octets),
        objects.IF_IN_UCAST_PKTS: objects.counter32(counts.packets),
        ifmib.IF_IN_DISCARDS: objects.counter32(counts.discards),
        ifmib.IF_IN_ERRORS: objects.counter32(counts.errors),
        ifmib.IF_HC_IN_OCTETS: objects.counter64(counts.octets),
    }


def _sent(counts: Counts) -> Cells:
    return {
        ifmib.IF_OUT_OCTETS: objects.counter32(counts.octets),
        objects.IF_OUT_UCAST_PKTS: objects.counter32(counts.packets),
        ifmib.IF_OUT_DISCARDS: objects.counter32(counts.discards),
        ifmib.IF_OUT_ERRORS: objects.counter32(counts.errors),
        ifmib.IF_HC_OUT_OCTETS: objects.counter64(counts.octets),
    }
