"""The probe loop: drain, expire, send on one tick; no task, future or wake-up per ping."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import repeat
from typing import Protocol

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.ports import Clock, Look, Prepared, Prober, Resolver
from linkwatch.runtime.address_book import AddressBook
from linkwatch.runtime.aside import Aside, Tokens
from linkwatch.runtime.probe_schedule import ProbeSchedule
from linkwatch.runtime.probe_targets import Aim, Watched, names_in, watched_links
from linkwatch.timing.deadlines import Deadlines
from linkwatch.timing.standstill import longest_pause
from linkwatch.timing.tick import tick_length

_DEADLINES = 0.01
"""s to which deadlines are rounded up."""

Sink = Callable[[Sequence[ProbeResult], Moment], None]
Suspicion = Callable[[Sequence[Overdue], Moment], None]


class LagObserver(Protocol):
    """The part of `ports.Observer` this loop feeds."""

    def scheduler_lag(self, seconds: float) -> None:
        """How late the tick came."""
        ...


_Sent = tuple[Aim, float]
"""What was asked, and when (monotonic s); a plain tuple, for there is one per probe."""


class ProbeLoop:
    """Asks every ICMP target of every link at the link's pace; results go to `sink` once a tick.

    `watched` gives what is asked: the links, unless it is something else.

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
        watched: Callable[[Inventory], Mapping[LinkId, Watched]] = watched_links,
    ) -> None:
        self._clock = clock
        self._prober = prober
        self._watched = watched
        self._sink = sink
        self._suspect = suspect
        self._pending: dict[int, _Sent] = {}
        self._timeouts = Deadlines(_DEADLINES)
        self._overdue = Deadlines(_DEADLINES)
        self._observer = observer
        links = watched(config.inventory)
        self._book = AddressBook(clock, resolver, names_in(links.values()))
        self._schedule = ProbeSchedule()
        self._tokens = Tokens()
        self.aside = Aside(prober, self._tokens)
        """Sends what is none of the rounds."""
        self._drops = prober.dropped()
        self._dropped_at = float("-inf")
        self._late = 0
        self._turned_at = self._ended_at = clock.now().monotonic
        self._pause = 0.0
        self._links: Mapping[LinkId, Watched] = {}
        self._unseen: dict[LinkId, None] = {}
        self._install(links)
        self._unseen = dict.fromkeys(self._links)

    @property
    def progress(self) -> float:
        """Monotonic s of the last turn, or of when a probe should have ended and none has."""
        return min(self._turned_at, self._ended_at + self._pause)

    @property
    def first_round_missing(self) -> tuple[LinkId, ...]:
        """Links of the first configuration, still in force, that have had no result yet."""
        return tuple(self._unseen)

    @property
    def first_round_done(self) -> bool:
        """Whether every link had a result; links that a reload adds do not undo it."""
        return not self._unseen

    @property
    def late(self) -> int:
        """Replies that came after their deadline."""
        return self._late

    @property
    def skipped(self) -> Mapping[str, int]:
        """What the schedule left out, by why."""
        return self._schedule.counters

    async def run(self) -> None:
        """Probe until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick_forever(), name="probe ticks")
            tasks.create_task(self._book.run(), name="probe names")

    def request(self, link: LinkId, count: int, spacing: float, *, urgent: bool = False) -> None:
        """ProbeNow: `count` extra rounds of this link from the next tick on, `spacing` s apart."""
        self._schedule.probe_now(link, count, spacing, self._turned_at, urgent=urgent)

    def hurry(self, hurried: Set[LinkId]) -> None:
        """Probe these links, and no others, at their conference interval from now on."""
        self._schedule.hurry(hurried, self._clock.now().monotonic)

    def way(self, link: LinkId, target: int) -> tuple[str, Look] | None:
        """Where this target is, and what its probes look like; None: not asked, or not known."""
        watched = self._links.get(link)
        if watched is None or target not in watched.asked:
            return None
        name = watched.targets[target].address
        try:
            address = self._book.address(name, watched.look.version)
        except KeyError:
            return None
        return None if address is None else (address, watched.look)

    def slot(self, link: LinkId, target: int) -> float | None:
        """The next time (monotonic s) at which this target's address may be sent to; it is taken.

        None: it is not asked any more.
        """
        return self._schedule.reserve(link, target, self._clock.now().monotonic)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Look new names up; the commit keeps slots and pending probes of unchanged links."""
        links = self._watched(new.inventory)
        keep_names = await self._book.prepare(names_in(links.values()))

        def commit() -> None:
            keep_names()
            self._install(links)

        return commit

    def tick(self, now: Moment) -> None:
        """One turn: what came in, what timed out, what is due."""
        self._turned_at = now.monotonic
        results: list[ProbeResult] = []
        self._receive(results)
        self._expire(now.monotonic, results)
        overdue = self._waited_for(now.monotonic)
        self._send(now.monotonic, results)
        if results:
            self._ended_at = now.monotonic
            if self._unseen:
                for result in results:
                    self._unseen.pop(result.link, None)
            self._sink(results, now)
        # After the results: a reply that came in this very tick is not overdue.
        if overdue:
            self._suspect(overdue, now)

    async def _tick_forever(self) -> None:
        due = self._ended_at = self._clock.now().monotonic
        self._schedule.start(due)
        while True:
            now = self._clock.now()
            self._observer.scheduler_lag(max(0.0, now.monotonic - due))
            self.tick(now)
            due = max(due + self._tick_length(), now.monotonic)
            await self._clock.sleep_until(due)

    def _tick_length(self) -> float:
        schedule = self._schedule
        return tick_length(schedule.per_second, self._prober.room, hurried=schedule.bursting)

    def _install(self, links: Mapping[LinkId, Watched]) -> None:
        before, self._links = self._links, links
        same = {
            link
            for link, watched in links.items()
            if link in before and before[link].targets == watched.targets
        }
        self._pending = {t: sent for t, sent in self._pending.items() if sent[0].link in same}
        self._unseen = {link: None for link in self._unseen if link in links}
        self._prober.keep({watched.look for watched in links.values()})
        self._schedule.configure(links, self._clock.now().monotonic)
        asked = [link.probing for link in links.values()]
        self._pause = min((longest_pause(p.interval, p.timeout) for p in asked), default=math.inf)

    def _receive(self, results: list[ProbeResult]) -> None:
        take, append = self._pending.pop, results.append
        make = tuple.__new__  # the class itself is twice as dear
        for reply in self._prober.drain():
            token, outcome, rtt, reason, reported_by, _ = reply
            sent = take(token, None)
            if sent is None:
                self._late += not self.aside.take(reply)
                continue
            aim, at = sent
            if rtt is not None:
                aim.patience.add(rtt)
                # The deadline holds for the packet, however late this turn came to look for it.
                if rtt > aim.timeout:
                    self._late += 1
                    append(ProbeResult(aim.link, aim.target, at, Outcome.NO_REPLY))
                    continue
            fields = (aim.link, aim.target, at, outcome, rtt, reason, reported_by)
            append(make(ProbeResult, fields))

    def _expire(self, now: float, results: list[ProbeResult]) -> None:
        drops = self._prober.dropped()
        if drops != self._drops:
            self._drops, self._dropped_at = drops, now
        for token in self._timeouts.pass_by(now):
            sent = self._pending.pop(token, None)
            if sent is None:
                continue
            aim, at = sent
            # On its way when our own buffer overflowed: its reply may have been among the dropped.
            ours = at <= self._dropped_at
            outcome = Outcome.UNKNOWN if ours else Outcome.NO_REPLY
            reason = "receive_buffer" if ours else None
            results.append(ProbeResult(aim.link, aim.target, at, outcome, reason=reason))

    def _waited_for(self, now: float) -> list[Overdue]:
        """What is overdue since the last turn, and has not timed out."""
        pending = self._pending
        late = [pending[token] for token in self._overdue.pass_by(now) if token in pending]
        return [Overdue(aim.link, aim.target, at) for aim, at in late]

    def _send(self, now: float, results: list[ProbeResult]) -> None:
        aims = self._schedule.due(now)
        prepared = [aim.prepared for aim in aims]
        if None in prepared:
            found = [self._find(aim, now, results) for aim in aims]
            aims = [aim for aim, there in zip(aims, found, strict=True) if there is not None]
            prepared = [there for there in found if there is not None]
        if not aims:
            return
        tokens = self._tokens.new(len(aims))
        self._pending.update(zip(tokens, zip(aims, repeat(now)), strict=False))
        self._timeouts.add(tokens, [aim.timeout for aim in aims], now)
        self._overdue.add(tokens, [aim.patience.overdue_after for aim in aims], now)
        for failure in self._prober.launch(tokens, prepared):
            failed = self._pending.pop(failure.token, None)
            if failed is not None:
                results.append(_own_failure(*failed, failure.reason))

    def _find(self, aim: Aim, now: float, results: list[ProbeResult]) -> Prepared | None:
        """Where to send; None, and perhaps a result, where that is not known."""
        if aim.prepared is not None:
            return aim.prepared
        try:
            address = self._book.address(aim.address, aim.look.version)
        except KeyError:
            return None  # its first look-up is under way: nothing to report yet
        if address is None:
            results.append(_own_failure(aim, now, "unresolved"))
            return None
        prepared = self._prober.prepare(address, aim.look)
        # A name's address may change, and so may the interface behind a scope.
        if address is aim.address and "%" not in address:
            aim.prepared = prepared
        return prepared


def _own_failure(aim: Aim, at: float, reason: str | None) -> ProbeResult:
    return ProbeResult(aim.link, aim.target, at, Outcome.LOCAL_FAILURE, reason=reason)
