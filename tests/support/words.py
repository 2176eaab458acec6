"""Views to be put into words: the faults that the letter's own site could have."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from linkwatch.message.view import DigestView, Neighbour, TrialView, View
from linkwatch.model.conference import Phase
from linkwatch.model.finding import FAMILY, Direction, Kind, LinkState
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.moment import Span
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import BoostState, ContractedRate
from support.province import CHU_SE, INET, ROUTER, VIETTEL, VNPT, WAN, ZONE, conference, inventory
from support.province import incident as fault

BEGAN = datetime(2021, 5, 15, 8, 42, 10, tzinfo=ZONE)
NOW = BEGAN + timedelta(seconds=20)
ORGANISATION = "Sở TT&TT tỉnh Gia Lai"
PROVINCE = inventory(conferences=(conference(),))
SITE = replace(PROVINCE.sites[CHU_SE], name="UBND huyện Chư Sê", short="UBND H.Chu Se")
LINK = replace(PROVINCE.links[WAN], circuit="GLI-CSE-0001")
BOOSTED = replace(
    LINK,
    contracted=(
        ContractedRate(20_000_000, 20_000_000),
        ContractedRate(
            100_000_000,
            100_000_000,
            Span(BEGAN - timedelta(days=6), BEGAN + timedelta(days=16)),
            "675/STTTT-BCVT",
            BoostState.PROMISED,
        ),
    ),
)
BOOST_RATES = {"normal": 20e6, "promised": 100e6, "peak": 20.04e6}
"""What the judge says of it, both directions."""
ROUTER_KINDS = (Kind.ROUTER_DOWN, Kind.SNMP_UNREACHABLE)
_SUBJECTS = {
    **dict.fromkeys(ROUTER_KINDS, Subject.of_router(ROUTER)),
    Kind.SITE_DOWN: Subject.of_site(CHU_SE),
}
"""What those are of that are not of a link."""

_MEASURED: dict[Kind, tuple[Metric, float, float]] = {
    Kind.DOWN: (Metric.LOSS, 1.0, 0.05),
    Kind.LOSS: (Metric.LOSS, 0.061, 0.05),
    Kind.LATENCY: (Metric.LATENCY, 0.120, 0.100),
    Kind.JITTER: (Metric.JITTER, 0.0325, 0.030),
    Kind.UTILISATION: (Metric.UTILISATION, 0.94, 0.90),
}


def incident(kind: Kind = Kind.DOWN, **changes: Any) -> Incident:
    """One of LINK, or of its router, since BEGAN."""
    metric, value, limit = _MEASURED.get(kind, (Metric.LOSS, 0.0, 0.0))
    known = kind in _MEASURED
    base = fault(
        BEGAN,
        id=IncidentId("LW-000123"),
        family=FAMILY[kind],
        kind=kind,
        subject=_SUBJECTS.get(kind, Subject.of_link(WAN)),
        circuit=None if kind in _SUBJECTS else LINK.circuit,
        carrier=None if kind in _SUBJECTS else VNPT,
        links=(WAN, INET) if kind is Kind.SITE_DOWN else (WAN,),
        affects=(CHU_SE,),
        measured={metric: value} if known else {},
        threshold={metric: limit} if known else {},
        direction=Direction.RECEIVE if kind is Kind.UTILISATION else None,
        evidence={"lost": 5.0, "sent": 5.0, "span": 59.0, "contracted": 200e6},
        announced_at=NOW,
    )
    return replace(base, **changes)


def over(one: Incident, after: float = 25 * 60) -> Incident:
    """The same, `after` s later well again."""
    at = BEGAN + timedelta(seconds=after)
    return replace(one, status=Status.RESOLVED, restored_at=at, resolved_at=at)


def view(
    one: Incident | None = None, event: IncidentEvent = IncidentEvent.OPENED, **changes: Any
) -> View:
    """What surrounds it: a conference that is on, a neighbour, people."""
    one = one or incident()
    of_router, of_link = one.subject.router is not None, one.subject.link is not None
    base = View(
        incident=one,
        event=event,
        now=NOW,
        timezone=ZONE,
        carrier=None if of_router or one.subject.is_group else PROVINCE.carriers[VNPT],
        site=SITE,
        link=LINK if of_link else None,
        router=PROVINCE.routers[ROUTER] if of_router else None,
        conference=conference(),
        phase=Phase.WINDOW,
        neighbours=(Neighbour(PROVINCE.links[INET], PROVINCE.carriers[VIETTEL], LinkState.UP),),
        told=tuple(PROVINCE.contacts.values())[:2],
        on_site=(),
        hotline="+84000000099",
        organisation=ORGANISATION,
    )
    return replace(base, **changes)


def digest(*incidents: Incident) -> DigestView:
    """Several at once."""
    views = tuple(view(one) for one in incidents)
    return DigestView(views, NOW, ZONE, "+84000000099", ORGANISATION)


def trial() -> TrialView:
    """A test to the first contact."""
    return TrialView(next(iter(PROVINCE.contacts.values())), NOW, ZONE, ORGANISATION)
