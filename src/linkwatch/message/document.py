"""The JSON document of a message: the webhook's body, version "1"."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident, IncidentEvent
from linkwatch.model.path import Whereabouts
from linkwatch.model.people import Role
from linkwatch.model.topology import Level

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom, in which part."""

    contact: ContactId
    role: Role | None
    level: Level | None


def key(incident: Incident, event: IncidentEvent, contact: ContactId, channel: ChannelId) -> str:
    """The idempotency key; the event carries its ordinal from the second on."""
    times = incident.events.get(event, 1)
    ordinal = f"{event}.{times}" if times > 1 else event
    return f"{incident.id}:{ordinal}:{contact}:{channel}"


def document(
    key_: str,
    event: IncidentEvent,
    incident: Incident,
    addressee: Addressee,
    *,
    text: str,
    ack_url: str | None = None,
    runbook_url: str | None = None,
    timezone: ZoneInfo,
) -> str:
    """The document as one line of JSON; times RFC 3339 with the zone's offset."""
    about = {"incident": {**_incident(incident, timezone), "runbook_url": runbook_url}}
    return _document(key_, event, about, addressee, text=text, ack_url=ack_url)


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident of several: as it is now, what became of it that its reader had not heard of,
    each once and the last of it last, where they answer, and where they read what to do.
    """

    incident: Incident
    events: Sequence[IncidentEvent]
    ack_url: str | None = None
    runbook_url: str | None = None


def digest_key(lead: Incident, keys: Iterable[str], contact: ContactId, channel: ChannelId) -> str:
    """The idempotency key of the message that stands for those with these keys.

    It follows from them: put together again after a crash, it is the same message.
    """
    mark = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]
    return f"{lead.id}:{IncidentEvent.DIGEST}.{mark}:{contact}:{channel}"


def digest_document(
    key_: str,
    entries: Iterable[Entry],
    addressee: Addressee,
    *,
    text: str,
    timezone: ZoneInfo,
) -> str:
    """Of a message that lists several incidents, each with its `events` and its links."""
    incidents = [
        {
            **_incident(entry.incident, timezone),
            "events": [event.value for event in entry.events],
            "ack_url": entry.ack_url,
            "runbook_url": entry.runbook_url,
        }
        for entry in entries
    ]
    return _document(key_, IncidentEvent.DIGEST, {"incidents": incidents}, addressee, text=text)


def trial_document(key_: str, contact: ContactId, text: str) -> str:
    """Of a test: there is no incident, and the contact has no part in one."""
    addressee = Addressee(contact, None, None)
    return _document(key_, IncidentEvent.TEST, {"incident": None}, addressee, text=text)


def _document(
    key_: str,
    event: IncidentEvent,
    about: Mapping[str, object],
    addressee: Addressee,
    *,
    text: str,
    ack_url: str | None = None,
) -> str:
    return _line(
        {
            "version": VERSION,
            "key": key_,
            "event": event.value,
            **about,
            "contact": {
                "id": addressee.contact,
                "level": addressee.level.value if addressee.level else None,
                "role": addressee.role.value if addressee.role else None,
            },
            "text": text,
            "ack_url": ack_url,
        }
    )


def rekeyed(document_: str, key_: str) -> str:
    """The same document under another key: another channel carries it."""
    return _line({**json.loads(document_), "key": key_})


def unlinked(document_: str, text: str) -> str:
    """The same document with no link to answer by, neither in it nor in its text."""
    return _line({**json.loads(document_), "text": text, "ack_url": None})


def unlinked_digest(document_: str, text: str) -> tuple[str, str]:
    """A digest's document and text with no link to answer by."""
    body = json.loads(document_)
    for incident in body["incidents"]:
        if incident["ack_url"] is not None:
            text = text.replace(incident["ack_url"], "-")
        incident["ack_url"] = None
    return _line({**body, "text": text}), text


def _line(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _incident(incident: Incident, timezone: ZoneInfo) -> dict[str, object]:
    return {
        "id": incident.id,
        "priority": incident.priority.value,
        "kind": incident.kind.value,
        "status": incident.status.value,
        "severity": incident.severity.name.lower(),
        "started_at": _time(incident.started_at, timezone),
        "opened_at": _time(incident.opened_at, timezone),
        "restored_at": _time(incident.restored_at, timezone),
        "resolved_at": _time(incident.resolved_at, timezone),
        "site": incident.site,
        "subject": {"kind": incident.subject.kind.value, "id": incident.subject.id},
        "links": list(incident.links),
        "carrier": incident.carrier,
        "circuits": [incident.circuit] if incident.circuit else [],
        "conference": incident.conference,
        "measured": {metric.value: value for metric, value in incident.measured.items()},
        "threshold": {metric.value: value for metric, value in incident.threshold.items()},
        "direction": incident.direction.value if incident.direction else None,
        "reason": incident.reason,
        "evidence": dict(incident.evidence),
        "path": _path(incident.path),
        "caused_by": incident.caused_by,
        "affects": list(incident.affects) or [incident.site],
        "confidence": incident.confidence.value if incident.confidence else None,
        "maintenance": _under_work(incident, timezone),
        "holder": _holder(incident, timezone),
    }


def _under_work(incident: Incident, timezone: ZoneInfo) -> dict[str, object] | None:
    under = incident.maintenance
    if under is None:
        return None
    until = _time(under.until, timezone)
    return {"work": under.work, "until": until, "bearing": under.bearing.value}


def _path(where: Whereabouts | None) -> dict[str, str | None] | None:
    """Where it lies, as far as a trace has told."""
    if where is None:
        return None
    return {
        "last_reply": where.last_reply,
        "segment": where.segment.value if where.segment else None,
        "confidence": where.confidence.value if where.confidence else None,
    }


def _holder(incident: Incident, timezone: ZoneInfo) -> dict[str, object] | None:
    taken = incident.taken
    if taken is None:
        return None
    return {
        "id": taken.contact,
        "since": _time(taken.at, timezone),
        "until": _time(taken.until, timezone),
        "eta": _time(taken.eta, timezone),
        "note": taken.note,
    }


def _time(at: datetime | None, timezone: ZoneInfo) -> str | None:
    return at.astimezone(timezone).isoformat(timespec="milliseconds") if at else None
