"""Channels whose peers forget: what stands is told again at each one's own pace."""

import asyncio
from collections.abc import Callable

import structlog

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.ports import Clock, StandingNotifier
from linkwatch.runtime.attempt import attempt
from linkwatch.runtime.switchboard import Switchboard

LOOK = 5.0
"""s between two looks for channels that a reload has brought."""

_log = structlog.get_logger(__name__)


class StandingLoop:
    """Has each such channel repeat what fires, beginning at once; one never waits for another.

    What a peer answers to that is `heard`.
    """

    def __init__(
        self, clock: Clock, switchboard: Switchboard, heard: Callable[[ChannelId, Delivery], None]
    ) -> None:
        self._clock = clock
        self._switchboard = switchboard
        self._heard = heard
        self._due: dict[ChannelId, float] = {}
        self._under_way: set[ChannelId] = set()
        self._failing: set[ChannelId] = set()

    async def run(self) -> None:
        """Repeat until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                now = self._clock.now().monotonic
                for notifier in self._due_at(now):
                    self._under_way.add(notifier.id)
                    self._switchboard.take(notifier)
                    tasks.create_task(self._repeat(notifier), name=f"repeat-{notifier.id}")
                await self._clock.sleep_until(min((now + LOOK, *self._due.values())))

    def _due_at(self, now: float) -> list[StandingNotifier]:
        """Those to repeat now; each comes again after its own pace."""
        standing = self._switchboard.standing()
        self._due = {n.id: self._due.get(n.id, now) for n in standing}
        due = [n for n in standing if self._due[n.id] <= now]
        self._due.update({n.id: now + n.resend for n in due})
        return [n for n in due if n.id not in self._under_way]

    async def _repeat(self, notifier: StandingNotifier) -> None:
        stood = notifier.stands
        try:
            delivery = await attempt(notifier.repeat(), notifier.id, "what stands")
        finally:
            self._under_way.discard(notifier.id)
            self._switchboard.give_back(notifier)
        self._say(notifier.id, delivery)
        if stood:
            self._heard(notifier.id, delivery)

    def _say(self, channel: ChannelId, delivery: Delivery) -> None:
        """Log the beginning and the end of a failure, not each minute of it."""
        if delivery.outcome is DeliveryOutcome.ACCEPTED:
            if channel in self._failing:
                _log.warning("what stands is repeated again", channel=channel)
            self._failing.discard(channel)
        elif channel not in self._failing:
            _log.error("what stands is not repeated", channel=channel, detail=delivery.detail)
            self._failing.add(channel)
