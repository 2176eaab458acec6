"""The probe loop: drain, expire, send on one tick; no task, future or wake-up per ping."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.ports import Clock, Probe, Prober, Reply, Resolver
from linkwatch.runtime.probe_schedule import ProbeSchedule
from linkwatch.runtime.probe_targets import AddressBook, Watched, names_in, watched_links
from linkwatch.timing.patience import Patience
from linkwatch.timing.pending import Pending

TICK = 0.02
"""s between two turns; the kernel stamps replies, so a longer tick costs no accuracy."""
_NAMES_EVERY = 60.0
_MISSING_NAMES_EVERY = 5.0
_PREPARE_TIMEOUT = 5.0
_TOKEN_MASK = (1 << 63) - 1

Sink = Callable[[Sequence[ProbeResult], Moment], None]
Suspicion = Callable[[Sequence[Overdue], Moment], None]


class LagObserver(Protocol):
    """The part of `ports.Observer` this loop feeds."""

    def scheduler_lag(self, seconds: float) -> None:
        """How late the tick came."""
        ...


class _Sent(NamedTuple):
    link: LinkId
    target: int
    at: float
    timeout: float


class ProbeLoop:
    """Asks every ICMP target of every link at the link's pace; results go to `sink` once a tick.

    A probe is reported when answered or timed out (RFC 6673), or at once if it failed on this
    host. A reply that takes longer than its target's usually do is told to `suspect` meanwhile.
    The caller closes the prober.
    """

    def __init__(
        self,
        clock: Clock,
        prober: Prober,
        *,
        sink: Sink,
        suspect: Suspicion,
        observer: LagObserver,
        config: Config,
        resolver: Resolver,
    ) -> None:
        self._clock = clock
        self._prober = prober
        self._sink = sink
        self._suspect = suspect
        self._patience: dict[tuple[LinkId, int], Patience] = {}
        self._awaited: Pending[_Sent] = Pending(TICK)
        """The same probes as `_pending`, until their replies are overdue."""
        self._observer = observer
        self._book = AddressBook(resolver)
        self._schedule = ProbeSchedule()
        self._pending: Pending[_Sent] = Pending(TICK)
        self._token = secrets.randbits(62)
        self._drops = prober.dropped()
        self._dropped_at = float("-inf")
        self._late = 0
        self._progress = clock.now()
        self._links: Mapping[LinkId, Watched] = {}
        self._unseen: dict[LinkId, None] = {}
        self._install(watched_links(config.inventory))
        self._unseen = dict.fromkeys(self._links)

    @property
    def progress(self) -> Moment:
        """When the last turn began: what the watchdog looks at."""
        return self._progress

    @property
    def first_round_missing(self) -> tuple[LinkId, ...]:
        """Links of the first configuration, still in force, that have had no result yet."""
        return tuple(self._unseen)

    @property
    def first_round_done(self) -> bool:
        """Whether every link had a result; links that a reload adds do not undo it."""
        return not self._unseen

    @property
    def counters(self) -> Mapping[str, int]:
        """`late` replies, and what the schedule left out."""
        return {"late": self._late, **self._schedule.counters}

    async def run(self) -> None:
        """Probe until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick_forever(), name="probe ticks")
            tasks.create_task(self._look_up_forever(), name="probe names")

    def request(self, link: LinkId, count: int, spacing: float) -> None:
        """ProbeNow: `count` extra rounds of this link from the next tick on, `spacing` s apart."""
        self._schedule.probe_now(link, count, spacing, self._progress.monotonic)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Look new names up; the commit keeps slots and pending probes of unchanged links."""
        links = watched_links(new.inventory)
        # What does not come in time is looked up again by the running loop.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PREPARE_TIMEOUT):
                await self._book.look_up(self._book.missing(names_in(links.values())))
        return lambda: self._install(links)

    def tick(self, now: Moment) -> None:
        """One turn: what came in, what timed out, what is due."""
        self._progress = now
        results: list[ProbeResult] = []
        self._receive(results)
        self._expire(now.monotonic, results)
        overdue = [Overdue(s.link, s.target, s.at) for s in self._awaited.expire(now.monotonic)]
        self._send(now.monotonic, results)
        if results:
            for result in results:
                self._unseen.pop(result.link, None)
            self._sink(results, now)
        # After the results: a reply that came in this very tick is not overdue.
        if overdue:
            self._suspect(overdue, now)

    async def _tick_forever(self) -> None:
        due = self._clock.now().monotonic
        while True:
            now = self._clock.now()
            self._observer.scheduler_lag(max(0.0, now.monotonic - due))
            self.tick(now)
            due = max(due + TICK, now.monotonic)
            await self._clock.sleep_until(due)

    async def _look_up_forever(self) -> None:
        refresh_at = float("-inf")
        while True:
            now = self._clock.now().monotonic
            names = names_in(self._links.values())
            if now >= refresh_at:
                refresh_at = now + _NAMES_EVERY
            else:
                names = self._book.missing(names)
            await self._book.look_up(names)
            await self._clock.sleep_until(now + _MISSING_NAMES_EVERY)

    def _install(self, links: Mapping[LinkId, Watched]) -> None:
        before, self._links = self._links, links
        same = {
            link
            for link, watched in links.items()
            if link in before and before[link].targets == watched.targets
        }
        self._pending.forget(lambda sent: sent.link not in same)
        self._awaited.forget(lambda sent: sent.link not in same)
        self._patience = {key: p for key, p in self._patience.items() if key[0] in same}
        self._unseen = {link: None for link in self._unseen if link in links}
        self._book.keep_only(names_in(links.values()))
        self._schedule.configure(links, self._clock.now().monotonic)

    def _receive(self, results: list[ProbeResult]) -> None:
        for reply in self._prober.drain():
            sent = self._pending.get(reply.token)
            # The deadline holds for the packet, however late this turn came to look for it.
            if sent is None or (reply.rtt is not None and reply.rtt > sent.timeout):
                self._late += 1
                continue
            self._pending.pop(reply.token)
            self._awaited.pop(reply.token)
            if reply.rtt is not None:
                self._patience.setdefault((sent.link, sent.target), Patience()).add(reply.rtt)
            results.append(_result(sent, reply))

    def _expire(self, now: float, results: list[ProbeResult]) -> None:
        drops = self._prober.dropped()
        if drops != self._drops:
            self._drops, self._dropped_at = drops, now
        for sent in self._pending.expire(now):
            # On its way when our own buffer overflowed: its reply may have been among the dropped.
            ours = sent.at <= self._dropped_at
            outcome = Outcome.UNKNOWN if ours else Outcome.NO_REPLY
            reason = "receive_buffer" if ours else None
            results.append(ProbeResult(sent.link, sent.target, sent.at, outcome, reason=reason))

    def _send(self, now: float, results: list[ProbeResult]) -> None:
        batch: list[Probe] = []
        for link, target in self._schedule.due(now):
            watched = self._links[link]
            try:
                address = self._book.address(watched.targets[target].address)
            except KeyError:
                continue  # its first look-up is under way: nothing to report yet
            if address is None:
                results.append(_unresolved(link, target, now))
                continue
            self._token = (self._token + 1) & _TOKEN_MASK
            probing = watched.probing
            sent = _Sent(link, target, now, probing.timeout)
            self._pending.add(self._token, sent, now + probing.timeout)
            patience = self._patience.get((link, target))
            if patience is not None:
                self._awaited.add(self._token, sent, now + patience.overdue_after(probing.timeout))
            batch.append(Probe(self._token, address, probing.size, probing.dscp))
        for failure in self._prober.send(batch) if batch else ():
            failed = self._pending.pop(failure.token)
            self._awaited.pop(failure.token)
            if failed is not None:
                results.append(_result(failed, failure))


def _unresolved(link: LinkId, target: int, at: float) -> ProbeResult:
    return ProbeResult(link, target, at, Outcome.LOCAL_FAILURE, reason="unresolved")


def _result(sent: _Sent, reply: Reply) -> ProbeResult:
    return ProbeResult(
        sent.link,
        sent.target,
        sent.at,
        reply.outcome,
        rtt=reply.rtt,
        reason=reply.reason,
        reported_by=reply.reported_by,
    )
