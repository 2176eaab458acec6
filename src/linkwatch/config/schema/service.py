"""The daemon itself: where it listens, keeps its store and reports that it lives."""

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import HttpUrl, Listen, Pace, StoreUrl


class Http(Section):
    """Pages, API and metrics."""

    listen: Listen = written("127.0.0.1:9675")
    """Address and port to listen on."""
    public_url: HttpUrl | None = None
    """How the daemon is reached from outside; links in messages begin with it."""


class Store(Section):
    """The durable record."""

    url: StoreUrl | None = None
    """A SQLite file; by default in the state directory."""


class HeartbeatCheck(Section):
    """An external checker that is told regularly that the daemon is well."""

    url: HttpUrl
    """Asked with GET."""
    interval: Pace = written("60s")
    """Time between two requests."""
