"""What a trap makes us do: ask that router and probe its links once, now and then, and no more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Trap, TrapOutcome
from linkwatch.ports import Clock, TrapSource
from linkwatch.timing.pace import TokenBucket

_EACH_PER_SECOND, _EACH_AT_ONCE = 0.2, 2.0
"""A line that goes and comes again is looked at both times; one that flaps, every 5 s."""
_ALL_PER_SECOND, _ALL_AT_ONCE = 20.0, 100.0
"""Whoever forges traps of all routers buys so many probes and polls, and not one more."""

log = structlog.get_logger(__name__)


class TrapObserver(Protocol):
    """The part of `ports.Observer` this loop feeds."""

    def trapped(self, outcomes: Mapping[TrapOutcome, int]) -> None:
        """So many traps."""
        ...


class TrapLoop:
    """Takes traps for hints: nothing they say is believed. `probe` and `poll` act at once."""

    def __init__(
        self,
        clock: Clock,
        source: TrapSource,
        *,
        probe: Callable[[LinkId], None],
        poll: Callable[[RouterId], None],
        observer: TrapObserver,
        config: Config,
    ) -> None:
        self._clock = clock
        self._source = source
        self._probe = probe
        self._poll = poll
        self._observer = observer
        self._links = _links_by_router(config.inventory)
        self._limits: dict[RouterId, TokenBucket] = {}
        self._all = TokenBucket(_ALL_PER_SECOND, _ALL_AT_ONCE)

    async def run(self) -> None:
        """Act on traps until cancelled."""
        while True:
            trap = await self._source.trap()
            self._observer.trapped({self.take(trap, self._clock.now().monotonic): 1})

    def take(self, trap: Trap, now: float) -> TrapOutcome:
        """Act on one trap, or leave it."""
        if trap.router not in self._links:
            return TrapOutcome.NOT_WATCHED
        limit = self._limits.get(trap.router)
        if limit is None:
            limit = self._limits[trap.router] = TokenBucket(_EACH_PER_SECOND, _EACH_AT_ONCE)
        if not (limit.take(now) and self._all.take(now)):
            return TrapOutcome.LIMITED
        links = [link for link in self._links[trap.router] if not trap.links or link in trap.links]
        log.info("trap", router=trap.router, kind=trap.kind, links=links)
        for link in links:
            self._probe(link)
        self._poll(trap.router)
        return TrapOutcome.TAKEN

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Other routers and links from the commit on."""
        links = _links_by_router(new.inventory)

        def commit() -> None:
            self._links = links
            self._limits = {r: limit for r, limit in self._limits.items() if r in links}

        return commit


def _links_by_router(inventory: Inventory) -> Mapping[RouterId, Sequence[LinkId]]:
    links: dict[RouterId, list[LinkId]] = {
        router.id: [] for router in inventory.routers.values() if router.snmp is not None
    }
    for link in inventory.links.values():
        if link.interface is not None and link.interface.router in links:
            links[link.interface.router].append(link.id)
    return links
