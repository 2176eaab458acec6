"""The shape of the document of `GET /api/v1/status`: what is wrong now.

Times are RFC 3339 with the offset of the configured timezone. Base units: seconds, bit/s, ratios
from 0 to 1. null: not known, or none.
"""

from typing import TypedDict

from linkwatch.web.rulings import HolderEntry
from linkwatch.web.workentries import OnLinkEntry, UnderWorkEntry, WorkEntry


class DirectedEntry(TypedDict):
    """A figure each way, as the site's router counts on its WAN port."""

    receive: float | None
    transmit: float | None


class EvidenceEntry(TypedDict):
    """A trace of what a boosted link really carries. `direction` null: both."""

    kind: str
    at: str
    rate: int
    direction: str | None
    text: str
    by: str


class BoostEntry(TypedDict):
    """A raised rate in force beside the normal one; in a rate, null is "maximum".

    `proofs`: `unproven`, `proven` or `contradicted`, by the direction in which more is promised.
    """

    normal: DirectedEntry
    promised: DirectedEntry
    proofs: dict[str, str]
    until: str | None
    reference: str | None
    state: str | None
    evidence: list[EvidenceEntry]


class AvailabilityEntry(TypedDict):
    """Of a link's time in service in the last 30 days: seconds in each condition, and the share of
    `up` in `up` and `down`. `unknown`: it was not measured; `maintenance`: work excused it.
    """

    ratio: float | None
    up: int
    down: int
    unknown: int
    maintenance: int


class LinkEntry(TypedDict):
    """One link, in the configuration's order. `oper`: ifOperStatus as last read.

    `since`: when this daemon first saw the link in its state. `contracted` are the rates that
    count: the normal ones until a boost is proven. `metering` says whether the load is measured,
    or why not; `p95_month` is the 95th percentile of the month's five-minute means so far.
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
    boost: BoostEntry | None
    metering: str
    p95_month: DirectedEntry
    maintenance: OnLinkEntry | None
    availability: AvailabilityEntry | None
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


class PathEntry(TypedDict):
    """Where a fault lies on the way to its link's far end, as far as pings can tell.

    `last_reply` is the last router that is well; `segment`: `province side`, `carrier core`,
    `carrier access` or `site`; `confidence`: `likely` or `possible`.
    """

    last_reply: str | None
    segment: str | None
    confidence: str | None


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
    caused_by: str | None
    affects: list[str]
    confidence: str | None
    direction: str | None
    reason: str | None
    measured: dict[str, float]
    threshold: dict[str, float]
    path: PathEntry | None
    told: list[ToldEntry]
    maintenance: UnderWorkEntry | None
    holder: HolderEntry | None
    next: NextEntry | None


class RouterEntry(TypedDict):
    """A router and how its last poll ended."""

    id: str
    site: str
    outcome: str
    detail: str | None
    polled_at: str | None


class ChannelEntry(TypedDict):
    """A channel that somebody has. `failed_since` null: it is not known to have failed; `reason`:
    what attempts come to since. `test`: `never`, `waiting`, `accepted` or `failed`; `test_due`:
    `off`, `not_yet`, `done`, `nobody` (on duty has it) or `now`.
    """

    id: str
    failed_since: str | None
    reason: str | None
    last_accepted_at: str | None
    tested_at: str | None
    test: str
    test_detail: str
    test_due: str


class ConfigEntry(TypedDict):
    """The configuration in force; `unused`: accepted keys that nothing uses yet."""

    files: list[str]
    loaded_at: str | None
    unused: list[str]


class StatusHead(TypedDict):
    """All but the links. `maintenance`: the announced work that is under way."""

    at: str
    version: str
    organisation: str
    started_at: str
    ready: bool
    ready_detail: str
    outbox_pending: int
    config: ConfigEntry
    incidents: list[IncidentEntry]
    maintenance: list[WorkEntry]
    routers: list[RouterEntry]
    channels: list[ChannelEntry]


class StatusDocument(StatusHead):
    """The whole document."""

    links: list[LinkEntry]
