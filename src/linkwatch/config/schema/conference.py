"""Conferences, their platforms, the orders they come from, and announced work."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import (
    Day,
    Duration,
    End,
    HttpUrl,
    Id,
    Instant,
    Pace,
    Port,
    ProbedHost,
    Reference,
    Start,
    Tally,
    Text,
)
from linkwatch.model.conference import Importance


class DirectiveWindow(Section):
    """When an order is in force."""

    from_: Start | None = Field(default=None, alias="from")
    """Beginning, inclusive."""
    until: End | None = None
    """End; a date includes that day."""


class DirectiveEntry(Section):
    """An order whose demands are measured."""

    id: Text
    """Its number, as letters quote it."""
    window: DirectiveWindow = DirectiveWindow()
    """When it is in force."""
    carriers: list[Reference] = []
    """Whom it binds."""
    contacts_due: Day | None = None
    """Deadline for naming the contacts."""
    inspection_due: Day | None = None
    """Deadline for the inspection."""


def _from_address(value: object) -> object:
    return {"address": value} if isinstance(value, str) else value


class EndpointEntry(Section):
    """One endpoint of a platform: an address to ping, a port, or a URL."""

    address: ProbedHost | None = None
    """IP address or host name."""
    method: Literal["icmp", "tcp", "tls"] | None = None
    """icmp by default; tcp and tls need a port."""
    port: Port | None = None
    """TCP port."""
    url: HttpUrl | None = None
    """Asked with GET instead of an address."""


EndpointItem = Annotated[
    EndpointEntry, BeforeValidator(_from_address, json_schema_input_type=str | EndpointEntry)
]


class PlatformEntry(Section):
    """A conference platform; its faults alert the provider."""

    provider: Reference
    """The carrier that answers for it."""
    targets: list[EndpointItem] = Field(min_length=1)
    """Its endpoints."""


def _from_site(value: object) -> object:
    return {"site": value} if isinstance(value, str) else value


class AttendanceEntry(Section):
    """One site's part in a conference; a plain id is short for `{site: ...}`."""

    site: Reference
    """The site."""
    rooms: Tally = 1
    """Rooms that join, each with its own stream."""
    quality: Literal["720p", "1080p"] = "720p"
    """Picture of each room."""
    use: list[Reference] = []
    """Its links in use; empty: all."""
    platform: Reference | None = None
    """The platform it joins, where it is another."""


AttendanceItem = Annotated[
    AttendanceEntry, BeforeValidator(_from_site, json_schema_input_type=str | AttendanceEntry)
]


def _all_or_list(value: object) -> object:
    return None if value == "all" else value


class ConferenceEntry(Section):
    """A video conference."""

    id: Id
    """Unique among conferences."""
    name: Text | None = None
    """Full name; the id if absent."""
    short: Text | None = None
    """At most 10 GSM characters, for SMS; made from the name if absent."""
    importance: Importance = Importance.HIGH
    """A normal one makes P2 of what would be P1."""
    start: Instant
    """When it begins."""
    end: Instant
    """When it is planned to end."""
    grace: Duration = written("60m")
    """It counts as live until closed by hand, or so long after its end."""
    checks: list[Pace] = written(["7d", "3d", "24h", "2h", "30m"])
    """How long before the start readiness is checked."""
    platform: Reference | None = None
    """The platform it runs on."""
    sites: Annotated[
        list[AttendanceItem] | None,
        BeforeValidator(
            _all_or_list, json_schema_input_type=Literal["all"] | list[str | AttendanceEntry]
        ),
    ]
    """The sites that take part, or all."""


class MaintenanceEntry(Section):
    """Announced work; at least one of links, sites, carrier and shared_risk."""

    links: list[Reference] = []
    """Links that are worked on."""
    sites: list[Reference] = []
    """Sites that are worked on."""
    carrier: Reference | None = None
    """All links of this carrier."""
    shared_risk: list[Text] = []
    """All links that share these."""
    from_: Start = Field(alias="from")
    """Beginning, inclusive."""
    until: End
    """End; a date includes that day."""
    reference: Text | None = None
    """The announcing letter."""
    accepted_by: Text | None = None
    """Who agreed, where it meets a conference."""
