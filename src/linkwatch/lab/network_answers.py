"""The answering loop: takes requests as they come, and answers each at its own time."""

import heapq
import ipaddress
import select
import time  # noqa: TID251  truth is when a packet came and went: both are stamped here
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from linkwatch.lab.network_device import Arrival, Device
from linkwatch.lab.network_fate import Fate, Outcome, Path
from linkwatch.lab.network_hops import Passage, Routers
from linkwatch.lab.network_log import Log, Summary, Trace
from linkwatch.lab.network_model import Script
from linkwatch.lab.network_packet import Ignored, Request, read_request, refusal_of, reply_to

_BATCH = 8
"""Requests taken in at once where no answer is due soon."""
_TAKES = 80_000
"""A generous time to take one in, in ns. They are stamped already, answers are not yet sent."""
_ALL = 1 << 20
_ROWS = 32
"""Rows of the log written between two looks at the answers that are due."""
_ROWS_TAKE = 400_000
"""A generous time for that, in ns."""
_MOST_ROWS = 50_000
"""So many rows waiting are written even where there is no time for it."""
_FOREVER = 1 << 62
_READINGS = 8
_CLOSE = 5_000
"""ns between two readings of a clock with nothing in between but one of the other."""
_NOWHERE = "no such address"


class Vigil:
    """How long before its time an answer is waited for awake, in ns.

    A sleeper is woken late, how late is the machine's matter: of 200 sleeps all but one are to
    end in time.
    """

    LEAST, MOST = 50_000, 1_000_000
    _STEP, _ONE_OF = 500, 200

    def __init__(self) -> None:
        self.length = 250_000

    def slept(self, late: int) -> None:
        """A sleep ended this many ns after it should have."""
        step = (self._ONE_OF - 1) * self._STEP if late > self.length else -self._STEP
        self.length = min(self.MOST, max(self.LEAST, self.length + step))


class Answer(NamedTuple):
    """What is to be written at `planned`, in ns of CLOCK_MONOTONIC; in the order of that."""

    planned: int
    number: int
    packet: bytes
    trace: Trace


class Answers:
    """Answers what comes through a device as the script says, and logs it."""

    def __init__(self, script: Script, device: Device, log: Log) -> None:
        self._script = script
        self._device = device
        self._log = log
        self._paths: dict[bytes, tuple[Path, Passage] | None] = {}
        self._routers = Routers()
        for network in script.courses:
            if network.prefixlen == network.max_prefixlen:
                self._path(network.network_address.packed)  # now, when nobody waits for it
        self._due: list[Answer] = []
        self._ignored: Counter[str] = Counter()
        self._vigil = Vigil()
        self._count = 0
        self._start = 0

    def run(self, stop: Sequence[int]) -> Summary:
        """Answer until one of these descriptors is readable, or the script has ended."""
        self._start = time.monotonic_ns()
        duration = self._script.duration
        end = None if duration is None else self._start + duration
        while end is None or time.monotonic_ns() < end:
            self._write_due()
            ready = self._wait(stop, end)
            if any(descriptor in ready for descriptor in stop):
                break
            if ready:
                self._take()
        # What was sent before the end is in the log, though no answer goes out any more.
        for arrival in self._device.arrivals(_ALL):
            self._receive(arrival, _realtime_offset())
        for answer in self._due:
            self._log.add(answer.trace, Outcome.UNSENT, None, 0)
        return self._log.end(self._ignored, self._device.missed(), self._start)

    def _wait(self, stop: Sequence[int], end: int | None) -> Sequence[int]:
        """What is readable, at once or when the next answer is due: whatever comes first."""
        descriptors = [self._device.fileno(), *stop]
        times = [] if end is None else [end]
        if self._due:
            times.append(self._due[0].planned - self._vigil.length)
        wake = min(times, default=None)
        left = _FOREVER if wake is None else wake - time.monotonic_ns()
        if self._log.waiting and (left > _ROWS_TAKE or self._log.waiting > _MOST_ROWS):
            found = select.select(descriptors, (), (), 0)[0]
            if not found:
                self._log.flush(_ROWS)
            return found
        if left <= 0:
            return () if self._soon() else select.select(descriptors, (), (), 0)[0]
        # select(2) waits by the kernel's high-resolution timers; epoll(7) counts whole ms.
        found = select.select(descriptors, (), (), None if wake is None else left / 1e9)[0]
        if wake is not None and not found:
            self._vigil.slept(time.monotonic_ns() - wake)
        return found

    def _soon(self) -> bool:
        """Whether there is no time for anything before the next answer."""
        return bool(self._due) and self._due[0].planned - time.monotonic_ns() < _TAKES

    def _write_due(self) -> None:
        due = self._due
        while due:
            now = time.monotonic_ns()
            if due[0].planned > now:
                return
            answer = heapq.heappop(due)
            fate = answer.trace.fate
            copies = sum([self._device.write(answer.packet) for _ in range(fate.copies)])
            if copies:
                self._log.add(answer.trace, fate.outcome, now, copies)
            else:
                self._log.add(answer.trace, Outcome.UNSENT, None, 0)

    def _take(self) -> None:
        offset = _realtime_offset()
        for arrival in self._device.arrivals(_BATCH):
            self._receive(arrival, offset)
            if self._soon():
                return

    def _receive(self, arrival: Arrival, offset: int) -> None:
        request = read_request(arrival.packet)
        if isinstance(request, Ignored):
            self._ignored[request.value] += 1
            return
        way = self._path(request.destination)
        if way is None:
            self._ignored[_NOWHERE] += 1
            return
        arrived = arrival.stamp - offset
        fate = _fate(*way, request.ttl, arrived - self._start)
        self._plan(Trace(request, arrival.stamp, arrived, fate))

    def _plan(self, trace: Trace) -> None:
        if not trace.fate.copies:
            self._log.add(trace, trace.fate.outcome, None, 0)
            return
        self._count += 1
        packet = _packet(trace.request, trace.fate)
        heapq.heappush(self._due, Answer(trace.planned, self._count, packet, trace))

    def _path(self, destination: bytes) -> tuple[Path, Passage] | None:
        if destination not in self._paths:
            address = ipaddress.ip_address(destination)
            course = self._script.course(address)
            # The same numbers for the same address and seed, whatever else is asked.
            numbers = Random(f"{self._script.seed} {address}")  # noqa: S311  no secret hangs on it
            others = Random(f"{self._script.seed} {address} hops")  # noqa: S311  nor on these
            self._paths[destination] = (
                None if course is None else (Path(course, numbers), Passage(self._routers, others))
            )
        return self._paths[destination]


def _fate(path: Path, passage: Passage, ttl: int, elapsed: int) -> Fate:
    before = passage.of(path.hops(elapsed), ttl, elapsed)
    fate = path.decide(elapsed, before if isinstance(before, int) else 0)
    return fate if isinstance(before, int) else before


def _packet(request: Request, fate: Fate) -> bytes:
    if fate.refusal is None:
        return reply_to(request)
    return refusal_of(request, fate.refusal.kind, fate.refusal.reporter)


def _realtime_offset() -> int:
    """CLOCK_REALTIME minus CLOCK_MONOTONIC, in ns; read between two readings of the other.

    Whoever is held up between them reads nonsense: the closest of a few readings counts.
    """
    closest, offset = _FOREVER, 0
    for _ in range(_READINGS):
        before = time.monotonic_ns()
        realtime = time.time_ns()
        after = time.monotonic_ns()
        if after - before < closest:
            closest, offset = after - before, realtime - (before + after) // 2
        if closest <= _CLOSE:
            break
    return offset
