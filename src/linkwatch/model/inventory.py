"""Everything the rules know of the province: one immutable value per configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from linkwatch.model.conference import Conference, Directive, Platform
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    ContactId,
    LinkId,
    PlatformId,
    RosterId,
    RouterId,
    SiteId,
)
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.people import Address, Carrier, Contact, EscalationStep, Operators, Roster
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Link, LinkKind, Router, Site
from linkwatch.model.words import Language, Templates


@dataclass(frozen=True, slots=True)
class Flapping:
    """`changes` of state within `within` s are flapping; `stable` s without one end it."""

    changes: int
    within: float
    stable: float


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """It lapses after `expires` s; its holder is reminded `remind_holder` s before."""

    expires: float
    remind_holder: float


@dataclass(frozen=True, slots=True)
class Inventory:
    """The whole configured province, inheritance resolved; mappings keep the file's order."""

    organisation: str
    timezone: ZoneInfo
    language: Language
    operators: Operators
    department_leader: ContactId | None
    directives: tuple[Directive, ...]
    own_uplinks: Mapping[LinkKind, LinkId]
    """The link of our own site that probes of links of each kind leave through (`probing.via`)."""
    hold: Mapping[Priority, float]
    flapping: Flapping
    false_alarms_per_link_year: float
    carriers: Mapping[CarrierId, Carrier]
    contacts: Mapping[ContactId, Contact]
    rosters: Mapping[RosterId, Roster]
    sites: Mapping[SiteId, Site]
    routers: Mapping[RouterId, Router]
    links: Mapping[LinkId, Link]
    platforms: Mapping[PlatformId, Platform]
    conferences: Mapping[ConferenceId, Conference]
    escalation: Mapping[Priority, tuple[EscalationStep, ...]]
    acknowledgement: Acknowledgement
    maintenance: tuple[Maintenance, ...]
    served_channels: frozenset[ChannelId]
    """Channels that this version has a sender for."""
    addressed_by: Mapping[ChannelId, Address] = field(default_factory=dict)
    """Channels that send to a contact's own number or address; the others need none."""
    common_channels: frozenset[ChannelId] = frozenset()
    """Channels that others read too (the log, Alertmanager): nobody's link to answer goes there."""
    gathered_channels: frozenset[ChannelId] = frozenset()
    """Channels by which a contact hears of several incidents in one message."""
    messages_per_hour: int = 20
    """To one contact by one of these; more waits for the next digest. Not of what is urgent."""
    log_channels: frozenset[ChannelId] = frozenset()
    """Those into the daemon's own log: nothing fails there, and there is nothing to test."""
    public_url: str | None = None
    """How the daemon is reached from outside, for links in messages; None: it is not."""
    templates: Templates = field(default_factory=dict)
    """The operator's own, in the language of the alerts."""
