"""The document of `GET /api/v1/status`, written from what the daemon knows."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from linkwatch.model.availability import Availability
from linkwatch.model.boost import Boost, Evidence
from linkwatch.model.ids import ContactId, LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.path import Whereabouts
from linkwatch.model.people import Contact
from linkwatch.oncall.outlook import outlook
from linkwatch.ports import ChannelStatus, LinkFigures, RouterStatus, StatusReport
from linkwatch.web.rulings import holder_entry
from linkwatch.web.statusentries import (
    AvailabilityEntry,
    BoostEntry,
    ChannelEntry,
    ConfigEntry,
    DirectedEntry,
    EvidenceEntry,
    IncidentEntry,
    LinkEntry,
    NextEntry,
    PathEntry,
    RouterEntry,
    StatusHead,
    SubjectEntry,
    ToldEntry,
)
from linkwatch.web.workentries import on_link_entry, under_work_entry, work_entry

LINKS_PER_CHUNK = 250


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
        incidents=[incident_entry(each, inventory, report.at) for each in report.incidents],
        maintenance=[work_entry(work, inventory) for work in report.works],
        routers=[_router(router, zone) for router in report.routers],
        channels=[_channel(channel, zone) for channel in report.channels],
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
        boost=_boost(figures.boost, zone) if figures.boost else None,
        metering=figures.metering.value,
        p95_month=DirectedEntry(receive=figures.p95_receive, transmit=figures.p95_transmit),
        maintenance=on_link_entry(figures.maintenance, zone),
        availability=_availability(figures.availability),
        oper=figures.interface.oper.value if figures.interface else None,
    )


def _availability(known: Availability | None) -> AvailabilityEntry | None:
    if known is None:
        return None
    return AvailabilityEntry(
        ratio=known.ratio,
        up=known.up,
        down=known.down,
        unknown=known.unknown,
        maintenance=known.maintenance,
    )


def _boost(boost: Boost, zone: ZoneInfo) -> BoostEntry:
    span = boost.promised.span
    return BoostEntry(
        normal=DirectedEntry(receive=boost.normal.receive, transmit=boost.normal.transmit),
        promised=DirectedEntry(receive=boost.promised.receive, transmit=boost.promised.transmit),
        proofs={direction.value: proof.value for direction, proof in boost.proofs.items()},
        until=_maybe(span.end if span else None, zone),
        reference=boost.promised.reference,
        state=boost.promised.state.value if boost.promised.state else None,
        evidence=[_evidence(evidence, zone) for evidence in boost.evidence],
    )


def _evidence(evidence: Evidence, zone: ZoneInfo) -> EvidenceEntry:
    return EvidenceEntry(
        kind=evidence.kind.value,
        at=_time(evidence.at, zone),
        rate=evidence.rate,
        direction=evidence.direction.value if evidence.direction else None,
        text=evidence.text,
        by=evidence.by,
    )


def incident_entry(incident: Incident, inventory: Inventory, now: datetime) -> IncidentEntry:
    """An incident in the words of the status document, as it is at `now`."""
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
        caused_by=incident.caused_by,
        affects=list(incident.affects),
        confidence=incident.confidence.value if incident.confidence else None,
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
        maintenance=under_work_entry(incident.maintenance, zone),
        path=_path(incident.path) if incident.path else None,
        holder=holder_entry(incident, inventory),
        next=_next(incident, zone, now),
    )


def _path(where: Whereabouts) -> PathEntry:
    return PathEntry(
        last_reply=where.last_reply,
        segment=where.segment.value if where.segment else None,
        confidence=where.confidence.value if where.confidence else None,
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


def _channel(channel: ChannelStatus, zone: ZoneInfo) -> ChannelEntry:
    return ChannelEntry(
        id=channel.id,
        failed_since=_maybe(channel.failed_since, zone),
        reason=channel.reason,
        last_accepted_at=_maybe(channel.last_accepted_at, zone),
        tested_at=_maybe(channel.tested_at, zone),
        test=channel.test.value,
        test_detail=channel.test_detail,
        test_due=channel.test_due.value,
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
