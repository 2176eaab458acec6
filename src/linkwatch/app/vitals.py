"""What the daemon's parts tell of how they are, put together for the heartbeat."""

from collections.abc import Callable, Iterator

from linkwatch.app.parts import Parts
from linkwatch.judge.health import Vitals
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.moment import Moment
from linkwatch.model.priority import Priority
from linkwatch.timing.standstill import Standstill, longest_pause

_URGENT = (Priority.P1, Priority.P2)


class VitalSigns:
    """Looks once for each beat; `progresses` is what the watchdog goes by."""

    def __init__(self, parts: Parts, progresses: Callable[[], bool]) -> None:
        self._parts = parts
        self._progresses = progresses
        self._probes = Standstill[LinkId]()
        self._polls = Standstill[RouterId]()
        self._last: float | None = None

    def __call__(self) -> Vitals:
        """As it is now. A country's links take some 20 ms."""
        parts, now = self._parts, self._parts.clock.now()
        between = now.monotonic - self._last if self._last is not None else 0.0
        self._last = now.monotonic
        inventory = parts.in_force.config.inventory
        unprobed = self._probes.look(self._probe_signs(between), now.monotonic)
        unpolled = self._polls.look(self._poll_signs(between), now.monotonic)
        oldest_urgent, oldest = self._waiting(now)
        return Vitals(
            first_round_done=parts.probes.first_round_done and not parts.checks.first_round_missing,
            progresses=self._progresses(),
            lag=parts.metrics.lag(),
            store_written=parts.writer.writable,
            links=len(inventory.links),
            unprobed=len(unprobed),
            unheard=parts.engine.unheard(now),
            routers=sum(router.snmp is not None for router in inventory.routers.values()),
            unpolled=len({*unpolled, *self._failing()}),
            is_mute=parts.channels.is_mute,
            oldest_urgent=oldest_urgent,
            oldest=oldest,
        )

    def _probe_signs(self, between: float) -> Iterator[tuple[LinkId, object, float]]:
        links = self._parts.in_force.config.inventory.links
        for name, ended in self._parts.metrics.ended():
            probing = links[name].probing
            allowed = longest_pause(probing.interval, probing.timeout)
            yield name, ended, allowed + between

    def _poll_signs(self, between: float) -> Iterator[tuple[RouterId, object, float]]:
        config, polls = self._parts.in_force.config, self._parts.engine.polls()
        snmp = config.settings.snmp
        # Each further attempt waits half as long again, and a router may wait for its turn.
        attempts = sum(snmp.timeout * 1.5**n for n in range(snmp.retries + 1))
        for router in config.inventory.routers.values():
            if router.snmp is not None:
                last = polls.get(router.id)
                allowed = longest_pause(snmp.interval + attempts)
                yield router.id, last.at if last else None, allowed + between

    def _failing(self) -> Iterator[RouterId]:
        polls = self._parts.engine.polls()
        for router in self._parts.in_force.config.inventory.routers.values():
            last = polls.get(router.id)
            outcome = last.outcome if last is not None and router.snmp is not None else None
            if outcome is PollOutcome.LOCAL_FAILURE:
                yield router.id

    def _waiting(self, now: Moment) -> tuple[float, float]:
        """The ages of the oldest message of P1 or P2, and of any, that is no test."""
        urgent = oldest = 0.0
        for message in self._parts.dispatcher.waiting:
            if message.is_test:
                continue
            age = (now.wall - message.created_at).total_seconds()
            oldest = max(oldest, age)
            if message.priority in _URGENT:
                urgent = max(urgent, age)
        return urgent, oldest
