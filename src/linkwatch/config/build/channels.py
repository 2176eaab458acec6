"""Channels as the adapters need them."""

from collections.abc import Mapping
from pathlib import Path

from linkwatch.config.schema.channels import (
    Alertmanager,
    ChannelEntry,
    EmailChannel,
    Log,
    Paced,
    PagerDuty,
    Webhook,
)
from linkwatch.config.settings import (
    AlertmanagerChannel,
    Channel,
    LogChannel,
    UnservedChannel,
    WebhookChannel,
)
from linkwatch.config.settings import EmailChannel as EmailSettings
from linkwatch.model.ids import ChannelId


def channel(key: str, entry: ChannelEntry, ca: Path | None) -> Channel:
    """One channel, with its authorities; a type that has no sender keeps its name only."""
    name = ChannelId(key)
    match entry:
        case Log():
            return LogChannel(name)
        case Webhook():
            return WebhookChannel(name, entry.url, entry.secret, entry.timeout, ca)
        case EmailChannel():
            return EmailSettings(
                id=name,
                host=entry.host,
                port=entry.port,
                sender=entry.from_,
                security=entry.security,
                user=entry.user,
                password=entry.password,
                timeout=entry.timeout,
                ca=ca,
            )
        case Alertmanager():
            return AlertmanagerChannel(
                id=name,
                url=entry.url,
                user=entry.user,
                password=entry.password,
                timeout=entry.timeout,
                resend=entry.resend,
                labels=entry.labels,
                ca=ca,
            )
        case _:
            return UnservedChannel(name, entry.type)


def gathers(entry: ChannelEntry) -> bool:
    """Whether a contact hears of several incidents in one message; a program hears of each."""
    if isinstance(entry, Webhook | EmailChannel):
        return entry.digests
    return not isinstance(entry, Log | Alertmanager | PagerDuty)


def limits(entries: Mapping[str, ChannelEntry]) -> Mapping[ChannelId, int]:
    """Messages a minute, of channels that have a limit."""
    return {
        ChannelId(key): entry.max_per_minute
        for key, entry in entries.items()
        if isinstance(entry, Paced) and entry.max_per_minute is not None
    }
