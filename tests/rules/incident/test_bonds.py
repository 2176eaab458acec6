"""What makes many faults one: who passes whom, who shares what, who falls together."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.incident import bonds
from linkwatch.incident.bonds import LEAST_SITES, POWER, TOGETHER, Lost
from linkwatch.incident.topology import Topology
from linkwatch.model.finding import Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.path import Confidence
from linkwatch.model.subject import Subject
from support.district import CHU_SE, DUCT, POLES, inet, province, wan
from support.province import HUB, MORNING, VIETTEL, VNPT

LINKS = province().links
TOPOLOGY = Topology(LINKS)
CHILDREN = ("ia-blang", "dun", "ia-glai", "al-ba")


def at(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def lost(*names: LinkId, apart: float = 0.0) -> list[Lost]:
    """These, the one so long (s) after the other."""
    return [Lost(LINKS[name], at(apart * number)) for number, name in enumerate(names)]


def times(*names: LinkId, apart: float = 0.0) -> Mapping[LinkId, datetime]:
    return {one.link.id: one.at for one in lost(*names, apart=apart)}


def test_a_commune_passes_its_district_and_the_centre() -> None:
    assert list(TOPOLOGY.above(wan("dun"))) == [wan(CHU_SE), wan(HUB)]
    assert list(TOPOLOGY.above(wan(HUB))) == []
    assert list(TOPOLOGY.above(inet("dun"))) == []


def test_a_district_carries_its_communes_and_the_centre_all() -> None:
    assert list(TOPOLOGY.below(wan(CHU_SE))) == [wan(name) for name in CHILDREN]
    assert len(list(TOPOLOGY.below(wan(HUB)))) == 8


def test_what_left_the_configuration_passes_nothing() -> None:
    assert list(TOPOLOGY.above(LinkId("gone"))) == []


@pytest.mark.parametrize(
    ("cause", "effect", "does"),
    [
        (Kind.DOWN, Kind.DOWN, True),
        (Kind.DOWN, Kind.LOSS, True),
        (Kind.LOSS, Kind.DOWN, False),
        (Kind.LOSS, Kind.JITTER, True),
        (Kind.LATENCY, Kind.LATENCY, True),
        (Kind.LATENCY, Kind.LOSS, False),
        (Kind.JITTER, Kind.LATENCY, False),
        (Kind.UTILISATION, Kind.LOSS, False),
        (None, Kind.DOWN, False),
        (Kind.DOWN, None, False),
    ],
)
def test_a_fault_explains_what_it_can_do(
    cause: Kind | None, effect: Kind | None, does: bool
) -> None:
    assert bonds.explains(cause, effect) is does


def test_both_lines_of_a_site_at_once_are_the_site() -> None:
    both = [LINKS[wan("dun")], LINKS[inet("dun")]]
    group = bonds.of_site(both, times(wan("dun"), inet("dun"), apart=POWER.total_seconds()))
    assert group is not None
    assert (group.subject, group.kind) == (Subject.of_site(both[0].site), Kind.SITE_DOWN)
    assert group.at == at(30), "cut off since the last of them was"


def test_one_line_or_one_long_after_the_other_is_not() -> None:
    both = [LINKS[wan("dun")], LINKS[inet("dun")]]
    assert bonds.of_site(both, times(wan("dun"))) is None
    assert bonds.of_site(both, times(wan("dun"), inet("dun"), apart=30.1)) is None
    assert bonds.of_site(both[:1], times(wan("dun"))) is None


def test_all_that_share_a_risk_are_likely_one() -> None:
    sharing = TOPOLOGY.sharing(POLES)
    group = bonds.of_risk(POLES, sharing, times(*(link.id for link in sharing)))
    assert group is not None
    assert group.confidence is Confidence.LIKELY
    assert bonds.of_risk(POLES, sharing, times(wan("dun"), inet("dun"))) is None, "one site"
    assert bonds.of_risk(DUCT, TOPOLOGY.sharing(DUCT), times(wan("dun"), wan("ia-blang"))) is None


def test_a_carriers_lines_behind_one_link_are_its_network_there() -> None:
    group = bonds.of_carrier(VNPT, lost(*map(wan, CHILDREN[:3])), LINKS.values())
    assert group is not None
    assert group.subject == Subject.of_carrier(VNPT, wan(CHU_SE))
    assert group.confidence is Confidence.LIKELY
    mixed = lost(wan("dun"), wan("ia-glai"), wan(CHU_SE))
    whole = bonds.of_carrier(VNPT, mixed, LINKS.values())
    assert whole is not None
    assert whole.subject == Subject.of_carrier(VNPT, None)


def test_few_of_many_are_only_possibly_one() -> None:
    some = lost(inet("dun"), inet("ia-glai"), inet(CHU_SE))
    group = bonds.of_carrier(VIETTEL, some, LINKS.values())
    assert group is not None
    assert group.confidence is Confidence.POSSIBLE


names = st.sampled_from([wan(name) for name in CHILDREN] + [inet(name) for name in CHILDREN])


@given(st.dictionaries(names, st.floats(0, 60), max_size=8))
def test_no_group_is_of_few_sites_or_of_long(fell: Mapping[LinkId, float]) -> None:
    gone = [Lost(LINKS[link], at(seconds)) for link, seconds in fell.items()]
    group = bonds.of_carrier(VNPT, gone, LINKS.values())
    spans = [fell[link] for link in group.links] if group else [0.0]
    assert max(spans) - min(spans) <= TOGETHER.total_seconds() + 1e-6
    if group is not None:
        assert len({LINKS[link].site for link in group.links}) >= LEAST_SITES
        assert not bonds.is_over(group.subject, [LINKS[x] for x in group.links], len(group.links))


def test_a_group_is_over_when_it_is_none_by_its_own_rule() -> None:
    carrier = Subject.of_carrier(VIETTEL, None)
    assert bonds.is_over(carrier, [LINKS[inet("dun")], LINKS[inet("al-ba")]], 8)
    assert bonds.is_over(Subject.of_risk(POLES), [LINKS[wan("dun")], LINKS[inet("dun")]], 4)
    assert bonds.is_over(Subject.of_site(LINKS[wan("dun")].site), [LINKS[wan("dun")]], 2)


def test_who_may_join() -> None:
    assert bonds.belongs(Subject.of_carrier(VNPT, wan(CHU_SE)), LINKS[wan("dun")])
    assert not bonds.belongs(Subject.of_carrier(VNPT, wan(CHU_SE)), LINKS[wan(CHU_SE)])
    assert bonds.belongs(Subject.of_carrier(VIETTEL, None), LINKS[inet("dun")])
    assert not bonds.belongs(Subject.of_carrier(VIETTEL, None), LINKS[wan("dun")])
    assert bonds.belongs(Subject.of_risk(POLES), LINKS[inet("dun")])
    assert bonds.belongs(Subject.of_site(LINKS[wan("dun")].site), LINKS[inet("dun")])
