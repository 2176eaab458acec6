"""What a message needs to know; gathered by the caller, so that the words stay pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from linkwatch.model.conference import Conference, Phase
from linkwatch.model.finding import LinkState
from linkwatch.model.incident import Incident, IncidentEvent
from linkwatch.model.people import Carrier, Contact
from linkwatch.model.topology import Link, Router, Site


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another link of the same site, and how it is now."""

    link: Link
    carrier: Carrier
    state: LinkState


@dataclass(frozen=True, slots=True)
class View:
    """One event of one incident, with everything around it that the words name.

    The fault is of `link` or of `router`; what it is of, `site` and `carrier` are None once the
    configuration has them no more. `carrier` is the link's, or owns the router.
    """

    incident: Incident
    event: IncidentEvent
    now: datetime
    timezone: ZoneInfo
    carrier: Carrier | None
    site: Site | None
    link: Link | None
    router: Router | None
    conference: Conference | None
    phase: Phase
    neighbours: tuple[Neighbour, ...]
    told: tuple[Contact, ...]
    on_site: tuple[Contact, ...]
    hotline: str | None
    organisation: str = ""
    holder: Contact | None = None
    """Who has it in hand, and when they mean to be done."""
    eta: datetime | None = None
    held_until: datetime | None = None
    """When that lapses, unless they say more."""
    affected: tuple[Site, ...] = ()
    """The sites that it touches, and how many of them sit in a conference now."""
    meeting: int = 0
    ack_url: str | None = None
    """Where it can be taken in hand."""
    runbook_url: str | None = None
    """Where it is read what it means and what to do."""


@dataclass(frozen=True, slots=True)
class DigestView:
    """Several incidents to one contact, the most urgent first; at least one."""

    views: tuple[View, ...]
    now: datetime
    timezone: ZoneInfo
    hotline: str | None
    organisation: str = ""
    runbook_url: str | None = None


@dataclass(frozen=True, slots=True)
class TrialView:
    """A test of a contact's channels: marked as one, so that nobody sets out."""

    contact: Contact
    now: datetime
    timezone: ZoneInfo
    organisation: str = ""
