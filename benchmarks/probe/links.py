"""A configuration of linkwatch with one link per target, probed once a second."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.inventory import Acknowledgement, Flapping, Inventory
from linkwatch.model.people import Operators
from linkwatch.model.thresholds import Limits, Thresholds
from linkwatch.model.topology import ContractedRate, Link, LinkKind, LinkRole, Probing, Target
from linkwatch.model.words import Language

_PROBING = Probing(
    interval=1.0, conference_interval=1.0, timeout=0.9, size=64, dscp=34, max_pps=5.0
)
_THRESHOLDS = Thresholds(
    latency=Limits(0.05, 0.1),
    jitter=Limits(0.015, 0.03),
    loss=Limits(0.01, 0.05),
    utilisation=Limits(0.8, 0.9),
)


def configuration(targets: Sequence[str]) -> Config:
    """A link for each target, its id the target's address."""
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0, None),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    links = {LinkId(target): _link(target) for target in targets}
    return Config(_inventory(links), settings, (Path("benchmark"),), ())


def _link(target: str) -> Link:
    return Link(
        id=LinkId(target),
        site=SiteId("site"),
        kind=LinkKind.WAN,
        carrier=CarrierId("carrier"),
        circuit=None,
        role=LinkRole.PRIMARY,
        parent=None,
        shared_risk=(),
        targets=(Target(target),),
        source=None,
        interface=None,
        contracted=(ContractedRate(20_000_000, 20_000_000),),
        probing=_PROBING,
        thresholds=_THRESHOLDS,
    )


def _inventory(links: dict[LinkId, Link]) -> Inventory:
    return Inventory(
        organisation="benchmark",
        timezone=ZoneInfo("UTC"),
        language=Language.EN,
        operators=Operators(None, None),
        department_leader=None,
        directives=(),
        own_uplinks=(),
        hold={},
        flapping=Flapping(changes=4, within=900.0, stable=600.0),
        false_alarms_per_link_year=0.02,
        carriers={},
        contacts={},
        rosters={},
        sites={},
        routers={},
        links=links,
        platforms={},
        conferences={},
        escalation={},
        acknowledgement=Acknowledgement(1800.0, 300.0),
        maintenance=(),
        served_channels=frozenset(),
    )
