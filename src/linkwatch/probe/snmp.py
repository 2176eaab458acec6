"""All routers of a plan, polled in the process and event loop that call."""

import asyncio
import logging
import traceback

from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.ports import Clock
from linkwatch.probe.snmp_engines import EngineRoom
from linkwatch.probe.snmp_outcome import PollFailure
from linkwatch.probe.snmp_patience import longest_poll
from linkwatch.probe.snmp_plan import Plan, Planned
from linkwatch.probe.snmp_router import Reading, WatchedRouter

_log = logging.getLogger(__name__)


class SnmpPoller:
    """Nothing can be polled before a plan is taken. Keys are made when a router's turn comes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._planned: dict[RouterId, Planned] = {}
        self._watched: dict[RouterId, WatchedRouter] = {}
        self._older: dict[RouterId, WatchedRouter] = {}
        self._engines: EngineRoom | None = None
        self._limit = 0.0

    def take(self, plan: Plan) -> None:
        """From now on by this plan; what is known of routers that stay is kept."""
        self._planned = {one.router: one for one in plan.routers}
        known = {**self._older, **self._watched}
        self._older = {router: was for router, was in known.items() if router in self._planned}
        self._watched = {}
        self._engines = EngineRoom(plan, self._clock)
        self._limit = longest_poll(plan.timeout, plan.retries)

    def watched(self, router: RouterId) -> WatchedRouter | None:
        """A router of the plan; None where it has no such."""
        if router not in self._watched and router in self._planned and self._engines is not None:
            new = self._engines.router(self._planned[router])
            older = self._older.pop(router, None)
            if older is not None:
                new.adopt(older)
            self._watched[router] = new
        return self._watched.get(router)

    async def poll(self, router: RouterId) -> PollResult:
        """One poll; never raises for what the network or the router does."""
        try:
            reading = await self._bounded(router)
        except PollFailure as failure:
            return PollResult(
                router, self._clock.now().wall, failure.outcome, detail=failure.detail
            )
        return PollResult(
            router,
            self._clock.now().wall,
            PollOutcome.OK,
            samples=reading.samples,
            faults=reading.faults,
        )

    def _due(self, router: RouterId) -> WatchedRouter:
        watched = self.watched(router)
        if watched is None:
            raise PollFailure(PollOutcome.LOCAL_FAILURE, "not a router that may be asked")
        return watched

    async def _bounded(self, router: RouterId) -> Reading:
        limit = self._limit
        try:
            async with asyncio.timeout(limit):
                return await self._due(router).poll(self._clock)
        except PollFailure:
            raise
        except TimeoutError as error:
            raise PollFailure(
                PollOutcome.TIMEOUT, f"the poll took longer than {limit:g} s"
            ) from error
        except Exception as error:
            # The library is made to read hostile bytes: what escapes it costs this poll, not the
            # process. Its texts quote what it worked on, keys too, and are told nobody.
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            _log.error("poll of %s broke: %s in %s:%s", router, kind, place.name, place.lineno)
            raise PollFailure(PollOutcome.LOCAL_FAILURE, f"internal error: {kind}") from error
