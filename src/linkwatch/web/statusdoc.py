"""The document of `GET /api/v1/status`: what is wrong now.

Times are RFC 3339 with the offset of the configured timezone. Base units: seconds, bit/s, ratios
from 0 to 1. null: not known, or none.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypedDict
from zoneinfo import ZoneInfo

from linkwatch.model.ids import ContactId, LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Contact
from linkwatch.oncall.outlook import outlook
from linkwatch.ports import LinkFigures, RouterStatus, StatusReport
from linkwatch.web.rulings import HolderEntry, holder_entry

LINKS_PER_CHUNK = 500


class DirectedEntry(TypedDict):
    """A figure each way, as the site's router counts on its WAN port."""

    receive: float | None
    transmit: float | None


class LinkEntry(TypedDict):
    """One link, in the configuration's order. `oper`: ifOperStatus as last read.

    `since`: when this daemon first saw the link in its state.
    """

    id: str
    site: str
    site_name: str
    carrier: str
    kind: str
    circuit: str | None
    state: str
    since: str | None
    loss: float | None
    rtt_p50: float | None
    rtt_p95: float | None
    jitter: float | None
    utilisation: DirectedEntry
    contracted: DirectedEntry
    oper: str | None


class ToldEntry(TypedDict):
    """Somebody who was told of an incident."""

    contact: str
    name: str | None
    role: str
    level: str | None
    channels: list[str]


class SubjectEntry(TypedDict):
    """What an incident is a fault of."""

    kind: str
    id: str


class NextEntry(TypedDict):
    """What is done next if nobody does anything: `step` tells `roles`, `lapse` ends a holding."""

    at: str
    what: str
    roles: list[str]


class IncidentEntry(TypedDict):
    """An open incident, in the words of the webhook's body. `carrier` null: the agency's own."""

    id: str
    priority: str
    kind: str
    severity: str
    status: str
    started_at: str
    opened_at: str
    announced_at: str | None
    restored_at: str | None
    site: str
    site_name: str | None
    subject: SubjectEntry
    links: list[str]
    carrier: str | None
    circuits: list[str]
    conference: str | None
    direction: str | None
    reason: str | None
    measured: dict[str, float]
    threshold: dict[str, float]
    told: list[ToldEntry]
    holder: HolderEntry | None
    next: NextEntry | None


class RouterEntry(TypedDict):
    """A router and how its last poll ended."""

    id: str
    site: str
    outcome: str
    detail: str | None
    polled_at: str | None


class ConfigEntry(TypedDict):
    """The configuration in force; `unused`: accepted keys that nothing uses yet."""

    files: list[str]
    loaded_at: str | None
    unused: list[str]


class StatusHead(TypedDict):
    """All but the links."""

    at: str
    version: str
    organisation: str
    started_at: str
    ready: bool
    ready_detail: str
    outbox_pending: int
    config: ConfigEntry
    incidents: list[IncidentEntry]
    routers: list[RouterEntry]


class StatusDocument(StatusHead):
    """The whole document."""

    links: list[LinkEntry]


def render(
    report: StatusReport, inventory: Inventory, since: Callable[[LinkId], datetime | None]
) -> Iterator[bytes]:
    """The document as JSON text, in chunks of bounded work."""
    zone = inventory.timezone
    yield (_json(_head(report, inventory))[:-1] + ',"links":[').encode()
    entries = (_link(figures, inventory, since(figures.link), zone) for figures in report.links)
    separator = ""
    while chunk := list(islice(entries, LINKS_PER_CHUNK)):
        yield (separator + ",".join(map(_json, chunk))).encode()
        separator = ","
    yield b"]}\n"


def _head(report: StatusReport, inventory: Inventory) -> StatusHead:
    zone = inventory.timezone
    return StatusHead(
        at=_time(report.at, zone),
        version=report.version,
        organisation=inventory.organisation,
        started_at=_time(report.started_at, zone),
        ready=report.ready,
        ready_detail=report.ready_detail,
        outbox_pending=report.outbox_pending,
        config=ConfigEntry(
            files=list(report.config_files),
            loaded_at=_maybe(report.config_loaded_at, zone),
            unused=list(report.unused),
        ),
        incidents=[_incident(each, inventory, report.at) for each in report.incidents],
        routers=[_router(router, zone) for router in report.routers],
    )


def _link(
    figures: LinkFigures, inventory: Inventory, since: datetime | None, zone: ZoneInfo
) -> LinkEntry:
    link = inventory.links[figures.link]
    return LinkEntry(
        id=link.id,
        site=link.site,
        site_name=inventory.sites[link.site].name,
        carrier=link.carrier,
        kind=link.kind.value,
        circuit=link.circuit,
        state=figures.state.value,
        since=_maybe(since, zone),
        loss=figures.loss,
        rtt_p50=figures.rtt_p50,
        rtt_p95=figures.rtt_p95,
        jitter=figures.jitter,
        utilisation=DirectedEntry(
            receive=figures.utilisation_receive, transmit=figures.utilisation_transmit
        ),
        contracted=DirectedEntry(
            receive=figures.contracted_receive, transmit=figures.contracted_transmit
        ),
        oper=figures.interface.oper.value if figures.interface else None,
    )


def _incident(incident: Incident, inventory: Inventory, now: datetime) -> IncidentEntry:
    zone = inventory.timezone
    site = inventory.sites.get(incident.site)
    return IncidentEntry(
        id=incident.id,
        priority=incident.priority.value,
        kind=incident.kind.value,
        severity=incident.severity.name.lower(),
        status=incident.status.value,
        started_at=_time(incident.started_at, zone),
        opened_at=_time(incident.opened_at, zone),
        announced_at=_maybe(incident.announced_at, zone),
        restored_at=_maybe(incident.restored_at, zone),
        site=incident.site,
        site_name=site.name if site else None,
        subject=SubjectEntry(kind=incident.subject.kind.value, id=incident.subject.id),
        links=list(incident.links),
        carrier=incident.carrier,
        circuits=[incident.circuit] if incident.circuit else [],
        conference=incident.conference,
        direction=incident.direction.value if incident.direction else None,
        reason=incident.reason,
        measured={metric.value: value for metric, value in incident.measured.items()},
        threshold={metric.value: value for metric, value in incident.threshold.items()},
        told=[
            ToldEntry(
                contact=told.contact,
                name=_name(inventory.contacts, told.contact),
                role=told.role.value,
                level=told.level.value if told.level else None,
                channels=list(told.channels),
            )
            for told in incident.told
        ],
        holder=holder_entry(incident, inventory),
        next=_next(incident, zone, now),
    )


def _next(incident: Incident, zone: ZoneInfo, now: datetime) -> NextEntry | None:
    coming = outlook(incident, zone, now)
    if coming is None:
        return None
    roles = [role.value for role in coming.roles]
    return NextEntry(at=_time(coming.at, zone), what=coming.what.value, roles=roles)


def _router(router: RouterStatus, zone: ZoneInfo) -> RouterEntry:
    return RouterEntry(
        id=router.id,
        site=router.site,
        outcome=router.outcome,
        detail=router.detail,
        polled_at=_maybe(router.polled_at, zone),
    )


def _name(contacts: Mapping[ContactId, Contact], contact: ContactId) -> str | None:
    known = contacts.get(contact)
    return known.name if known else None


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def _maybe(at: datetime | None, zone: ZoneInfo) -> str | None:
    return _time(at, zone) if at is not None else None


def _json(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
