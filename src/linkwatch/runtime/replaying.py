"""What was measured once, taken by today's rules: the engine's own turns, in their order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from linkwatch.model.ids import ChannelId, IncidentId, LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Recorded, RecordedLink, Start, Table, Turn
from linkwatch.runtime.events import (
    Numbered,
    Polled,
    Probed,
    Recovered,
    Reloaded,
    Suspected,
    Vouched,
)
from linkwatch.runtime.replayed_targets import TargetsNow
from linkwatch.runtime.runs_book import Raised, RunsBook
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.step import advance, next_due, step
from linkwatch.wire.recording import recorded_link

HOLE = 60.0
"""s without a word, which the recorder never leaves while it runs: it was away."""
_NUMBERS = 1000
_SHORTEST = 0.02
"""s between two looks at what time alone has made due, as the engine has it."""


class Replay:
    """Takes a recording and keeps what was raised.

    `wanted`: links to judge, None: all that were recorded. `since` inclusive, `until` exclusive.
    A session, or a hole, is a restart: open incidents stay open until fresh probes meet the clear
    rule, as they would for a daemon that found them in its store.
    """

    def __init__(
        self,
        inventory: Inventory,
        wanted: frozenset[LinkId] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        hole: float = HOLE,
    ) -> None:
        self._inventory = inventory
        self._wanted = wanted
        self._since, self._until = since, until
        self._hole = hole
        self._state: State | None = None
        self._now: Moment | None = None
        self._looked = 0.0
        self._number = 1
        self._targets = TargetsNow({}, inventory)
        self._table: dict[LinkId, RecordedLink] = {}
        self._table_is_new = False
        self._book = RunsBook()
        self.strangers: set[LinkId] = set()
        """Recorded links that the configuration does not have."""
        self.others: set[LinkId] = set()
        """Those it has with other thresholds, intervals or targets."""
        self.judged: set[LinkId] = set()
        self.probes = 0
        self.seconds = 0.0
        """Of recorded time."""
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.holes = 0
        self.dropped = 0

    @property
    def raised(self) -> Mapping[IncidentId, Raised]:
        """Every incident, in the order they were opened."""
        return self._book.raised

    @property
    def is_over(self) -> bool:
        """Whether what is still to come lies after all that is wanted."""
        return self._until is not None and self.last is not None and self.last >= self._until

    def take(self, recorded: Recorded) -> None:
        """Take the next of what was recorded."""
        match recorded:
            case Start():
                self._book.begin(recorded)
                self._state = None
            case Table():
                self._note_table(recorded)
            case Turn():
                self._turn(recorded)

    def _turn(self, turn: Turn) -> None:
        now = turn.now
        self.dropped += turn.dropped
        if self._since is not None and now.wall < self._since:
            self._note_answers(turn.results)
            return
        if self._until is not None and now.wall >= self._until:
            self.last = now.wall
            return
        state = self._state_at(now)
        self._let_pass(state, now)
        self._now, self.last = now, now.wall
        if results := self._targets.results(turn.results):
            self.probes += len(results)
            self._keep(step(state, Probed(results), now))
        if turn.overdue and (overdue := self._targets.overdue(turn.overdue)):
            self._keep(step(state, Suspected(overdue), now))
        if turn.poll is not None:
            self._keep(step(state, Polled(turn.poll), now))
        if turn.evidence is not None:
            self._keep(step(state, Vouched(turn.evidence), now))

    def _state_at(self, now: Moment) -> State:
        """The state that goes on; or a fresh one, that knows what a restarted daemon would."""
        before, state = self._now, self._state
        if state is not None and before is not None:
            if now.monotonic - before.monotonic <= self._hole:
                self._renew(state, now)
                return state
            self.holes += 1
        self._state = state = State(self._within_reach())
        self._table_is_new = False
        self._looked = now.monotonic
        self._now = now
        self.first = self.first or now.wall
        self._number_on(state, now)
        stable = state.stable_since(now.wall)
        self._keep(step(state, Recovered(self._book.restored(stable)), now))
        return state

    def _renew(self, state: State, now: Moment) -> None:
        if self._table_is_new:
            self._table_is_new = False
            self._keep(step(state, Reloaded(self._within_reach()), now))
        if len(state.numbers) < _NUMBERS // 2:
            self._number_on(state, now)

    def _number_on(self, state: State, now: Moment) -> None:
        numbers = range(self._number, self._number + _NUMBERS)
        self._number += _NUMBERS
        self._keep(step(state, Numbered(numbers), now))

    def _let_pass(self, state: State, now: Moment) -> None:
        """What time alone brings about before `now`."""
        before = self._now or now
        self.seconds += now.monotonic - before.monotonic
        while (due := max(next_due(state), self._looked + _SHORTEST)) < now.monotonic:
            self._looked = due
            self._keep(advance(state, Moment(due, before.wall_at(due))))

    def _note_table(self, table: Table) -> None:
        self._table = {} if table.anew else self._table
        known = self._inventory.links
        for link in table.links:
            if link.id not in known:
                self.strangers.add(link.id)
            elif self._wanted is None or link.id in self._wanted:
                self._table[link.id] = link
                if link != recorded_link(known[link.id]):
                    self.others.add(link.id)
        self.judged.update(self._table)
        self._targets = TargetsNow(self._table, self._inventory)
        self._table_is_new = True

    def _note_answers(self, results: Iterable[ProbeResult]) -> None:
        for result in self._targets.results(results):
            targets = self._inventory.links[result.link].targets
            if result.outcome is Outcome.ANSWERED and result.target < len(targets):
                self._book.verified.add((result.link, targets[result.target].address))

    def _within_reach(self) -> Inventory:
        """The configuration without what nothing is known of: it was not silent, but not asked."""
        inventory = self._inventory
        links = {key: link for key, link in inventory.links.items() if key in self._table}
        sites = {link.site for link in links.values()}
        routers = {key: r for key, r in inventory.routers.items() if r.site in sites}
        routers |= {
            link.interface.router: inventory.routers[link.interface.router]
            for link in links.values()
            if link.interface is not None
        }
        # What each incident was told as is wanted, not what was gathered into one message.
        alone = frozenset[ChannelId]()
        return replace(inventory, links=links, routers=routers, gathered_channels=alone)

    def _keep(self, effects: Effects) -> None:
        for record in effects.records:
            self._book.take(record)
