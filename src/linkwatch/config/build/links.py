"""Sites, routers and links, with everything they inherit."""

from collections.abc import Iterator, Mapping

from linkwatch.config.build.defaults import THRESHOLDS
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.probing import (
    DurationLimits,
    ProbingOverride,
    RatioLimits,
    ThresholdsOverride,
)
from linkwatch.config.schema.topology import (
    InterfaceEntry,
    LinkEntry,
    RateEntry,
    RouterEntry,
    SiteEntry,
    SnmpEntry,
    TargetEntry,
)
from linkwatch.message.gsm import SITE_SHORT, short_name
from linkwatch.model.ids import CarrierId, ContactId, LinkId, RouterId, SiteId
from linkwatch.model.moment import Span
from linkwatch.model.thresholds import Limits, Thresholds
from linkwatch.model.topology import (
    ContractedRate,
    Hours,
    InterfaceKey,
    InterfaceRef,
    Level,
    Link,
    LinkKind,
    LinkRole,
    Method,
    Probing,
    Router,
    Site,
    SnmpAccess,
    SnmpVersion,
    Target,
)

AGENCY = "agency"


def site(entry: SiteEntry) -> Site:
    """One site."""
    hours = entry.hours
    return Site(
        id=SiteId(entry.id),
        name=entry.name,
        short=entry.short or short_name(entry.name, SITE_SHORT) or entry.id[:SITE_SHORT],
        level=Level(entry.level),
        role=entry.role,
        parent=SiteId(entry.parent) if entry.parent else None,
        location=(entry.location.lat, entry.location.lon) if entry.location else None,
        hours=Hours(hours.days, hours.from_, hours.until) if hours else None,
        hosted_at=SiteId(entry.hosted_at) if entry.hosted_at else None,
        contacts=tuple(ContactId(contact) for contact in entry.contacts),
        fallback=entry.fallback,
    )


def snmp_of(router: RouterEntry, defaults: SnmpEntry) -> SnmpEntry | None:
    """The router's access with `router_defaults` filled in; None: it is not asked.

    A carrier's router inherits nothing unless it names some access of its own: the agency's
    community is not the carrier's to know. With another version only the port is inherited.
    """
    own = router.snmp
    if own is None:
        asked = "snmp" not in router.model_fields_set and router.owner == AGENCY
        return defaults if asked and defaults.version is not None else None
    if own.version is not None and own.version != defaults.version:
        return own.model_copy(update={"port": own.port or defaults.port})
    inherited = {name: value for name, value in defaults if getattr(own, name) is None}
    return own.model_copy(update=inherited)


def router(entry: RouterEntry, of: SiteEntry, defaults: SnmpEntry) -> Router:
    """One router."""
    access = snmp_of(entry, defaults)
    return Router(
        id=RouterId(entry.id),
        site=SiteId(of.id),
        address=entry.address,
        owner=None if entry.owner == AGENCY else CarrierId(entry.owner),
        snmp=_access(access) if access is not None else None,
    )


def _access(entry: SnmpEntry) -> SnmpAccess:
    return SnmpAccess(
        version=entry.version or SnmpVersion.V2C,
        port=entry.port or 161,
        community=entry.community,
        user=entry.user,
        auth_protocol=entry.auth.protocol if entry.auth else None,
        auth_key=entry.auth.key if entry.auth else None,
        privacy_protocol=entry.privacy.protocol if entry.privacy else None,
        privacy_key=entry.privacy.key if entry.privacy else None,
        engine_id=entry.engine_id,
        context=entry.context or "",
    )


def probing_of(document: Document, kind: LinkKind, own: ProbingOverride) -> Probing:
    """How a link is probed: its own word, then its kind's, then everybody's."""
    layers = (own, document.link_defaults.of(kind).probing, document.probing)

    def said(name: str) -> Iterator[float]:
        return (value for layer in layers if (value := getattr(layer, name)) is not None)

    def first(name: str) -> float:
        return float(next(said(name)))

    return Probing(
        interval=first("interval"),
        conference_interval=first("conference_interval"),
        timeout=first("timeout"),
        size=int(first("size")),
        dscp=int(first("dscp")),
        max_pps=first("max_pps"),
        dont_fragment=bool(first("dont_fragment")),
        ttl=next((int(hops) for hops in said("ttl")), None),
    )


def source_of(document: Document, entry: LinkEntry) -> str | None:
    """Where a link is probed from: its own word, then its kind's."""
    return entry.source or document.link_defaults.of(entry.kind).source


def thresholds_of(document: Document, kind: LinkKind, own: ThresholdsOverride) -> Thresholds:
    """A link's limits: its own, then its kind's, then the defaults, level by level."""
    by_kind, default = document.thresholds.of(kind), THRESHOLDS[kind]
    return Thresholds(
        latency=_limits(own.latency, by_kind.latency, default.latency),
        jitter=_limits(own.jitter, by_kind.jitter, default.jitter),
        loss=_limits(own.loss, by_kind.loss, default.loss),
        utilisation=_limits(own.utilisation, by_kind.utilisation, default.utilisation),
        above_usual=own.latency.above_usual or by_kind.latency.above_usual,
    )


def _limits(*layers: DurationLimits | RatioLimits | Limits) -> Limits:
    return Limits(
        warning=next((layer.warning for layer in layers if layer.warning is not None), None),
        critical=next((layer.critical for layer in layers if layer.critical is not None), None),
    )


def links(document: Document) -> Iterator[Link]:
    """All links in the files' order."""
    uplinks = wan_uplinks(document)
    for place in document.sites:
        for entry in place.links:
            yield _link(document, place, entry, uplinks)


def _link(
    document: Document, of: SiteEntry, entry: LinkEntry, uplinks: Mapping[str, LinkId]
) -> Link:
    inherited = uplinks.get(of.parent or "") if entry.kind is LinkKind.WAN else None
    return Link(
        id=LinkId(entry.id),
        site=SiteId(of.id),
        kind=entry.kind,
        carrier=CarrierId(entry.carrier),
        circuit=entry.circuit,
        role=entry.role,
        parent=LinkId(entry.parent) if entry.parent else inherited,
        shared_risk=tuple(entry.shared_risk),
        targets=tuple(_target(target) for target in entry.targets),
        source=source_of(document, entry),
        interface=_interface(entry.interface) if entry.interface else None,
        contracted=tuple(_rate(rate) for rate in entry.contracted),
        probing=probing_of(document, entry.kind, entry.probing),
        thresholds=thresholds_of(document, entry.kind, entry.thresholds),
    )


def wan_uplinks(document: Document) -> dict[str, LinkId]:
    """By site the link its children's WAN passes: its first primary WAN link, else its first."""
    uplinks: dict[str, LinkId] = {}
    for entry in document.sites:
        wan = [link for link in entry.links if link.kind is LinkKind.WAN]
        primary = [link for link in wan if link.role is LinkRole.PRIMARY]
        for link in (primary or wan)[:1]:
            uplinks[entry.id] = LinkId(link.id)
    return uplinks


def _target(entry: TargetEntry) -> Target:
    return Target(entry.address or "", entry.at, Method(entry.method), entry.port)


def _interface(entry: InterfaceEntry) -> InterfaceRef:
    key, value = interface_key(entry)
    return InterfaceRef(RouterId(entry.router), key, value)


def interface_key(entry: InterfaceEntry) -> tuple[InterfaceKey, str]:
    """The column of IF-MIB that names the interface, and the name."""
    if entry.name is not None:
        return InterfaceKey.NAME, entry.name
    if entry.alias is not None:
        return InterfaceKey.ALIAS, entry.alias
    return InterfaceKey.INDEX, str(entry.index)


def _rate(entry: RateEntry) -> ContractedRate:
    receive = entry.rate if entry.rate is not None else entry.receive
    transmit = entry.rate if entry.rate is not None else entry.transmit
    return ContractedRate(
        receive=receive if isinstance(receive, int) else None,
        transmit=transmit if isinstance(transmit, int) else None,
        span=Span(entry.from_, entry.until) if entry.dated else None,
        reference=entry.reference,
        state=entry.state,
    )
