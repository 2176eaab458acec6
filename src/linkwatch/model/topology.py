"""Sites, routers and links: what is watched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from linkwatch.model.finding import Direction
from linkwatch.model.ids import CarrierId, ContactId, LinkId, RouterId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.secret import SecretRef
from linkwatch.model.thresholds import Thresholds


class Level(StrEnum):
    """Levels of administration; `leader` exists for rosters only."""

    LEADER = "leader"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class SiteRole(StrEnum):
    """`hub` is the ICT Centre, `main_hall` the room that leads the conference."""

    SITE = "site"
    HUB = "hub"
    MAIN_HALL = "main_hall"


class LinkKind(StrEnum):
    """The state's WAN, or the Internet access."""

    WAN = "wan"
    INTERNET = "internet"


class LinkRole(StrEnum):
    """What a link is to its site."""

    PRIMARY = "primary"
    BACKUP = "backup"
    MOBILE = "mobile"


class Place(StrEnum):
    """Whose end of the link a target stands at."""

    CARRIER = "carrier"
    SITE = "site"


class Method(StrEnum):
    """How a target is asked; `tls` and `https` are for conference platforms."""

    ICMP = "icmp"
    TCP = "tcp"
    TLS = "tls"
    HTTPS = "https"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Target:
    """One address that answers for a link. `address`: IP address, name or, for https, URL."""

    address: str
    place: Place = Place.CARRIER
    method: Method = Method.ICMP
    port: int | None = None


class InterfaceKey(StrEnum):
    """Which column of IF-MIB names the interface."""

    NAME = "name"
    ALIAS = "alias"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class InterfaceRef:
    """The interface of a router that carries a link."""

    router: RouterId
    key: InterfaceKey
    value: str


class BoostState(StrEnum):
    """How far a dated rate has come."""

    REQUESTED = "requested"
    PROMISED = "promised"
    DELIVERED = "delivered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ContractedRate:
    """A contracted rate in bit/s per direction; None where the order says "maximum"."""

    receive: int | None
    transmit: int | None
    span: Span | None = None
    reference: str | None = None
    state: BoostState | None = None

    by_direction: Mapping[Direction, int | None] = field(init=False, repr=False, compare=False)
    """The rates by direction."""

    def __post_init__(self) -> None:
        both = {Direction.RECEIVE: self.receive, Direction.TRANSMIT: self.transmit}
        object.__setattr__(self, "by_direction", both)

    def exceeds(self, normal: "ContractedRate") -> tuple[Direction, ...]:
        """The directions in which it is more; "maximum" is more than any number."""
        found = []
        for direction, rate in self.by_direction.items():
            usual = normal.by_direction[direction]
            if usual is not None and (rate is None or rate > usual):
                found.append(direction)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Probing:
    """How a link is probed. Times in s, `size` in ICMP payload bytes, `dscp` 0-63.

    `ttl` is 1-255 hops, None: the system's.
    """

    interval: float
    conference_interval: float
    timeout: float
    size: int
    dscp: int
    max_pps: float
    dont_fragment: bool = False
    ttl: int | None = None

    def every(self, *, hurried: bool) -> float:
        """s from one probe to the next; a conference never makes it longer."""
        return min(self.interval, self.conference_interval) if hurried else self.interval


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a site: ISO weekdays (Monday is 1) and local times."""

    days: frozenset[int]
    start: time
    end: time

    def is_open(self, local: datetime) -> bool:
        """Whether the site works at this local time; hours may run across midnight."""
        now, day = local.time(), local.isoweekday()
        if self.start <= self.end:
            return day in self.days and self.start <= now < self.end
        before = (day - 2) % 7 + 1
        return (day in self.days and now >= self.start) or (before in self.days and now < self.end)


class SnmpVersion(StrEnum):
    """SNMP versions spoken."""

    V2C = "2c"
    V3 = "3"


@dataclass(frozen=True, slots=True)
class SnmpAccess:
    """How a router may be asked over SNMP (UDP)."""

    version: SnmpVersion
    port: int = 161
    community: SecretRef | None = None
    user: str | None = None
    auth_protocol: str | None = None
    auth_key: SecretRef | None = None
    privacy_protocol: str | None = None
    privacy_key: SecretRef | None = None
    engine_id: bytes | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Router:
    """A site's router. `owner` None: the agency's own; `snmp` None: it may not be asked."""

    id: RouterId
    site: SiteId
    address: str
    owner: CarrierId | None
    snmp: SnmpAccess | None


@dataclass(frozen=True, slots=True)
class Link:
    """One WAN or Internet line of a site, with all inheritance resolved.

    `source`: the address or the interface of this host that it is probed from, None: any.
    """

    id: LinkId
    site: SiteId
    kind: LinkKind
    carrier: CarrierId
    circuit: str | None
    role: LinkRole
    parent: LinkId | None
    shared_risk: tuple[str, ...]
    targets: tuple[Target, ...]
    source: str | None
    interface: InterfaceRef | None
    contracted: tuple[ContractedRate, ...]
    probing: Probing
    thresholds: Thresholds

    @property
    def normal_rate(self) -> ContractedRate:
        """The undated rate."""
        for rate in self.contracted:
            if rate.span is None:
                return rate
        raise LookupError(f"link {self.id} has no undated rate")

    @property
    def is_ever_boosted(self) -> bool:
        """Whether any dated rate is more than the undated one."""
        return any(rate.exceeds(self.normal_rate) for rate in self.contracted)

    def contract(self, at: datetime) -> ContractedRate:
        """The contracted rate in force: a dated entry, unless refused, before the undated one."""
        for rate in self.contracted:
            refused = rate.state is BoostState.REFUSED
            if rate.span is not None and rate.span.contains(at) and not refused:
                return rate
        return self.normal_rate

    def past_rate(self, at: datetime) -> ContractedRate | None:
        """The dated rate, not refused, that ended last before `at`."""
        ended = [
            (rate.span.end, rate)
            for rate in self.contracted
            if rate.span is not None
            and rate.span.end is not None
            and rate.span.end <= at
            and rate.state is not BoostState.REFUSED
        ]
        return max(ended, key=lambda one: one[0], default=(None, None))[1]


@dataclass(frozen=True, slots=True)
class Site:
    """A conference site (điểm cầu)."""

    id: SiteId
    name: str
    short: str
    level: Level
    role: SiteRole
    parent: SiteId | None
    location: tuple[float, float] | None
    hours: Hours | None
    hosted_at: SiteId | None
    contacts: tuple[ContactId, ...]
    fallback: str | None

    def is_closed(self, local: datetime) -> bool:
        """Whether this local time is outside its hours, if it has any."""
        return self.hours is not None and not self.hours.is_open(local)
