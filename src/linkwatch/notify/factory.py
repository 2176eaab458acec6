"""Channels as configured -> notifiers."""

from collections.abc import Callable, Iterable
from typing import assert_never

from linkwatch.config.settings import Channel, LogChannel, UnservedChannel, WebhookChannel
from linkwatch.model.ids import ChannelId
from linkwatch.model.secret import SecretRef
from linkwatch.notify.log import LogNotifier
from linkwatch.notify.unserved import UnservedNotifier
from linkwatch.notify.webhook import WebhookNotifier
from linkwatch.ports import Clock, Notifier

ResolveSecret = Callable[[SecretRef], str]


def build(channel: Channel, resolve_secret: ResolveSecret, clock: Clock) -> Notifier:
    """The notifier of one channel; what `resolve_secret` raises comes through."""
    match channel:
        case LogChannel():
            return LogNotifier(channel.id)
        case WebhookChannel(secret=reference):
            secret = None if reference is None else resolve_secret(reference)
            return WebhookNotifier(channel.id, channel.url, secret, channel.timeout, clock)
        case UnservedChannel():
            return UnservedNotifier(channel.id, channel.type)
        case _:
            assert_never(channel)


def build_all(
    channels: Iterable[Channel], resolve_secret: ResolveSecret, clock: Clock
) -> dict[ChannelId, Notifier]:
    """All notifiers by their id, or the first error and none."""
    return {channel.id: build(channel, resolve_secret, clock) for channel in channels}
