"""Sites with their routers and links: what is watched."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import (
    End,
    EngineId,
    Host,
    Id,
    IfIndex,
    Latitude,
    Longitude,
    Port,
    ProbedHost,
    RateOrMax,
    Reference,
    Secret,
    Source,
    Start,
    Text,
    TimeOfDay,
    VersionOfSnmp,
    Weekdays,
)
from linkwatch.config.schema.probing import ProbingOverride, ThresholdsOverride
from linkwatch.model.topology import (
    BoostState,
    LinkKind,
    LinkRole,
    Place,
    SiteRole,
)


class SnmpAuthentication(Section):
    """SNMP v3 authentication."""

    protocol: Literal["MD5", "SHA", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]
    """Hash of the authentication code."""
    key: Secret
    """Pass phrase."""


class SnmpPrivacy(Section):
    """SNMP v3 encryption."""

    protocol: Literal["DES", "3DES", "AES", "AES128", "AES192", "AES256", "AES192C", "AES256C"]
    """AES192 and AES256 extend the key after Blumenthal, AES192C and AES256C as Cisco does."""
    key: Secret
    """Pass phrase."""


class SnmpEntry(Section):
    """How a router may be asked. Absent keys come from `router_defaults`."""

    version: VersionOfSnmp | None = None
    """2c or 3."""
    port: Port | None = None
    """UDP port, 161 by default."""
    community: Secret | None = None
    """Community of v2c."""
    user: Text | None = None
    """User of v3."""
    auth: SnmpAuthentication | None = None
    """Authentication of v3."""
    privacy: SnmpPrivacy | None = None
    """Encryption of v3; needs `auth`."""
    engine_id: EngineId | None = None
    """For v3 traps; else learnt by polling."""
    context: Text | None = None
    """Context name of v3."""


class RouterDefaults(Section):
    """What routers inherit."""

    snmp: SnmpEntry = SnmpEntry()
    """For routers that belong to the agency, and for others where they name some of it."""


class RouterEntry(Section):
    """A site's router."""

    null_has_meaning: ClassVar[frozenset[str]] = frozenset({"snmp"})

    id: Id
    """Unique among routers."""
    owner: Reference = "agency"
    """`agency` or a carrier."""
    address: Host
    """Address for SNMP."""
    snmp: SnmpEntry | None = None
    """How it may be asked; null: not at all."""


def _from_address(value: object) -> object:
    return {"address": value} if isinstance(value, str) else value


class TargetEntry(Section):
    """One address that answers for a link; a plain address is short for `{address: ...}`."""

    address: ProbedHost | None = None
    """IP address or host name; none for push."""
    at: Place = Place.CARRIER
    """Whose end of the link it stands at."""
    method: Literal["icmp", "tcp", "push"] = "icmp"
    """icmp, tcp (needs a port), or push (the site calls us)."""
    port: Port | None = None
    """TCP port."""


TargetItem = Annotated[
    TargetEntry, BeforeValidator(_from_address, json_schema_input_type=str | TargetEntry)
]


class InterfaceEntry(Section):
    """The interface of a router that carries a link: one of name, alias and index."""

    router: Reference
    """A router of the same site."""
    name: Text | None = None
    """ifName."""
    alias: Text | None = None
    """ifAlias."""
    index: IfIndex | None = None
    """ifIndex; not kept over a restart of the router by every device."""


class RateEntry(Section):
    """A contracted rate; `rate`, or `receive` and `transmit`."""

    rate: RateOrMax | None = None
    """Both directions; `max` where the order gives no number."""
    receive: RateOrMax | None = None
    """As the site's router receives."""
    transmit: RateOrMax | None = None
    """As the site's router transmits."""
    from_: Start | None = Field(default=None, alias="from")
    """Beginning, inclusive."""
    until: End | None = None
    """End; a date includes that day."""
    reference: Text | None = None
    """The order or contract."""
    state: BoostState | None = None
    """How far it has come."""

    @property
    def dated(self) -> bool:
        """Whether it holds for a time only."""
        return self.from_ is not None or self.until is not None


class LinkEntry(Section):
    """One WAN or Internet line of a site."""

    id: Id
    """Unique among links; metrics and history hang on it."""
    kind: LinkKind
    """wan or internet."""
    carrier: Reference
    """Carrier."""
    circuit: Text | None = None
    """The carrier's own number of the line."""
    role: LinkRole = LinkRole.PRIMARY
    """What the link is to its site."""
    parent: Reference | None = None
    """A link this one runs through; by default the parent site's of the same kind, for wan."""
    shared_risk: list[Text] = []
    """Cables, points of presence or terminals it shares with others."""
    targets: list[TargetItem] = Field(min_length=1)
    """What answers for the link."""
    source: Source | None = None
    """Address or interface to probe from."""
    interface: InterfaceEntry | None = None
    """The router's interface that carries the link."""
    contracted: list[RateEntry] = Field(min_length=1)
    """Contracted rates; the dated one in force beats the undated one."""
    probing: ProbingOverride = ProbingOverride()
    """Overrides of `probing`."""
    thresholds: ThresholdsOverride = ThresholdsOverride()
    """Overrides of `thresholds`."""


class Location(Section):
    """Where a site lies (WGS 84)."""

    lat: Latitude
    """Degrees north."""
    lon: Longitude
    """Degrees east."""


class OpeningHours(Section):
    """When a site is at work; outside it, and outside conferences, its faults are P4."""

    days: Weekdays = written("Mon-Sun")
    """e.g. Mon-Fri or Mon,Wed; every day by default."""
    from_: TimeOfDay = Field(alias="from")
    """Local time, inclusive."""
    until: TimeOfDay
    """Local time, exclusive."""


class SiteEntry(Section):
    """A conference site (điểm cầu)."""

    id: Id
    """Unique among sites."""
    name: Text
    """Full name."""
    short: Text | None = None
    """At most 18 GSM characters, for SMS; made from the name if absent."""
    level: Literal["province", "district", "commune"]
    """Level of administration."""
    role: SiteRole = SiteRole.SITE
    """hub is the ICT Centre, main_hall the room that leads the conference."""
    parent: Reference | None = None
    """The site its WAN passes."""
    location: Location | None = None
    """Where it lies."""
    hours: OpeningHours | None = None
    """Opening hours; none: always."""
    hosted_at: Reference | None = None
    """The site in whose hall this one sits."""
    contacts: list[Reference] = []
    """Who can look at the power strip and the modem's lights."""
    fallback: Text | None = None
    """What to use instead; shown in P1."""
    routers: list[RouterEntry] = []
    """Its routers."""
    links: list[LinkEntry] = []
    """Its links."""
