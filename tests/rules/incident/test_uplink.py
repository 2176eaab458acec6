"""Our own uplink: what is silent for its sake, and what never is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.incident.uplink import Standing
from linkwatch.model.ids import LinkId
from linkwatch.model.uplink import Carriage, Echo, Ground, Vicinity
from support.uplink import Lives, Prober, province

CUT = 20.0
INTERVALS = pytest.mark.parametrize("interval", [1.0, 5.0])
SIZES = pytest.mark.parametrize(
    "links", [{"vnpt": 30, "viettel": 30}, {"vnpt": 216, "viettel": 24}]
)


def carrier_of(link: LinkId) -> str:
    return link.partition("-")[0]


def number_of(link: LinkId) -> int:
    return int(link.partition("-")[2])


def dead_from(at: float, until: float = 1e9) -> Lives:
    return lambda _, sent: not at <= sent < until


@INTERVALS
@SIZES
def test_a_dead_uplink_is_known_before_anybody_is_paged(
    interval: float, links: dict[str, int]
) -> None:
    prober = Prober(province(links, 17), interval, dead_from(CUT))
    seen = prober.run(CUT + 10)
    died_at = seen.died_at()
    assert died_at is not None
    assert died_at < CUT + 2
    assert seen.told() == {}
    assert len(seen.excuses) == sum(links.values())
    assert prober.rule.death is not None
    assert prober.rule.death.ground is Ground.COMMON
    assert CUT <= prober.rule.death.since < CUT + 1


@INTERVALS
@SIZES
def test_one_carriers_outage_is_its_own_whatever_its_share(
    interval: float, links: dict[str, int]
) -> None:
    # Of the other carrier's links every fifth has a fault of its own at the same time.
    def lives(link: LinkId, sent: float) -> bool:
        return sent < CUT or (carrier_of(link) == "viettel" and number_of(link) % 5 > 0)

    prober = Prober(province(links, 17), interval, lives)
    seen = prober.run(CUT + 15)
    assert seen.died_at() is None
    ill = {link for link in prober.members if not lives(link, CUT)}
    assert set(seen.told()) == ill
    first = {link: said[0][0] for link, said in seen.excuses.items()}
    assert all(at - first[link] < 1.0 for link, at in seen.told().items())


@INTERVALS
def test_a_district_cut_takes_both_carriers_links_and_is_theirs(interval: float) -> None:
    members = province({"vnpt": 60, "viettel": 60}, 6)

    def lives(link: LinkId, sent: float) -> bool:
        return sent < CUT or members[link].area != "d3"

    prober = Prober(members, interval, lives)
    seen = prober.run(CUT + 15)
    assert seen.died_at() is None
    assert set(seen.told()) == {link for link, m in members.items() if m.area == "d3"}


def test_it_is_well_again_once_enough_answers_for_a_while() -> None:
    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, dead_from(CUT, CUT + 20))
    seen = prober.run(CUT + 24.5)
    assert seen.standings[-1][1] is Standing.DEAD
    assert prober.run(CUT + 27).standings[-1][1] is Standing.CLEAR
    assert CUT + 20 <= prober.rule.well_since < CUT + 21


def test_a_short_sign_of_life_is_no_recovery() -> None:
    def lives(_: LinkId, sent: float) -> bool:
        return sent < CUT or CUT + 10 <= sent < CUT + 12

    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives)
    prober.run(CUT + 30)
    assert prober.rule.standing is Standing.DEAD


def test_what_fell_silent_in_a_lapse_is_known_at_its_end() -> None:
    early, later = LinkId("vnpt-3"), LinkId("viettel-4")

    def lives(link: LinkId, sent: float) -> bool:
        return not (link == early and sent >= CUT - 3) and not CUT <= sent < CUT + 0.8

    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives)
    assert prober.run(CUT + 0.75).died_at() is None
    before = prober.rule.lapse
    assert prober.run(CUT + 1.5).died_at() is None
    lapse = prober.rule.lapse
    assert before is None
    assert lapse is not None
    assert CUT - 0.1 < lapse.since < CUT
    assert CUT + 0.8 <= lapse.until < CUT + 0.9
    assert later in lapse.links
    assert early not in lapse.links
    assert not lapse.repeated


@pytest.mark.parametrize(("pause", "repeated"), [(20.0, True), (70.0, False)])
def test_a_lapse_soon_after_another_is_a_repeated_one(pause: float, repeated: bool) -> None:
    def lives(_: LinkId, sent: float) -> bool:
        return not CUT <= sent < CUT + 0.8 and not CUT + pause <= sent < CUT + pause + 0.8

    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives)
    prober.run(CUT + pause + 2)
    assert prober.rule.lapse is not None
    assert prober.rule.lapse.repeated is repeated


def test_one_carriers_silence_is_no_lapse() -> None:
    def lives(link: LinkId, sent: float) -> bool:
        return carrier_of(link) == "vnpt" or not CUT <= sent < CUT + 0.8

    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives)
    prober.run(CUT + 3)
    assert prober.rule.lapse is None


def test_what_fell_before_stays_the_links_own() -> None:
    early = LinkId("vnpt-3")

    def lives(link: LinkId, sent: float) -> bool:
        return sent < (CUT - 2 if link == early else CUT)

    seen = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives).run(CUT + 10)
    assert set(seen.told()) == {early}
    assert seen.died_at() is not None


@pytest.mark.parametrize("stays", ["references", "one link"])
def test_whatever_answers_through_it_proves_it(stays: str) -> None:
    def lives(link: LinkId, sent: float) -> bool:
        return sent < CUT or (stays == "one link" and link == "viettel-7")

    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives)
    prober.run(CUT)
    while prober.now < CUT + 10:
        prober.run(prober.now + 0.5)
        if stays == "references":
            prober.rule.proven("reference 1", prober.now - 0.1)
    assert prober.seen.died_at() is None
    assert len(prober.seen.told()) >= 59


def test_with_one_carrier_alone_nothing_is_common() -> None:
    seen = Prober(province({"vnpt": 60}, 17), 1.0, dead_from(CUT)).run(CUT + 10)
    assert seen.died_at() is None
    assert len(seen.told()) == 60


@pytest.mark.parametrize(
    ("near", "ground"),
    [
        (Vicinity(interface=Carriage.DOWN), Ground.INTERFACE_DOWN),
        (Vicinity(Carriage.UP, gateway=Echo.SILENT), Ground.GATEWAY_SILENT),
    ],
)
def test_what_is_wrong_on_our_side_needs_no_second_carrier(near: Vicinity, ground: Ground) -> None:
    prober = Prober(province({"vnpt": 20}, 17), 1.0, dead_from(CUT))
    prober.run(CUT + 0.5)
    prober.near = near
    seen = prober.run(CUT + 10)
    assert seen.told() == {}
    assert prober.rule.death is not None
    assert prober.rule.death.ground is ground


def test_a_gateway_that_does_not_answer_is_nothing_while_links_do() -> None:
    prober = Prober(province({"vnpt": 20, "viettel": 3}, 17), 5.0, lambda *_: True)
    prober.near = Vicinity(Carriage.UP, gateway=Echo.SILENT)
    assert prober.run(60).standings[-1][1] is Standing.CLEAR
    assert prober.seen.died_at() is None


@pytest.mark.parametrize(
    "near",
    [
        Vicinity(Carriage.UP, Echo.ANSWERS, Echo.SILENT, Echo.SILENT),
        Vicinity(Carriage.UP, Echo.ANSWERS, Echo.ANSWERS, Echo.SILENT),
        Vicinity(Carriage.UP, Echo.ANSWERS, Echo.SILENT, Echo.UNTOLD),
        Vicinity(Carriage.UNKNOWN, Echo.ANSWERS, Echo.SILENT, Echo.SILENT),
    ],
)
def test_the_carrier_of_the_uplink_answers_only_for_its_line(near: Vicinity) -> None:
    prober = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, dead_from(CUT))
    prober.near = near
    prober.run(CUT + 5)
    assert prober.rule.death is not None
    all_said = Vicinity(Carriage.UP, Echo.ANSWERS, Echo.SILENT, Echo.SILENT)
    expected = Ground.ACCESS if near == all_said else Ground.COMMON
    assert prober.rule.death.ground is expected


def test_what_this_host_cannot_send_is_its_own_fault() -> None:
    prober = Prober(province({"vnpt": 20}, 17), 1.0, dead_from(CUT))
    prober.run(CUT)
    prober.can_send = False
    prober.run(CUT + 3)
    assert prober.rule.death is not None
    assert prober.rule.death.ground is Ground.CANNOT_SEND


def test_a_lone_lost_probe_asks_nobody() -> None:
    def lives(link: LinkId, sent: float) -> bool:
        return not (link == "vnpt-4" and CUT <= sent < CUT + 1.01)

    seen = Prober(province({"vnpt": 30, "viettel": 30}, 17), 1.0, lives).run(CUT + 10)
    assert (seen.asked, seen.excuses) == (0, {})
    assert {standing for _, standing in seen.standings} == {Standing.CLEAR}


@given(
    share=st.integers(2, 40),
    others=st.integers(4, 40),
    faults=st.sets(st.integers(0, 39), max_size=12),
    apart=st.floats(-4.0, 4.0),
    interval=st.sampled_from([1.0, 5.0]),
    over=st.floats(0.0, 5.0),
)
@settings(max_examples=60, deadline=None)
def test_no_carriers_outage_is_ever_hidden(
    *, share: int, others: int, faults: set[int], apart: float, interval: float, over: float
) -> None:
    """Whatever else fails at the second carrier, as long as one link of it answers."""
    members = province({"a": share * 10, "b": others}, 17)
    faulty = {LinkId(f"b-{n}") for n in faults if n < others - 1}

    def lives(link: LinkId, sent: float) -> bool:
        if link in faulty:
            return sent < CUT + apart
        return carrier_of(link) == "b" or sent < CUT + over * (number_of(link) % 10) / 10

    prober = Prober(members, interval, lives)
    seen = prober.run(CUT + 16)
    assert seen.died_at() is None
    assert set(seen.told()) == {x for x in members if not lives(x, CUT + 10)}


@given(
    a=st.integers(6, 60),
    b=st.integers(6, 60),
    areas=st.integers(4, 17),
    interval=st.sampled_from([0.5, 1.0, 2.0, 5.0]),
    ill=st.sets(st.integers(0, 5), max_size=2),
)
@settings(max_examples=60, deadline=None)
def test_no_carrier_is_ever_paged_for_a_dead_uplink(
    a: int, b: int, areas: int, interval: float, ill: set[int]
) -> None:
    """Whatever was dead before, of both carriers' links."""
    before = {LinkId(f"{carrier}-{n}") for carrier in "ab" for n in ill}

    def lives(link: LinkId, sent: float) -> bool:
        return sent < CUT and link not in before

    prober = Prober(province({"a": a, "b": b}, areas), interval, lives)
    seen = prober.run(CUT + 12)
    assert seen.died_at() is not None
    assert set(seen.told()) == before
