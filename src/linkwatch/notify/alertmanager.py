"""The channel `alertmanager`: alerts over API v2, told again as long as they fire."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice

from linkwatch.config.settings import AlertmanagerChannel
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.notify.alerts import Alert, alerts
from linkwatch.notify.http import HttpSender
from linkwatch.notify.setup import Surroundings
from linkwatch.ports import Notifier

LASTING = 4
"""An alert lapses when this many re-sends in a row did not arrive."""
BATCH = 100
"""Alerts in one request."""


class AlertmanagerNotifier:
    """Posts alerts, and keeps those that fire to post them again: a peer that was restarted has
    forgotten them, and one that hears no more of an alert takes it for resolved.
    """

    def __init__(self, channel: AlertmanagerChannel, around: Surroundings) -> None:
        self._channel = channel
        self._clock = around.clock
        self._firing: dict[str, Alert] = {}
        self._order = asyncio.Lock()
        password = around.secret(channel.password)
        self._sender = HttpSender(
            channel.id,
            f"{channel.url.rstrip('/')}/api/v2/alerts",
            channel.timeout,
            around.clock,
            ca=channel.ca,
            login=None if channel.user is None else (channel.user, password or ""),
        )

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._channel.id

    @property
    def resend(self) -> float:
        """s between two calls of `repeat`."""
        return self._channel.resend

    async def send(self, notification: Notification) -> Delivery:
        """Post its alerts. What is over is repeated no more, whatever comes of this."""
        told = alerts(notification, self._channel.labels)
        for alert in told:
            if alert.ended_at is not None:
                self._firing.pop(alert.incident, None)
        async with self._order:  # a repeat under way must not fire again what this resolves
            delivery = await self._post([*told, *self._outdated(told)])
        if delivery.outcome is DeliveryOutcome.ACCEPTED:
            self._keep(told)
        return delivery

    @property
    def stands(self) -> bool:
        """Whether any alert fires."""
        return bool(self._firing)

    async def repeat(self) -> Delivery:
        """Post all that fires once more; of several requests the worst outcome counts."""
        async with self._order:
            firing = iter(list(self._firing.values()))
            worst = Delivery(DeliveryOutcome.ACCEPTED, f"{len(self._firing)} alerts fire")
            while batch := list(islice(firing, BATCH)):
                delivery = await self._post(batch)
                if delivery.outcome is DeliveryOutcome.REFUSED and len(batch) > 1:
                    # Which of them is wrong is not told: alone, none spoils another.
                    delivery = _worst([await self._post([alert]) for alert in batch])
                worst = _worst([worst, delivery])
                if delivery.outcome in _OUT_OF_REACH:
                    break
            return worst

    def resume(self, notifications: Sequence[Notification]) -> None:
        """Repeat the alerts of these from now on, as if they had just been accepted."""
        for notification in notifications:
            self._keep(alerts(notification, self._channel.labels))

    def succeed(self, previous: Notifier) -> None:
        """Go on with what the channel's former notifier repeats, also what it has under way."""
        if isinstance(previous, AlertmanagerNotifier):
            self._firing = previous._firing

    async def close(self) -> None:
        """Close the kept connections; the alerts lapse by themselves."""
        await self._sender.close()

    def _keep(self, told: Iterable[Alert]) -> None:
        for alert in told:
            if alert.ended_at is None and alert.incident:
                self._firing[alert.incident] = alert

    def _outdated(self, told: Sequence[Alert]) -> list[Alert]:
        """What a fault was called before its link moved to another site or carrier, as over."""
        now = self._clock.now().wall
        known = [(alert, self._firing.get(alert.incident)) for alert in told]
        return [
            Alert(old.incident, old.labels, old.annotations, old.started_at, now)
            for alert, old in known
            if old is not None and old.labels != alert.labels
        ]

    async def _post(self, told: Sequence[Alert]) -> Delivery:
        until = self._clock.now().wall + timedelta(seconds=LASTING * self._channel.resend)
        body = json.dumps([alert.document(until) for alert in told], ensure_ascii=False)
        return await self._sender.post(body.encode(), {"Content-Type": "application/json"})


_BY_GRAVITY = (
    DeliveryOutcome.ACCEPTED,
    DeliveryOutcome.REFUSED,
    DeliveryOutcome.DEFERRED,
    DeliveryOutcome.FAILED,
    DeliveryOutcome.IN_DOUBT,
)
_OUT_OF_REACH = (DeliveryOutcome.FAILED, DeliveryOutcome.IN_DOUBT)


def _worst(deliveries: Sequence[Delivery]) -> Delivery:
    return max(deliveries, key=lambda one: _BY_GRAVITY.index(one.outcome))
