"""Our own uplinks as text: what fails in a province above the ruler, who is told of it below.

`PYTHONPATH=src:tests python -m support.uplink_script tests/scenarios/uplink/*.txt` rewrites what is
below.
"""

from pathlib import Path
from zlib import crc32

import pytest

from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.ids import LinkId
from support.province import MORNING, NIGHT
from support.script import RULER
from support.towns import OWN_INET, Towns, towns
from support.uplink_script import play

SCRIPTS = sorted((Path(__file__).parent / "uplink").glob("*.txt"))
OURS = {"ky-thuat", "truc-ttcntt"}
CUT = 30.0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_told_is_what_stands_there(path: Path) -> None:
    script, ruler, expected = path.read_text("utf-8").partition(RULER)
    assert script.startswith("# ")
    assert ruler
    assert play(script) == expected


def test_a_line_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="not understood: vnpt is tired"):
        play("start 2021-05-14 02:00:00\n60 s: vnpt is tired\n")


@pytest.mark.parametrize(("interval", "meeting"), [(1.0, True), (5.0, False)])
def test_five_hundred_links_of_one_carrier_within_five_seconds(
    interval: float, meeting: bool
) -> None:
    """Nothing of it is taken for our uplink's, and the carrier hears within 3 s of the first."""

    def fate(link: LinkId, sent: float) -> float | None:
        lost = CUT + 5 * (crc32(link.encode()) % 100) / 100
        return None if link.endswith("-vnpt") and sent >= lost else 0.012

    whole = towns(500, interval=interval, meeting=meeting)
    province = Towns(whole, MORNING if meeting else NIGHT, fate)
    told = province.run(CUT + (12 if meeting else 40))
    kinds = {i.kind for i in province.incidents.values()}
    assert kinds == {Kind.DOWN}
    states = province.states()
    assert {s for x, s in states.items() if x.endswith("-vnpt")} == {LinkState.DOWN}
    assert {s for x, s in states.items() if not x.endswith("-vnpt")} == {LinkState.UP}
    if meeting:
        first = next(x for x in told if x.message.contact.startswith("vnpt"))
        assert first.at < CUT + 3


@pytest.mark.parametrize("interval", [1.0, 5.0])
@pytest.mark.parametrize("districts", [4, 12, 60])
def test_whenever_the_uplink_dies_no_carrier_is_paged(districts: int, interval: float) -> None:
    for part in range(5):
        cut = CUT + part * interval / 5

        def fate(link: LinkId, sent: float, cut: float = cut) -> float | None:
            dead = cut <= sent < cut + 20 and not link.endswith("wan")
            return None if dead else 0.012

        province = Towns(towns(districts, interval=interval, meeting=True), MORNING, fate)
        told = province.run(cut + 60)
        assert {str(x.message.contact) for x in told} == OURS
        opened = [x for x in told if x.message.event == "opened"]
        assert opened[0].at < cut + 2
        assert [i.subject.id for i in province.incidents.values()] == [OWN_INET]
