"""The owner of the state: runs the turns, hands what they decide to the writer and the loops."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Protocol

import structlog

from linkwatch.conference.pace import Hurried
from linkwatch.config.settings import Config
from linkwatch.judge.boost import Refusal, why_not
from linkwatch.judge.channel import ChannelFault
from linkwatch.model.boost import Evidence, Word
from linkwatch.model.finding import LinkState, SiteState
from linkwatch.model.ids import ChannelId, ConferenceId, LinkId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Note, Restored, SaveLoad
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import Overdue, PollResult, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification, Trouble
from linkwatch.model.path import Trace, TraceNow
from linkwatch.model.people import Swap
from linkwatch.model.priority import Priority
from linkwatch.model.recording import Turn
from linkwatch.model.uplink import Sensings
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.rostergaps import RosterGap
from linkwatch.ports import Clock, LinkFigures, Observer, Ruling, StoreError
from linkwatch.runtime.accounting import save_all
from linkwatch.runtime.events import (
    Asked,
    ChannelsLookedAt,
    Event,
    Numbered,
    Polled,
    Probed,
    Recovered,
    Reloaded,
    RostersLookedAt,
    Sensed,
    Suspected,
    TraceEnded,
    Undelivered,
    Vouched,
)
from linkwatch.runtime.figures import figures, site_states
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.step import advance, next_due, step
from linkwatch.runtime.telling import retell
from linkwatch.runtime.writer import Writer

LEAST_NUMBERS = 50
"""Incident numbers at hand, and no fewer than there are links: a dead store gives no more."""
LONGEST_SLEEP = 1.0
"""Wall-clock dues are looked at this often at least, so that a stepped clock does no harm."""
SHORTEST_SLEEP = 0.02
RESERVE_RETRY = 1.0
ANSWER_WITHIN = 1.0
"""s that somebody who asked for something waits for the store."""
JUDGES_IN_ONE_GO = 300
"""For a ms or two; then others may run."""

log = structlog.get_logger(__name__)


class Tap(Protocol):
    """Hears what the engine takes in, in its order. Cheap; never raises."""

    def take(self, turn: Turn) -> None:
        """One turn's measurements."""
        ...

    def adopt(self, inventory: Inventory) -> None:
        """Another configuration is in force from here on."""
        ...


class Engine:
    """Takes events, one turn each, in the event loop's thread. Nothing awaits inside a turn."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        writer: Writer,
        observer: Observer,
        *,
        probe_now: Callable[[ProbeNow], None],
        hurry: Callable[[Hurried], None],
        trace_now: Callable[[TraceNow], None] | None = None,
        sense: Callable[[LinkId], None] | None = None,
    ) -> None:
        """`trace_now` None: nobody traces; `sense` None: nothing near the uplinks is asked."""
        state.traces = trace_now is not None
        self._state = state
        self._clock = clock
        self._writer = writer
        self._observer = observer
        self._probe_now = probe_now
        self._hurry = hurry
        self._trace_now = trace_now
        self._sense = sense
        self._numbers_low = asyncio.Event()
        self.tap: Tap | None = None
        """Hears all that is measured."""

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
        if self.tap is not None:
            self.tap.take(Turn(now, results=results))
        self._observer.probed(results)
        self._turn(Probed(results), now)

    def suspected(self, overdue: Sequence[Overdue], now: Moment) -> None:
        """Replies that are overdue."""
        if self.tap is not None:
            self.tap.take(Turn(now, overdue=overdue))
        self._turn(Suspected(overdue), now)

    def sensed(self, sensed: Sensings, now: Moment) -> None:
        """What was asked for our own sake has told something."""
        self._turn(Sensed(sensed), now)

    def polled(self, result: PollResult, now: Moment) -> None:
        """A router was asked."""
        if self.tap is not None:
            self.tap.take(Turn(now, poll=result))
        self._observer.polled(result)
        self._turn(Polled(result), now)

    def traced(self, trace: Trace, now: Moment) -> None:
        """The way to a link was looked at."""
        self._turn(TraceEnded(trace), now)

    def rosters_looked_at(self, gaps: Sequence[RosterGap]) -> None:
        """All duties that lack somebody, now or in the days ahead."""
        self._turn(RostersLookedAt(gaps), self._clock.now())

    def channels_looked_at(self, faults: Sequence[ChannelFault]) -> None:
        """All channels that get nothing through."""
        self._turn(ChannelsLookedAt(faults), self._clock.now())

    def swaps(self) -> tuple[Swap, ...]:
        """Swaps of duty that stand and are not over, oldest first."""
        now = self._clock.now().wall
        known = self._state.swaps.values()
        return tuple(s for s in known if s.span.end is None or s.span.end > now)

    def works(self) -> tuple[Maintenance, ...]:
        """Announced work that is not over, by the configuration and by command."""
        now = self._clock.now().wall
        return tuple(work for work in self._state.works.all if not work.is_over(now))

    async def ask(self, event: Asked) -> Ruling:
        """Do what somebody asks for; returns once it is recorded, or after `ANSWER_WITHIN` s."""
        now = self._clock.now()
        effects = self._turn(event, now)
        if effects.ruling is None:
            raise ValueError(f"nobody asks for {type(event).__name__}")
        if effects.ruling.refusal is not None:
            return effects.ruling
        return replace(effects.ruling, recorded=await self._writer.written(ANSWER_WITHIN))

    def undelivered(
        self, message: Notification, trouble: Trouble, failed: frozenset[ChannelId]
    ) -> bool:
        """A channel does not get a message through; whether another one has taken it on."""
        event = Undelivered(message, trouble, failed)
        return self._turn(event, self._clock.now()).handed_on

    def vouch(self, word: Word) -> Refusal | None:
        """Take somebody's word that a boost was delivered, or say why not."""
        now = self._clock.now()
        link = self._state.inventory.links.get(word.link)
        if link is None:
            return Refusal.UNKNOWN_LINK
        refusal = why_not(link, word.rate, word.direction, now.wall)
        if refusal is None:
            log.info("boost confirmed", link=word.link, rate=word.rate, by=word.by)
            evidence = word.evidence(now.wall)
            if self.tap is not None:
                self.tap.take(Turn(now, evidence=evidence))
            self._turn(Vouched(evidence), now)
        return refusal

    def untap(self) -> None:
        """Nobody listens any more."""
        self.tap = None

    def known(self, now: Moment) -> tuple[tuple[tuple[LinkId, str], ...], tuple[Evidence, ...]]:
        """The addresses that ever answered, and the traces of the boosts in force."""
        verified = tuple(
            (k, address) for k, each in self._state.verified.items() for address in each
        )
        boosts = (
            judge.interface.boost.boost(judge.link, now.wall)
            for judge in self._state.judges.values()
            if judge.link.is_ever_boosted
        )
        return verified, tuple(trace for boost in boosts if boost for trace in boost.evidence)

    def wind_down(self) -> None:
        """Hand over to the writer what is else only saved now and then; after the last reading."""
        loads = (
            SaveLoad(load)
            for judge in self._state.judges.values()
            for load in judge.interface.month.unsaved()
        )
        now = self._clock.now()
        self._writer.submit((*loads, *save_all(self._state, now)), now)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Part of a reload: nothing here can fail; the commit is one turn."""

        def commit() -> None:
            if self.tap is not None:
                self.tap.adopt(new.inventory)
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

    def standing(self, channel: ChannelId) -> tuple[Notification, ...]:
        """What is open and was told by this channel, in the words of now."""
        now = self._clock.now().wall
        told = (retell(self._state, i, channel, now) for i in self._state.open_incidents())
        return tuple(one for one in told if one is not None)

    def judged(self, links: Sequence[LinkId], now: Moment) -> list[LinkFigures]:
        """These links as they are now; one that has left the configuration is unknown."""
        state, known = self._state, self._state.judges
        return [
            figures(state, link, now.wall)
            if link in known
            else LinkFigures(link, LinkState.UNKNOWN)
            for link in links
        ]

    def figures(self, now: Moment) -> Iterator[LinkFigures]:
        """Every link in the configuration's order, each as it is when it is asked for."""
        for link in tuple(self._state.inventory.links):
            if link in self._state.judges:
                yield figures(self._state, link, now.wall)

    def site_states(
        self, shown: Iterable[tuple[SiteId, Sequence[LinkState]]], now: Moment
    ) -> list[SiteState]:
        """Sites as they are now, whose links are `shown` so."""
        return site_states(self._state, shown, now.wall)

    def lost(self, parts: Sequence[tuple[ConferenceId, SiteId]], now: Moment) -> list[float]:
        """For how long (s) each of these sites was cut off while the conference ran."""
        return [self._state.lost.seconds(conference, site, now) for conference, site in parts]

    def states(self) -> Iterator[Counter[LinkState]]:
        """How many links are in each state, by parts: others may run between two of them."""
        judges = iter(tuple(self._state.judges.values()))
        while part := tuple(islice(judges, JUDGES_IN_ONE_GO)):
            yield Counter(self._state.shown(judge) for judge in part)

    def unheard(self, now: Moment) -> int:
        """How many links no probe has told anything of for longer than their pace allows."""
        return sum(judge.next_due() <= now.monotonic for judge in self._state.judges.values())

    def polls(self) -> dict[str, PollResult]:
        """The last poll of each router that was ever polled."""
        return {str(router): result for router, result in self._state.polls.items()}

    def _enough_numbers(self) -> int:
        return max(LEAST_NUMBERS, len(self._state.inventory.links))

    def _turn(self, event: Event, now: Moment) -> Effects:
        effects = step(self._state, event, now)
        self._carry_out(effects, now)
        return effects

    def _carry_out(self, effects: Effects, now: Moment) -> None:
        self._writer.submit(effects.records, now)
        self._ask_loops(effects)
        for link in effects.touched:
            judge = self._state.judges.get(link)
            if judge is not None:
                self._observer.link_changed(link, self._state.shown(judge))
        for found in effects.detected:
            self._observer.detected(found.incident, found.seconds)
        for response in effects.acknowledged:
            self._observer.acknowledged(response)
        for response in effects.restored:
            self._observer.restored(response)
        if effects.records:
            self._show_incidents(effects)
        if self._state.waiting or len(self._state.numbers) < self._enough_numbers() // 2:
            self._numbers_low.set()

    def _ask_loops(self, effects: Effects) -> None:
        if effects.hurry is not None:
            links, routers = len(effects.hurry.links), len(effects.hurry.routers)
            log.info("asked at the conference pace", links=links, routers=routers)
            self._hurry(effects.hurry)
        for request in effects.probes:
            self._probe_now(request)
        if self._trace_now is not None:
            for wanted in effects.traces:
                self._trace_now(wanted)
        if self._sense is not None:
            for uplink in effects.senses:
                self._sense(uplink)

    def _show_incidents(self, effects: Effects) -> None:
        for record in effects.records:
            if isinstance(record, Note):
                entry = record.entry
                log.info("incident", id=entry.incident, what=entry.what, detail=entry.detail)
        now_open = Counter(i.priority for i in self._state.open_incidents())
        self._observer.incidents({p: now_open[p] for p in Priority})
        self._observer.untold(self._state.post.waiting)

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
