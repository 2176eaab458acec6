"""Channels as configured -> notifiers."""

from collections.abc import Iterable
from typing import assert_never

from linkwatch.config.settings import (
    AlertmanagerChannel,
    Channel,
    EmailChannel,
    LogChannel,
    UnservedChannel,
    WebhookChannel,
)
from linkwatch.model.ids import ChannelId
from linkwatch.notify.alertmanager import AlertmanagerNotifier
from linkwatch.notify.email import EmailNotifier
from linkwatch.notify.log import LogNotifier
from linkwatch.notify.setup import Surroundings
from linkwatch.notify.unserved import UnservedNotifier
from linkwatch.notify.webhook import WebhookNotifier
from linkwatch.ports import Notifier


def build(channel: Channel, around: Surroundings) -> Notifier:
    """The notifier of one channel; a secret's own error comes through, or ChannelSetupError."""
    match channel:
        case LogChannel():
            return LogNotifier(channel.id)
        case WebhookChannel():
            return WebhookNotifier(channel, around)
        case EmailChannel():
            return EmailNotifier(channel, around)
        case AlertmanagerChannel():
            return AlertmanagerNotifier(channel, around)
        case UnservedChannel():
            return UnservedNotifier(channel.id, channel.type)
        case _:
            assert_never(channel)


def build_all(channels: Iterable[Channel], around: Surroundings) -> dict[ChannelId, Notifier]:
    """All notifiers by their id, or the first error and none."""
    return {channel.id: build(channel, around) for channel in channels}
