"""Our own uplinks as text: what fails in a province above the ruler, who is told of it below.

`PYTHONPATH=src:tests python -m support.uplink_script tests/scenarios/uplink/*.txt` rewrites what is
below.
"""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.ids import LinkId
from support.province import MORNING, NIGHT
from support.script import RULER
from support.towns import OWN_INET, Towns, line, towns
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


@dataclass(frozen=True)
class Outage:
    """What is dead from a time on, so many s long: the uplink, a carrier, a district or a line."""

    what: str
    at: float
    lasts: float

    def hits(self, link: LinkId, sent: float) -> bool:
        return self.concerns(link) and self.at <= sent < self.ends

    def concerns(self, link: LinkId) -> bool:
        return link.startswith(self.what) or link.endswith(f"-{self.what}")

    @property
    def ends(self) -> float:
        return self.at + self.lasts


LINES = [line(n, kind) for n in range(8) for kind in ("vnpt", "viettel")]
ENDS_AT = 60.0
SETTLED = 20.0
"""s after its site or its carrier is well until a line that is not has been told."""


def outages(what: st.SearchStrategy[str]) -> st.SearchStrategy[Outage]:
    return st.builds(Outage, what, st.floats(20.0, 45.0), st.floats(0.3, 60.0))


@settings(max_examples=40, deadline=None)
@given(
    deaths=st.lists(st.tuples(st.floats(20.0, 45.0), st.floats(0.2, 25.0)), max_size=3),
    real=st.lists(outages(st.sampled_from([*LINES, "h03", "h05"])), max_size=4),
    carrier=outages(st.sampled_from(["viettel", "vnpt"])) | st.none(),
    interval=st.sampled_from([1.0, 2.0]),
)
@example(
    # It answers again, for 4 s, when the time is over that it has after the rest of its carrier.
    deaths=[],
    real=[Outage("h00-vnpt", 20.0, 38.0)],
    carrier=Outage("vnpt", 20.0, 28.0),
    interval=1.0,
)
@example(
    # A site is out, then our uplink; its WAN line comes back, and of the others nothing is known.
    deaths=[(21.0, 20.0)],
    real=[Outage("h05", 20.0, 8.0)],
    carrier=None,
    interval=2.0,
)
@example(
    # Some lines are told as one fault, and others take their place in it a moment later.
    deaths=[],
    real=[Outage(x, 20.0, 2.0) for x in ("h00-vnpt", "h02-vnpt", "h03-vnpt")],
    carrier=Outage("vnpt", 22.0, 1.5),
    interval=1.0,
)
@example(
    # A site is well again shortly before the first look, but for one line.
    deaths=[],
    real=[Outage("h05-vnpt", 36.0, 90.0), Outage("h05", 22.0, 60.0)],
    carrier=Outage("viettel", 20.0, 1.0),
    interval=1.0,
)
@example(
    # The uplink is silent for less than makes it dead; quick probes of some fall into that alone.
    deaths=[(20.625, 0.9375)],
    real=[],
    carrier=None,
    interval=1.0,
)
def test_only_what_is_really_out_is_told_and_all_of_it(
    deaths: list[tuple[float, float]],
    real: list[Outage],
    carrier: Outage | None,
    interval: float,
) -> None:
    # While a whole carrier is out the other is alone, and nothing of it is common to two.
    if carrier is not None:
        deaths, real = [], [*real, carrier]

    def is_dead(sent: float) -> bool:
        return any(at <= sent < at + lasts for at, lasts in deaths)

    def is_out(link: LinkId, sent: float) -> bool:
        return any(outage.hits(link, sent) for outage in real)

    def fate(link: LinkId, sent: float) -> float | None:
        over_the_internet = not link.endswith("wan")
        return None if is_out(link, sent) or (over_the_internet and is_dead(sent)) else 0.012

    province = Towns(towns(8, interval=interval, meeting=True), MORNING, fate)
    told = province.run(ENDS_AT + 35)
    for one in told:
        incident = province.incidents[str(one.message.incident)]
        if one.message.event != "opened" or incident.kind not in (Kind.DOWN, Kind.SITE_DOWN):
            continue
        # A line is told while it is out, or just was: never for the uplink's sake alone.
        assert any(
            is_out(link, one.at - ago) for link in one.links for ago in (0.0, 1.0, 2.0, 3.0)
        ), (one.at, incident.id, one.links)
    # Once all is quiet around it, whatever is still out has been told, by itself or in a group.
    for more in (0.0, SETTLED):
        province.run(more)
        now = province.seconds
        late = [outage for outage in real if now - SETTLED < outage.ends <= now]
        quiet = [x for x in LINES if not any(outage.concerns(x) for outage in late)]
        out = {x for x in quiet if all(is_out(x, now - ago) for ago in range(30))}
        known = {
            link
            for incident in province.incidents.values()
            if not incident.status.is_closed and incident.kind in (Kind.DOWN, Kind.SITE_DOWN)
            for link in incident.links
        }
        assert out <= known


@pytest.mark.parametrize("pause", [1.0, 3.0, 6.0])
def test_a_line_that_comes_and_goes_after_its_carrier_is_well_is_told(pause: float) -> None:
    """It answers again, but never for as long as a recovery takes."""
    mended = 40.0

    def fate(link: LinkId, sent: float) -> float | None:
        if not link.endswith("-vnpt") or sent < 20.0:
            return 0.012
        if link == line(0, "vnpt"):
            return 0.012 if sent >= mended and (sent - mended) % (pause + 4) < 4 else None
        return 0.012 if sent >= mended else None

    province = Towns(towns(8, meeting=True), MORNING, fate)
    told = province.run(mended + 30)
    own = [x for x in told if province.incidents[str(x.message.incident)].links == (LINES[0],)]
    assert own
    # The carrier's recovery, twice the time that one may take to follow, and a round of probes.
    assert own[0].at < mended + 5 + 2 * 8 + 2


def test_what_outlasts_our_uplinks_death_is_told_at_its_end_though_its_site_is_well() -> None:
    """A site is out, then our uplink; by its WAN line the site is back; the others stay out."""

    def fate(link: LinkId, sent: float) -> float | None:
        ours = 21.0 <= sent < 51.0 and not link.endswith("wan")
        theirs = (
            link.startswith("h05") and sent >= 20.0 and not (link.endswith("wan") and sent > 28)
        )
        return None if ours or theirs else 0.012

    province = Towns(towns(8, meeting=True), MORNING, fate)
    before = province.run(51.0)
    assert {province.incidents[str(x.message.incident)].kind for x in before} == {
        Kind.SITE_DOWN,
        Kind.UPLINK_DOWN,
    }
    told = province.run(12.0)
    opened = {x.message.incident for x in told if x.message.event == "opened"}
    assert {province.incidents[str(x)].subject.id for x in opened} == {
        line(5, "vnpt"),
        line(5, "viettel"),
    }
    assert max(x.at for x in told if x.message.event == "opened") < 51 + 8
