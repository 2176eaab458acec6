"""Whenever a fault falls between the probes: each is told once, soon, to those whose it is.

Lines are probed once a second, each at its own time: who is found dead first is chance.
"""

from collections.abc import Collection

import pytest

from linkwatch.incident.topology import Topology
from linkwatch.model.finding import Kind
from linkwatch.model.ids import LinkId
from linkwatch.timing.phase import phase_of
from support.district import CHU_SE, MANG_YANG, inet, meeting, province, wan
from support.province import MORNING
from support.towns import Told, Towns

CUT, WATCHED = 30.0, 12.0
LONGEST = 2.3
"""s to the first word: a second until it is asked next, another for the verdict, and a little."""
JUST_ASKED = phase_of(inet("kon-thup")) + 0.03
"""When the one line of a site was asked a moment ago, and the other is about to be."""
PHASES = [*(n / 12 for n in range(12)), JUST_ASKED]
MEETING = province(conferences=(meeting("chu-se", "dun", "ia-glai", "mang-yang", "kon-thup"),))
BELOW = Topology(MEETING.links).below


def cut(phase: float, *dead: LinkId) -> tuple[Towns, list[Told]]:
    """These lines die so long after a full second; what is told."""
    begin = CUT + phase

    def fate(link: LinkId, sent: float) -> float | None:
        return None if link in dead and sent >= begin else 0.012

    towns = Towns(MEETING, MORNING, fate)
    assert towns.run(begin) == []
    told = towns.run(WATCHED)
    assert min(one.at for one in told) < begin + LONGEST
    return towns, told


def opened(towns: Towns) -> list[tuple[Kind, str]]:
    return sorted((i.kind, i.subject.id) for i in towns.incidents.values())


def people(told: Collection[Told]) -> set[str]:
    return {str(one.message.contact) for one in told}


@pytest.mark.parametrize("phase", PHASES)
def test_a_power_cut_pages_no_carrier(phase: float) -> None:
    towns, told = cut(phase, wan("kon-thup"), inet("kon-thup"))
    assert opened(towns) == [(Kind.SITE_DOWN, "kon-thup")]
    assert people(told) == {"ky-thuat", "truc-ttcntt"}


@pytest.mark.parametrize("phase", PHASES)
def test_a_district_cut_is_its_lines_alone(phase: float) -> None:
    towns, told = cut(phase, wan(CHU_SE), *BELOW(wan(CHU_SE)))
    assert opened(towns) == [(Kind.DOWN, wan(CHU_SE))]
    assert people(told) == {"vnpt-huyen", "vnpt-tinh", "ky-thuat", "truc-ttcntt"}
    assert {one.message.event.value for one in told} <= {"opened", "updated"}


@pytest.mark.parametrize("phase", PHASES)
def test_of_two_faults_at_once_neither_waits_for_the_other(phase: float) -> None:
    line, district = inet("dun"), wan(MANG_YANG)
    assert MEETING.links[line].carrier == MEETING.links[district].carrier
    towns, told = cut(phase, line, district, *BELOW(district))
    assert opened(towns) == [(Kind.DOWN, line), (Kind.DOWN, district)]
    for incident in towns.incidents.values():
        first = min(one.at for one in told if one.message.incident == incident.id)
        assert first < CUT + phase + LONGEST


def test_a_line_waits_for_none_that_fell_long_before() -> None:
    """Two others of its carrier have been down for a while, each by itself."""
    late = CUT + 15 + phase_of(inet("chu-se")) - 0.03
    fell = {inet("dun"): CUT, inet("kon-thup"): CUT, inet("chu-se"): late}
    towns = Towns(
        MEETING, MORNING, lambda link, sent: None if sent >= fell.get(link, sent + 1) else 0.012
    )
    towns.run(late)
    told = towns.run(WATCHED)
    assert opened(towns) == sorted((Kind.DOWN, link) for link in fell)
    assert told[0].at < late + 1.5
