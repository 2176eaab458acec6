"""The metric families of the incidents that are open."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.incident import Incident
from linkwatch.model.priority import Priority
from linkwatch.oncall.response import is_unacknowledged, told_at
from linkwatch.web.exposition import Family, label, number


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one priority: how many incidents nobody has in hand, and for how long (s) the oldest."""

    priority: Priority
    count: int
    oldest: float


def waiting(incidents: Sequence[Incident], now: datetime) -> Iterator[Waiting]:
    """One for each priority."""
    since: dict[Priority, list[datetime]] = {priority: [] for priority in Priority}
    for incident in incidents:
        if is_unacknowledged(incident):
            since[incident.priority].append(told_at(incident))
    for priority, times in since.items():
        oldest = (now - min(times)).total_seconds() if times else 0.0
        yield Waiting(priority, len(times), max(0.0, oldest))


def _info(incidents: Sequence[Incident]) -> Iterable[str]:
    return [
        f'linkwatch_incident_info{{carrier="{label(one.carrier or "")}"'
        f',conference="{label(one.conference or "")}",holder="{label(_holder(one))}"'
        f',incident="{label(one.id)}",kind="{one.kind}",link="{label(_link(one))}"'
        f',priority="{one.priority}",site="{label(one.site)}",status="{one.status}"}} 1.0\n'
        for one in incidents
    ]


def _holder(incident: Incident) -> str:
    return incident.taken.contact if incident.taken is not None else ""


def _link(incident: Incident) -> str:
    """The link, if it is of one."""
    alone = incident.links[0] if len(incident.links) == 1 else ""
    return incident.subject.link or alone


def _opened(incidents: Sequence[Incident]) -> Iterable[str]:
    return [
        f'linkwatch_incident_opened_timestamp_seconds{{incident="{label(one.id)}"}}'
        f" {number(one.opened_at.timestamp())}\n"
        for one in incidents
    ]


def _counts(queue: Sequence[Waiting]) -> Iterable[str]:
    return [
        f'linkwatch_incidents_unacknowledged{{priority="{one.priority}"}} {number(one.count)}\n'
        for one in queue
    ]


def _ages(queue: Sequence[Waiting]) -> Iterable[str]:
    return [
        f'linkwatch_incidents_unacknowledged_oldest_age_seconds{{priority="{one.priority}"}}'
        f" {number(one.oldest)}\n"
        for one in queue
    ]


INCIDENT_FAMILIES: tuple[Family[Sequence[Incident]], ...] = (
    Family("linkwatch_incident_info", "gauge", "What an incident is that is not closed.", _info),
    Family(
        "linkwatch_incident_opened_timestamp_seconds",
        "gauge",
        "When an incident that is not closed was opened.",
        _opened,
    ),
)

WAITING_FAMILIES: tuple[Family[Sequence[Waiting]], ...] = (
    Family(
        "linkwatch_incidents_unacknowledged",
        "gauge",
        "Incidents that people were told of, that go on, and that nobody has in hand.",
        _counts,
    ),
    Family(
        "linkwatch_incidents_unacknowledged_oldest_age_seconds",
        "gauge",
        "Since when people have known of the oldest that nobody has in hand; 0 if there is none.",
        _ages,
    ),
)
