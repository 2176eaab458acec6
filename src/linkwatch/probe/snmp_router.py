"""One watched router: what was found and read there before, and one poll of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    PollOutcome,
)
from linkwatch.ports import Clock
from linkwatch.probe import snmp_interfaces
from linkwatch.probe.snmp_interfaces import Resolution
from linkwatch.probe.snmp_outcome import PollFailure
from linkwatch.probe.snmp_peer import Peer, Session, TooBig
from linkwatch.probe.snmp_plan import Planned
from linkwatch.wire.counters import Rates, Reckoning, TimedReading, has_restarted, reckon
from linkwatch.wire.ifmib import (
    SYS_UP_TIME,
    InterfaceReading,
    Width,
    read_row,
    read_uptime,
    row_oids,
)
from linkwatch.wire.snmpvalue import BadValue, Oid, Value

_ROWS_PER_REQUEST = 4
"""Rows of some 12 objects: more would not fit into an unfragmented answer. A router that cannot
say even so much at once is asked for fewer."""
_MAX_GAP_BEATS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a router said in one poll."""

    samples: tuple[InterfaceSample, ...]
    faults: tuple[tuple[LinkId, InterfaceFault], ...]


class WatchedRouter:
    """Keeps the rows found and the last readings between polls; one poll at a time."""

    def __init__(self, planned: Planned, peer: Peer, interval: float) -> None:
        self.planned = planned
        self.peer = peer
        self._max_gap = _MAX_GAP_BEATS * interval
        self._rows_at_once = _ROWS_PER_REQUEST
        self._resolution: Resolution | None = None
        self._reckonings: dict[LinkId, Reckoning] = {}
        self._uptime: tuple[float, int] | None = None

    def adopt(self, older: "WatchedRouter") -> None:
        """Keep what `older` knows of the same router, so that a reload costs no sample."""
        mine, its = self.planned, older.planned
        if (mine.address, mine.port) != (its.address, its.port):
            return
        self.peer.adopt(older.peer)
        self._uptime = older._uptime
        self._rows_at_once = older._rows_at_once
        if mine.watched == its.watched:
            self._resolution = older._resolution
        self._reckonings = {
            link: reckoning
            for link, reckoning in older._reckonings.items()
            if mine.watched.get(link) == its.watched.get(link)
        }

    def links_on(self, index: int) -> tuple[LinkId, ...] | None:
        """The links that the row `index` carries; None while no row has been looked for."""
        if self._resolution is None:
            return None
        return tuple(link for link, row in self._resolution.rows.items() if row == index)

    async def poll(self, clock: Clock) -> Reading:
        """One poll; PollFailure where the router gives no usable answer."""
        try:
            async with self.peer.session() as session:
                return await self._poll(session, clock)
        except BadValue as error:
            self.peer.forget()
            raise PollFailure(PollOutcome.BAD_RESPONSE, str(error)) from error
        except PollFailure:
            self.peer.forget()
            raise

    async def _poll(self, session: Session, clock: Clock) -> Reading:
        now = clock.now().monotonic
        walked = self._resolution is None or self._resolution.is_due(now)
        if self._resolution is None or walked:
            self._resolution = await snmp_interfaces.resolve(session, self.planned.watched, now)
        rows, restarted = await self._read(session, clock, self._resolution)
        if not walked and (restarted or self._has_strayed(self._resolution, rows)):
            self._resolution = await snmp_interfaces.resolve(session, self.planned.watched, now)
            rows, _ = await self._read(session, clock, self._resolution)
        return self._reading(self._resolution, rows)

    def _has_strayed(self, resolution: Resolution, rows: Mapping[LinkId, TimedReading]) -> bool:
        """Whether a row that was found has gone, or bears another name now."""
        return snmp_interfaces.is_walked(self.planned.watched) and any(
            isinstance(row, int) and link not in rows for link, row in resolution.rows.items()
        )

    async def _read(
        self, session: Session, clock: Clock, resolution: Resolution
    ) -> tuple[dict[LinkId, TimedReading], bool]:
        """The rows that are there and bear the right name, and whether the agent began anew."""
        wanted = [(link, row) for link, row in resolution.rows.items() if isinstance(row, int)]
        rows: dict[LinkId, TimedReading] = {}
        restarted = False
        asked = 0
        while asked < max(len(wanted), 1):
            part = wanted[asked : asked + self._rows_at_once]
            values = await self._get(session, part)
            if values is None:
                continue
            asked += max(len(part), 1)
            at = clock.now().monotonic
            restarted = self._note_uptime(at, read_uptime(values)) or restarted
            for link, index in part:
                reading = read_row(values, index)
                if reading and snmp_interfaces.matches(self.planned.watched[link], reading):
                    rows[link] = TimedReading(at, reading)
        return rows, restarted

    async def _get(
        self, session: Session, part: Sequence[tuple[LinkId, int]]
    ) -> Mapping[Oid, Value] | None:
        """The answer for some rows; None where the router cannot say so much at once.

        What it can say is remembered: the next poll does not ask for more.
        """
        oids = [SYS_UP_TIME]
        for link, index in part:
            oids.extend(row_oids(index, self._width(link, index)))
        try:
            return await session.get(list(dict.fromkeys(oids)))
        except TooBig as error:
            self._rows_at_once = len(part) // 2
            if not self._rows_at_once:
                self._rows_at_once = 1
                raise PollFailure(
                    PollOutcome.BAD_RESPONSE, "the router cannot answer for a single interface"
                ) from error
        return None

    def _width(self, link: LinkId, index: int) -> Width | None:
        known = self._reckonings.get(link)
        if known is None or known.last.reading.index != index:
            return None
        return known.last.reading.width

    def _note_uptime(self, at: float, uptime: int) -> bool:
        known, self._uptime = self._uptime, (at, uptime)
        return known is not None and has_restarted(known[1], uptime, at - known[0])

    def _reading(self, resolution: Resolution, rows: Mapping[LinkId, TimedReading]) -> Reading:
        samples: list[InterfaceSample] = []
        faults: list[tuple[LinkId, InterfaceFault]] = []
        for link, found in resolution.rows.items():
            if link in rows:
                samples.append(self._sample(link, rows[link]))
            else:
                fault = found if isinstance(found, InterfaceFault) else InterfaceFault.MISSING
                faults.append((link, fault))
                self._reckonings.pop(link, None)
        return Reading(tuple(samples), tuple(faults))

    def _sample(self, link: LinkId, timed: TimedReading) -> InterfaceSample:
        kept, came_to = reckon(self._reckonings.get(link), timed, self._max_gap)
        self._reckonings[link] = kept
        reading: InterfaceReading = timed.reading
        rates = came_to if isinstance(came_to, Rates) else None
        return InterfaceSample(
            link=link,
            oper=reading.oper,
            receive_bytes=reading.receive_bytes,
            transmit_bytes=reading.transmit_bytes,
            receive_errors=reading.receive_errors,
            transmit_errors=reading.transmit_errors,
            receive_discards=reading.receive_discards,
            transmit_discards=reading.transmit_discards,
            line_rate=reading.line_rate,
            receive_rate=rates.receive if rates else None,
            transmit_rate=rates.transmit if rates else None,
            span=rates.span if rates else 0.0,
            discard=came_to if isinstance(came_to, Discard) else None,
        )
