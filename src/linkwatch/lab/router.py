"""A simulated router: its interfaces, what happens to it, and what it says to an SNMP manager."""

import hashlib
import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from linkwatch.lab import agent_objects as objects
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_happening import Happening, Trap, differences
from linkwatch.lab.agent_model import (
    InterfaceChange,
    InterfaceCourse,
    Listening,
    Renumber,
    RouterChange,
    RouterCourse,
    Row,
)
from linkwatch.lab.agent_view import Cells, View
from linkwatch.lab.interface import SimulatedInterface
from linkwatch.model.ids import RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import OperStatus
from linkwatch.model.topology import InterfaceKey, Link, Router
from linkwatch.wire import ifmib

if TYPE_CHECKING:
    from linkwatch.wire.snmpvalue import Oid

Tell = Callable[[Happening], None]

_ENGINE_ID = b"\x80\x00\x4f\xb8\x05"
"""pysnmp's enterprise number, then octets as we choose (RFC 3411, SnmpEngineID)."""
_TWINS_FROM = 2**16
_WIDE = (ifmib.IF_HC_IN_OCTETS, ifmib.IF_HC_OUT_OCTETS)
_DOWN = (OperStatus.DOWN, OperStatus.LOWER_LAYER_DOWN)


class SimulatedRouter:
    """One router, from the clock's beginning on. Its script is followed by `advance`.

    `interfaces`, `absent` (columns it does not have) and `tell` are for others to set.
    """

    def __init__(
        self,
        router: Router,
        links: Sequence[Link],
        clock: LabClock,
        course: RouterCourse | None = None,
        seed: str = "",
    ) -> None:
        if router.snmp is None:
            raise ValueError(f"router {router.id} has no SNMP to simulate")
        self.router = router
        self.access = router.snmp
        self.engine_id = router.snmp.engine_id or _engine_id(router)
        self.now = clock.now
        self.course = course or RouterCourse()
        self.behaviour = self.course.first
        self.boots = self.course.boots
        self.absent: set[Oid] = set()
        self.tell: Tell = lambda _happening: None
        self._began = clock.began
        self.started = self._began - self.course.uptime
        self._away = False
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self.interfaces = self._plugged(links, seed)
        for change in self.course.changes:
            self._schedule(self._began + change.at, partial(self._change, change))

    def _plugged(self, links: Sequence[Link], seed: str) -> list[SimulatedInterface]:
        taken = {
            int(link.interface.value)
            for link in links
            if link.interface is not None and link.interface.key is InterfaceKey.INDEX
        }
        free = (index for index in count(1) if index not in taken)
        rows = []
        for link in links:
            course = self.course.interfaces.get(link.id, InterfaceCourse())
            row = SimulatedInterface.of(link, next(free), self._began, course, seed)
            rows.append(row)
            for change in course.changes:
                at = self._began + change.at
                self._schedule(at, partial(self._change_interface, row, change))
            for edge in _contract_edges(link):
                if edge > self._began:
                    self._schedule(edge, row.flow)
        return rows

    def _schedule(self, at: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), act))

    @property
    def listening(self) -> Listening:
        """What becomes of a request now; a router that is away takes none in."""
        return Listening.SILENT if self._away else self.behaviour.agent

    def uptime(self) -> float:
        """s since its last start."""
        return self.now() - self.started

    def times(self) -> Iterator[float]:
        """When its script has something for it (s since the epoch)."""
        for change in self.course.changes:
            yield self._began + change.at
            if change.reboot:
                yield self._began + change.at + change.reboot
        for course in self.course.interfaces.values():
            yield from (self._began + change.at for change in course.changes)

    def advance(self) -> None:
        """Let happen what is due, each at its own time however late anybody looks."""
        now = self.now()
        while self._events and self._events[0][0] <= now:
            at, _, act = heapq.heappop(self._events)
            act(at)

    def restart(self) -> None:
        """As after a power cut: sysUpTime and all counters begin at nought."""
        self.advance()
        self._boot(self.now())

    def view(self) -> View:
        """Everything it tells just now, as it was when last advanced."""
        scalars = {
            objects.SYS_DESCR: objects.text("linkwatch lab: a simulated router"),
            ifmib.SYS_UP_TIME: objects.ticks(self.uptime()),
            objects.SYS_NAME: objects.text(self.router.id),
            objects.IF_NUMBER: objects.integer(len(self.interfaces)),
        }
        narrow = self.behaviour.counter_bits == ifmib.Width.COUNTER32
        rows: dict[int, Callable[[], Cells]] = {}
        for row in self.interfaces:
            rows.update(self._rows(row))
        return View(
            scalars,
            rows,
            unreadable={
                row.index for row in self.interfaces if row.behaviour.row is Row.UNREADABLE
            },
            absent={*self.absent, *_WIDE} if narrow else self.absent,
        )

    def _rows(self, row: SimulatedInterface) -> Iterator[tuple[int, Callable[[], Cells]]]:
        if row.behaviour.row is Row.MISSING:
            return
        cells = partial(row.cells, self._counted_at(), self.started)
        yield row.index, cells
        for number in range(row.behaviour.twins):
            index = _TWINS_FROM * (number + 1) + row.index
            yield index, partial(row.twin_cells, index, self.started)

    def _counted_at(self) -> float:
        """When its counters were last counted up to date."""
        now, refresh = self.now(), self.behaviour.refresh
        return now if not refresh else now - (now - self.started) % refresh

    def _change(self, change: RouterChange, at: float) -> None:
        words = [differences(self.behaviour, change.behaviour)]
        self.behaviour = change.behaviour
        if change.renumber is not None:
            words.append(f"ifIndex: {change.renumber}")
            self._renumber(change.renumber)
        if change.reboot is not None:
            words.append(f"away for {change.reboot:g} s")
            self._away = True
            self._schedule(at + change.reboot, self._boot)
        self.tell(Happening(at, "; ".join(filter(None, words))))

    def _boot(self, at: float) -> None:
        self._away = False
        self.started = at
        self.boots += 1
        for row in self.interfaces:
            row.reset(at)
        self.tell(Happening(at, f"started, boot {self.boots}", Trap.COLD_START))

    def _renumber(self, how: Renumber) -> None:
        indexes = [row.index for row in self.interfaces]
        if how is Renumber.SHIFT or len(indexes) == 1:
            new = [index + max(indexes) for index in indexes]
        else:
            new = [*indexes[1:], *indexes[:1]]
        for row, index in zip(self.interfaces, new, strict=True):
            row.index = index

    def _change_interface(
        self, row: SimulatedInterface, change: InterfaceChange, at: float
    ) -> None:
        before, oper = row.behaviour, row.oper
        row.behave(change.behaviour, at)
        if change.reset is not None:
            row.reset(at, change.reset)
        told = [differences(before, row.behaviour)]
        if change.reset is not None:
            told.append(f"counters reset, {change.reset}")
        words = f"{row.link.id}: {'; '.join(filter(None, told))}"
        self.tell(Happening(at, words, _link_trap(oper, row.oper), row.index))


def links_by_router(inventory: Inventory) -> Mapping[RouterId, Sequence[Link]]:
    """Of each router that may be asked, the links that its interfaces carry."""
    found: dict[RouterId, list[Link]] = {
        router.id: [] for router in inventory.routers.values() if router.snmp is not None
    }
    for link in inventory.links.values():
        if link.interface is not None and link.interface.router in found:
            found[link.interface.router].append(link)
    return found


def _engine_id(router: Router) -> bytes:
    return _ENGINE_ID + hashlib.blake2b(router.id.encode(), digest_size=8).digest()


def _contract_edges(link: Link) -> Iterator[float]:
    for contract in link.contracted:
        if contract.span is not None:
            for edge in (contract.span.start, contract.span.end):
                if edge is not None:
                    yield edge.timestamp()


def _link_trap(before: OperStatus, after: OperStatus) -> Trap | None:
    if (before in _DOWN) == (after in _DOWN):
        return None
    return Trap.LINK_DOWN if after in _DOWN else Trap.LINK_UP
