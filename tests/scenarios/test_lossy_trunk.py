"""Loss and delay on a line that others pass: one fault, told once, however chance has it seen.

What is lost is chance, from fixed seeds: who is found lossy first, and last well again, differs.
"""

from collections.abc import Collection
from random import Random

import pytest

from linkwatch.incident.topology import Topology
from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import IncidentEvent
from support.district import CHU_SE, meeting, province, wan
from support.drive import Drive
from support.province import MORNING
from support.towns import Told, Towns

MEETING = province(conferences=(meeting("chu-se", "dun", "ia-glai", "mang-yang", "kon-thup"),))
TRUNK = wan(CHU_SE)
BELOW = tuple(Topology(MEETING.links).below(TRUNK))
BEGINS, LASTS = 30.0, 120.0


def lossy(lines: Collection[LinkId], share: float, seed: int) -> tuple[Towns, list[Told]]:
    """These lines lose so much for two minutes; what is told until all is long over."""
    chance = Random(seed)  # noqa: S311  no secret hangs on it

    def fate(link: LinkId, sent: float) -> float | None:
        is_bad = link in lines and BEGINS <= sent < BEGINS + LASTS
        return None if is_bad and chance.random() < share else 0.012

    towns = Towns(MEETING, MORNING, fate)
    return towns, towns.run(BEGINS + LASTS + 150)


def subjects(towns: Towns, told: Collection[Told]) -> set[str]:
    return {towns.incidents[str(one.message.incident)].subject.id for one in told}


@pytest.mark.parametrize("seed", range(5))
def test_a_lossy_trunk_is_told_and_none_of_the_lines_that_pass_it(seed: int) -> None:
    towns, told = lossy((TRUNK, *BELOW), 0.2, seed)
    assert subjects(towns, told) == {TRUNK}
    (incident,) = (i for i in towns.incidents.values() if i.announced_at is not None)
    assert incident.kind is Kind.LOSS
    assert min(one.at for one in told) < BEGINS + 57, "half as long again as the bound"
    assert {one.message.event for one in told} >= {IncidentEvent.OPENED, IncidentEvent.RESOLVED}


@pytest.mark.parametrize("seed", range(3))
def test_a_lossy_line_whose_trunk_is_well_is_told_itself(seed: int) -> None:
    towns, told = lossy([wan("dun")], 0.2, seed)
    assert subjects(towns, told) == {wan("dun")}
    assert min(one.at for one in told) < BEGINS + 57


def test_a_line_that_goes_on_losing_after_its_trunk_is_well_is_told() -> None:
    chance = Random(7)  # noqa: S311  no secret hangs on it
    own = wan("dun")

    def fate(link: LinkId, sent: float) -> float | None:
        until = 400.0 if link == own else BEGINS + LASTS
        is_bad = link in (TRUNK, *BELOW) and BEGINS <= sent < until
        return None if is_bad and chance.random() < 0.2 else 0.012

    towns = Towns(MEETING, MORNING, fate)
    told = towns.run(BEGINS + LASTS)
    assert subjects(towns, told) == {TRUNK}
    told = towns.run(150)
    assert subjects(towns, told) == {TRUNK, own}
    assert not any(i.kind is Kind.DOWN for i in towns.incidents.values() if i.announced_at)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_seen_to_be_well_a_little_later_than_its_trunk_is_not_told(seed: int) -> None:
    """How soon a line has answered for long enough is chance as well; here without quick probes."""
    chance = Random(seed)  # noqa: S311  no secret hangs on it

    def answers(sent: float) -> float | None:
        return None if BEGINS <= sent < 230 and chance.random() < 0.12 else 0.010

    drive = Drive(MEETING, MORNING)
    lines = {x.replace("-", "_"): answers for x in (TRUNK, *BELOW)}
    while True:
        drive.run(1, **lines)
        trunk = [i for i in drive.incidents.values() if i.subject.link == TRUNK]
        if trunk and trunk[0].status.is_closed:
            break
    told = drive.run(200, **lines)
    assert IncidentEvent.OPENED not in {m.event for m in told}
    assert not list(drive.state.open_incidents())


def test_a_slow_trunk_is_told_and_none_of_the_lines_that_pass_it() -> None:
    delayed = (TRUNK, *BELOW)

    def fate(link: LinkId, sent: float) -> float | None:
        return 0.140 if link in delayed and BEGINS <= sent < BEGINS + LASTS else 0.012

    towns = Towns(MEETING, MORNING, fate)
    told = towns.run(BEGINS + LASTS + 150)
    assert subjects(towns, told) == {TRUNK}


def test_after_a_restart_they_are_its_still_and_are_not_told_at_its_end() -> None:
    chance = Random(3)  # noqa: S311  no secret hangs on it

    def answers(sent: float) -> float | None:
        return None if chance.random() < 0.2 else 0.010

    drive = Drive(MEETING, MORNING)
    lines = {x.replace("-", "_"): answers for x in (TRUNK, *BELOW)}
    drive.run(30)
    drive.run(150, **lines)
    (open_one,) = (i for i in drive.state.open_incidents() if i.caused_by is None)
    assert set(open_one.links) == {TRUNK, *BELOW}
    again = drive.restart(MEETING, after=5)
    assert {again.state.shown(again.state.judges[x]) for x in BELOW} == {LinkState.UNKNOWN}
    told = again.run(500)
    assert {m.event for m in told} == {IncidentEvent.RESOLVED}
    assert {again.state.shown(again.state.judges[x]) for x in BELOW} == {LinkState.UP}
