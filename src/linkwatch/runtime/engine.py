"""The owner of the state: runs the turns, hands what they decide to the writer and the loops."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from linkwatch.config.settings import Config
from linkwatch.judge.boost import Refusal, why_not
from linkwatch.model.boost import Word
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.journal import Note, Restored, SaveLoad
from linkwatch.model.measurement import Overdue, PollResult, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.people import Swap
from linkwatch.model.priority import Priority
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.rostergaps import RosterGap
from linkwatch.ports import Clock, LinkFigures, Observer, Ruling, StoreError
from linkwatch.runtime.events import (
    Asked,
    Event,
    Numbered,
    Polled,
    Probed,
    Recovered,
    Reloaded,
    RostersLookedAt,
    Suspected,
    Vouched,
)
from linkwatch.runtime.figures import figures
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.step import advance, next_due, step
from linkwatch.runtime.writer import Writer

LEAST_NUMBERS = 50
"""Incident numbers at hand, and no fewer than there are links: a dead store gives no more."""
LONGEST_SLEEP = 1.0
"""Wall-clock dues are looked at this often at least, so that a stepped clock does no harm."""
SHORTEST_SLEEP = 0.02
RESERVE_RETRY = 1.0
ANSWER_WITHIN = 1.0
"""s that somebody who asked for something waits for the store."""

log = structlog.get_logger(__name__)


class Engine:
    """Takes events, one turn each, in the event loop's thread. Nothing awaits inside a turn."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        writer: Writer,
        observer: Observer,
        probe_now: Callable[[ProbeNow], None],
    ) -> None:
        self._state = state
        self._clock = clock
        self._writer = writer
        self._observer = observer
        self._probe_now = probe_now
        self._numbers_low = asyncio.Event()

    async def recover(self) -> Restored:
        """Take up what an earlier run left, before any measurement; StoreError if unreadable."""
        now = self._clock.now()
        stable = timedelta(seconds=self._state.inventory.flapping.stable)
        restored = await self._writer.restore(now.wall - stable)
        numbers = await self._writer.reserve(self._enough_numbers())
        self._turn(Numbered(numbers), self._clock.now())
        self._turn(Recovered(restored), self._clock.now())
        return restored

    def probed(self, results: Sequence[ProbeResult], now: Moment) -> None:
        """Probes that ended."""
        self._observer.probed(results)
        self._turn(Probed(results), now)

    def suspected(self, overdue: Sequence[Overdue], now: Moment) -> None:
        """Replies that are overdue."""
        self._turn(Suspected(overdue), now)

    def polled(self, result: PollResult, now: Moment) -> None:
        """A router was asked."""
        self._observer.polled(result)
        self._turn(Polled(result), now)

    def rosters_looked_at(self, gaps: Sequence[RosterGap]) -> None:
        """All duties that lack somebody, now or in the days ahead."""
        self._turn(RostersLookedAt(gaps), self._clock.now())

    def swaps(self) -> tuple[Swap, ...]:
        """Swaps of duty that stand and are not over, oldest first."""
        now = self._clock.now().wall
        known = self._state.swaps.values()
        return tuple(s for s in known if s.span.end is None or s.span.end > now)

    async def ask(self, event: Asked) -> Ruling:
        """Do what somebody asks for; returns once it is recorded, or after `ANSWER_WITHIN` s."""
        now = self._clock.now()
        effects = step(self._state, event, now)
        self._carry_out(effects, now)
        if effects.ruling is None:
            raise ValueError(f"nobody asks for {type(event).__name__}")
        if effects.ruling.refusal is not None:
            return effects.ruling
        return replace(effects.ruling, recorded=await self._writer.written(ANSWER_WITHIN))

    def vouch(self, word: Word) -> Refusal | None:
        """Take somebody's word that a boost was delivered, or say why not."""
        now = self._clock.now()
        link = self._state.inventory.links.get(word.link)
        if link is None:
            return Refusal.UNKNOWN_LINK
        refusal = why_not(link, word.rate, word.direction, now.wall)
        if refusal is None:
            log.info("boost confirmed", link=word.link, rate=word.rate, by=word.by)
            self._turn(Vouched(word.evidence(now.wall)), now)
        return refusal

    def wind_down(self) -> None:
        """Hand over to the writer what is else only saved now and then; after the last reading."""
        loads = (
            SaveLoad(load)
            for judge in self._state.judges.values()
            for load in judge.interface.month.unsaved()
        )
        self._writer.submit(tuple(loads), self._clock.now())

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Part of a reload: nothing here can fail; the commit is one turn."""

        def commit() -> None:
            self._turn(Reloaded(new.inventory), self._clock.now())

        return commit

    async def run(self) -> None:
        """Let time do its part, and keep incident numbers at hand, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_time(), name="engine")
            tasks.create_task(self._keep_numbers(), name="engine-numbers")

    async def close(self) -> None:
        """Give back the numbers that no incident took, so that a restart leaves no gap."""
        numbers = self._state.numbers
        if numbers and numbers[-1] - numbers[0] == len(numbers) - 1:
            await self._writer.give_back(numbers[0])
            numbers.clear()

    def incidents(self) -> tuple[Incident, ...]:
        """Open incidents, the most urgent and oldest first."""
        return tuple(
            sorted(self._state.open_incidents(), key=lambda i: (i.priority, i.started_at, i.id))
        )

    @property
    def book(self) -> DutyBook:
        """Who answers for what: rosters with all swaps; another object whenever it changes."""
        return self._state.book

    def show(self, links: Iterable[LinkId], now: Moment) -> None:
        """Tell the observer how these links are now."""
        for link in links:
            if link in self._state.judges:
                self._observer.link_changed(figures(self._state, link, now.wall))

    def figures(self, now: Moment) -> tuple[LinkFigures, ...]:
        """Every link as it is now, in the configuration's order."""
        return tuple(figures(self._state, link, now.wall) for link in self._state.judges)

    def states(self) -> Counter[LinkState]:
        """How many links are in each state."""
        return Counter(judge.state for judge in self._state.judges.values())

    def polls(self) -> dict[str, PollResult]:
        """The last poll of each router that was ever polled."""
        return {str(router): result for router, result in self._state.polls.items()}

    def _enough_numbers(self) -> int:
        return max(LEAST_NUMBERS, len(self._state.inventory.links))

    def _turn(self, event: Event, now: Moment) -> None:
        self._carry_out(step(self._state, event, now), now)

    def _carry_out(self, effects: Effects, now: Moment) -> None:
        self._writer.submit(effects.records, now)
        for request in effects.probes:
            self._probe_now(request)
        self.show(effects.touched, now)
        for seconds in effects.detected:
            self._observer.detected(seconds)
        if effects.records:
            self._show_incidents(effects)
        if self._state.waiting or len(self._state.numbers) < self._enough_numbers() // 2:
            self._numbers_low.set()

    def _show_incidents(self, effects: Effects) -> None:
        for record in effects.records:
            if isinstance(record, Note):
                entry = record.entry
                log.info("incident", id=entry.incident, what=entry.what, detail=entry.detail)
        now_open = Counter(i.priority for i in self._state.open_incidents())
        self._observer.incidents({p: now_open[p] for p in Priority})

    async def _watch_time(self) -> None:
        while True:
            now = self._clock.now()
            self._carry_out(advance(self._state, now), now)
            due = max(next_due(self._state), now.monotonic + SHORTEST_SLEEP)
            await self._clock.sleep_until(min(due, now.monotonic + LONGEST_SLEEP))

    async def _keep_numbers(self) -> None:
        while True:
            await self._numbers_low.wait()
            try:
                numbers = await self._writer.reserve(self._enough_numbers())
            except StoreError as error:
                log.warning("no incident numbers from the store", reason=str(error))
                await self._clock.sleep_until(self._clock.now().monotonic + RESERVE_RETRY)
                continue
            self._numbers_low.clear()
            self._turn(Numbered(numbers), self._clock.now())
