"""The whole configuration as it is written."""

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.channels import ChannelEntry
from linkwatch.config.schema.conference import (
    ConferenceEntry,
    DirectiveEntry,
    MaintenanceEntry,
    PlatformEntry,
)
from linkwatch.config.schema.escalation import AcknowledgementRule, DigestRule, EscalationTable
from linkwatch.config.schema.fields import Expected, FormatOne, Id, Text, Timezone
from linkwatch.config.schema.people import (
    CarrierEntry,
    ContactEntry,
    Department,
    OperatorsRoom,
    RosterEntry,
)
from linkwatch.config.schema.probing import (
    FlappingRule,
    Hold,
    LinkDefaultsByKind,
    ProbingDefaults,
    SnmpDefaults,
    ThresholdsByKind,
)
from linkwatch.config.schema.service import HeartbeatCheck, Http, Store
from linkwatch.config.schema.topology import RouterDefaults, SiteEntry
from linkwatch.model.words import Language

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


class Document(Section):
    """Configuration of linkwatch."""

    version: FormatOne
    """Version of this format."""
    include: list[Text] = []
    """Further files, or patterns of files, relative to this one; merged into it."""
    organisation: Text | None = None
    """Who runs the service."""
    timezone: Timezone = written(DEFAULT_TIMEZONE)
    """Zone of all times without offset."""
    language: Language = Language.VI
    """Of alerts and pages."""
    http: Http = Http()
    """Pages, API and metrics."""
    store: Store = Store()
    """The durable record."""
    templates: Text | None = None
    """Directory with the operators' own words for messages, beside this file."""
    operators: OperatorsRoom = OperatorsRoom()
    """The operators' own room."""
    department: Department = Department()
    """The last step of escalation."""
    directives: list[DirectiveEntry] = []
    """Orders whose demands are measured."""
    probing: ProbingDefaults = ProbingDefaults()
    """How links are probed."""
    snmp: SnmpDefaults = SnmpDefaults()
    """How routers are polled."""
    link_defaults: LinkDefaultsByKind = LinkDefaultsByKind()
    """What links inherit, by kind."""
    router_defaults: RouterDefaults = RouterDefaults()
    """What routers inherit."""
    thresholds: ThresholdsByKind = ThresholdsByKind()
    """Raise levels, by kind of link."""
    hold: Hold = Hold()
    """How long a confirmed fault must last before anybody is told."""
    flapping: FlappingRule = FlappingRule()
    """When changes of state are one fault that flaps."""
    false_alarms_per_link_year: Expected = 0.02
    """False alarms that are accepted, for one link in a year."""
    carriers: dict[Id, CarrierEntry]
    """Telecom carriers by id."""
    contacts: dict[Id, ContactEntry]
    """Contacts by id."""
    rosters: dict[Id, RosterEntry]
    """Duty rosters by id."""
    sites: list[SiteEntry]
    """Conference sites."""
    platforms: dict[Id, PlatformEntry] = {}
    """Conference platforms by id."""
    conferences: list[ConferenceEntry] = []
    """Conferences."""
    conferences_from: list[Text] = []
    """Calendar files (.ics) with further conferences."""
    channels: dict[Id, ChannelEntry]
    """Channels by id."""
    escalation: EscalationTable = EscalationTable()
    """Who is told in which order, by priority."""
    digests: DigestRule = DigestRule()
    """How much one contact is told, before what follows waits for a digest."""
    acknowledgement: AcknowledgementRule = AcknowledgementRule()
    """How long an acknowledgement holds."""
    maintenance: list[MaintenanceEntry] = []
    """Announced work."""
    heartbeat: HeartbeatCheck | None = None
    """An external checker."""
