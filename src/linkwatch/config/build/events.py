"""Conferences, platforms, directives and announced work."""

from collections.abc import Iterator

from linkwatch.config.schema.conference import (
    AttendanceEntry,
    ConferenceEntry,
    DirectiveEntry,
    EndpointEntry,
    MaintenanceEntry,
    PlatformEntry,
)
from linkwatch.config.schema.document import Document
from linkwatch.message.gsm import CONFERENCE_SHORT, short_name
from linkwatch.model.conference import Attendance, Conference, Directive, Platform
from linkwatch.model.ids import CarrierId, ConferenceId, LinkId, PlatformId, SiteId
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Span
from linkwatch.model.topology import Method, Place, Target


def conferences(document: Document) -> Iterator[Conference]:
    """All conferences in the files' order."""
    everybody = [AttendanceEntry(site=site.id) for site in document.sites]
    for entry in document.conferences:
        yield _conference(entry, everybody if entry.sites is None else entry.sites)


def _conference(entry: ConferenceEntry, sites: list[AttendanceEntry]) -> Conference:
    name = entry.name or entry.id
    return Conference(
        id=ConferenceId(entry.id),
        name=name,
        short=entry.short or short_name(name, CONFERENCE_SHORT) or entry.id[:CONFERENCE_SHORT],
        importance=entry.importance,
        start=entry.start,
        end=entry.end,
        grace=entry.grace,
        checks=tuple(entry.checks),
        platform=PlatformId(entry.platform) if entry.platform else None,
        sites=tuple(_attendance(site) for site in sites),
    )


def _attendance(entry: AttendanceEntry) -> Attendance:
    return Attendance(
        site=SiteId(entry.site),
        rooms=entry.rooms,
        quality=entry.quality,
        use=tuple(LinkId(link) for link in entry.use),
        platform=PlatformId(entry.platform) if entry.platform else None,
    )


def platform(platform_id: str, entry: PlatformEntry) -> Platform:
    """One platform."""
    targets = tuple(_endpoint(target) for target in entry.targets)
    return Platform(PlatformId(platform_id), CarrierId(entry.provider), targets)


def _endpoint(entry: EndpointEntry) -> Target:
    if entry.url is not None:
        return Target(entry.url, Place.CARRIER, Method.HTTPS)
    return Target(entry.address or "", Place.CARRIER, Method(entry.method or "icmp"), entry.port)


def directive(entry: DirectiveEntry) -> Directive:
    """One order."""
    return Directive(
        id=entry.id,
        span=Span(entry.window.from_, entry.window.until),
        carriers=tuple(CarrierId(carrier) for carrier in entry.carriers),
        contacts_due=entry.contacts_due,
        inspection_due=entry.inspection_due,
    )


def maintenance(entry: MaintenanceEntry) -> Maintenance:
    """One announcement of work."""
    return Maintenance(
        span=Span(entry.from_, entry.until),
        links=frozenset(LinkId(link) for link in entry.links),
        sites=frozenset(SiteId(site) for site in entry.sites),
        carrier=CarrierId(entry.carrier) if entry.carrier else None,
        shared_risk=frozenset(entry.shared_risk),
        reference=entry.reference,
        accepted_by=entry.accepted_by,
    )
