"""Messages as alerts of Prometheus Alertmanager's API v2: labels are the identity."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.finding import FAMILY, Kind
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.notification import Notification

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Its labels stay what they are as long as its incident lasts; `ended_at` None: it
    fires. Priority, kind and severity change in that time, so they are annotations.
    """

    incident: str
    labels: Labels
    annotations: Labels
    started_at: datetime
    ended_at: datetime | None

    def document(self, until: datetime) -> dict[str, object]:
        """As it is posted; one that fires ends at `until` if nothing more is heard."""
        ends_at = until if self.ended_at is None else self.ended_at
        return {
            "labels": self.labels,
            "annotations": self.annotations,
            "startsAt": self.started_at.isoformat(),
            # Alertmanager takes no alert that ends before it begins.
            "endsAt": max(ends_at, self.started_at).isoformat(),
        }


def alerts(notification: Notification, further: Labels) -> list[Alert]:
    """One alert for each incident a message is about; `further` labels go with each."""
    words = {
        "summary": notification.subject or notification.text.partition("\n")[0],
        "description": notification.text,
    }
    if notification.event is IncidentEvent.TEST:
        labels = {**further, "alertname": "LinkwatchTest", "contact": notification.contact}
        return [Alert("", labels, words, notification.created_at, None)]
    body = json.loads(notification.body)
    told = body["incidents"] if "incidents" in body else [body["incident"]]
    return [_alert(incident, words, further) for incident in told]


def _alert(incident: Mapping[str, object], words: Labels, further: Labels) -> Alert:
    """From an incident as the document of a message has it."""
    kind, subject = Kind(str(incident["kind"])), incident["subject"]
    labels = {
        **further,
        "alertname": f"Linkwatch{FAMILY[kind].title().replace('_', '')}",
        "incident": incident["id"],
        "site": incident["site"],
        "carrier": incident["carrier"],
    }
    if isinstance(subject, dict):
        labels[subject["kind"]] = subject["id"]
    annotations = {
        **words,
        **{name: incident[name] for name in ("priority", "kind", "severity", "conference")},
        "runbook_url": incident.get("runbook_url"),  # written by an older version: without one
    }
    closed = Status(str(incident["status"])).is_closed
    return Alert(
        incident=str(incident["id"]),
        labels=_texts(labels),
        annotations=_texts(annotations),
        started_at=datetime.fromisoformat(str(incident["started_at"])),
        ended_at=datetime.fromisoformat(str(incident["resolved_at"])) if closed else None,
    )


def _texts(values: Mapping[str, object]) -> Labels:
    return {name: str(value) for name, value in values.items() if value is not None}
