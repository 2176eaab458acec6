"""Traces on the wire: what real packets through scripted routers tell, and what they cost."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome
from linkwatch.model.path import Confidence, Segment, Unlocated, Whereabouts
from linkwatch.path.baseline import Baseline
from linkwatch.path.book import PathBook
from linkwatch.path.locate import Scene, broken, lossy, slow
from linkwatch.path.sides import Sign, Way, Witnesses
from linkwatch.runtime.tracing import LONGEST, ROUNDS, SLOW, SURVEY_ROUNDS, URGENT
from support.icmp_peer import SOCKETS, Sockets
from support.netns import requires_root
from support.walks import V4, V6, Names, Walked, config, look, marks, survey, walk

pytestmark = requires_root

BOTH = pytest.mark.parametrize("names", [V4, V6], ids=["v4", "v6"])
DEAD = "loss: 100%"
HERE, ACCESS, CORE = Segment.PROVINCE_SIDE, Segment.CARRIER_ACCESS, Segment.CARRIER_CORE
POWERED = Witnesses(site=Sign.WELL, uplink=Sign.WELL)


def network(names: Names, ways: list[str]) -> str:
    """A script with a way to each site, and to the carrier's end."""
    lines = ["addresses:", f"  '{names.end}': {{delay: 1ms}}"]
    lines += [f"  '{names.of(n)}': {way}" for n, way in enumerate(ways, 1)]
    return "\n".join(lines)


def usual(names: Names) -> str:
    return f"{{delay: 2ms, hops: {names.hops()}}}"


def known(names: Names, ways: list[str], home: Path, looks: int = 2) -> PathBook:
    """The ways as they are while all is well: felt for, then looked at so many times."""
    count = len(ways)
    wanted = [survey(n) for n in range(1, count + 1)]
    wanted += [survey(n, 5) for _ in range(looks) for n in range(1, count + 1)]
    seen = walk(config(names, count), network(names, ways), wanted, home / "well.csv")
    book = PathBook()
    for traces in seen.traces.values():
        assert len(traces) == 1 + looks
        for trace in traces:
            book.learn(trace)
    return book


def ways_of(
    names: Names, home: Path, *now: str, before: list[str] | None = None, looks: int = 2
) -> tuple[list[Way], Walked]:
    """The ways as they were, and what is seen now that they are so."""
    count = len(now)
    book = known(names, before or [usual(names)] * count, home, looks)
    whole = config(names, count)
    ways = []
    for number in range(1, count + 1):
        baseline = book.known(LinkId(f"w{number}"))
        assert baseline is not None
        ways.append(Way(baseline, marks(whole, number)))
    wanted = [look(number) for number in range(1, count + 1)]
    return ways, walk(whole, network(names, list(now)), wanted, home / "now.csv")


def scenes(
    names: Names,
    home: Path,
    *now: str,
    witnesses: Witnesses = POWERED,
    before: list[str] | None = None,
    looks: int = 2,
) -> list[Scene]:
    ways, seen = ways_of(names, home, *now, before=before, looks=looks)
    whole = config(names, len(now))
    return [
        Scene(way, marks(whole, number), witnesses, seen.traces[number][0])
        for number, way in enumerate(ways, 1)
    ]


@BOTH
def test_a_way_is_known_by_its_hops(names: Names, tmp_path: Path) -> None:
    baseline = known(names, [usual(names)], tmp_path).known(LinkId("w1"))
    assert isinstance(baseline, Baseline)
    assert baseline.is_settled
    asked = 1 + 2 * SURVEY_ROUNDS
    assert [(hop.asked, hop.heard, hop.routers) for hop in baseline.hops] == [
        (asked, asked, (names.gateway,)),
        (asked, asked, (names.core,)),
        (asked, 0, ()),
        (asked, asked, (names.end,)),
        (asked, asked, ()),
    ]


@BOTH
def test_where_it_breaks_off(names: Names, tmp_path: Path) -> None:
    cut = f"{{delay: 2ms, {DEAD}, hops: {names.hops()}}}"
    refused = f"{{hops: {names.hops()}, error: {{host_unreachable: 100%, from: '{names.end}'}}}}"
    no_core = f"{{hops: {names.hops(core=names.hop('core', DEAD))}}}"
    no_route = f"{{hops: {names.hops(core=names.hop('core', 'refuses: net_unreachable'))}}}"
    no_gateway = f"{{hops: {names.hops(gateway=names.hop('gateway', DEAD))}}}"
    cases = (cut, refused, no_core, no_route, no_gateway, usual(names))
    seen = scenes(names, tmp_path, *cases)
    assert [broken(scene) for scene in seen] == [
        Whereabouts(names.end, ACCESS, Confidence.LIKELY),
        Whereabouts(names.end, ACCESS, Confidence.LIKELY),
        Whereabouts(names.gateway, CORE, Confidence.POSSIBLE),
        Whereabouts(names.core),
        Unlocated.UNDECIDED,
        Unlocated.ANSWERS,
    ]
    # Our own line is said to answer, so that the gateway's silence tells as little as the others';
    # without that the gateway is suspected.
    alone = [broken(replace(scene, witnesses=Witnesses())) for scene in seen]
    assert alone == [
        Whereabouts(names.end, ACCESS, Confidence.POSSIBLE),
        Whereabouts(names.end, ACCESS, Confidence.POSSIBLE),
        Whereabouts(names.gateway),
        Whereabouts(names.core),
        Whereabouts(None, HERE, Confidence.LIKELY),
        Unlocated.ANSWERS,
    ]


@BOTH
def test_from_where_on_it_loses_and_delays(names: Names, tmp_path: Path) -> None:
    late = f"{{delay: 2ms, hops: {names.hops(end=names.hop('end', 'delay: 80ms'))}}}"
    slow_last = f"{{delay: 90ms, hops: {names.hops()}}}"
    slow_to_tell = names.hop("core", "answers: 0%")
    mute = f"{{delay: 90ms, hops: {names.hops(core=slow_to_tell)}}}"
    well = usual(names)
    found = [slow(scene) for scene in scenes(names, tmp_path, late, slow_last, mute, well)]
    assert found == [
        Whereabouts(names.core),  # behind it is one that says nothing: core or access
        Whereabouts(names.end, ACCESS, Confidence.POSSIBLE),
        Whereabouts(names.end, ACCESS, Confidence.POSSIBLE),
        Unlocated.TOO_LITTLE,
    ]


@BOTH
def test_a_line_that_loses_nearly_all_is_told_from_those_before_it(
    names: Names, tmp_path: Path
) -> None:
    lossy_end = f"{{delay: 2ms, loss: 90%, hops: {names.hops()}}}"
    ways = [lossy_end] * 4
    found = {lossy(scene, 0.9) for scene in scenes(names, tmp_path, *ways)}
    named = Whereabouts(names.end, ACCESS, Confidence.POSSIBLE)
    # By chance none of a few pings is lost; that is said, and nothing else.
    assert named in found
    assert found <= {named, Unlocated.ANSWERS}


@BOTH
def test_a_router_that_tells_of_few_is_no_fault(names: Names, tmp_path: Path) -> None:
    limited = names.hops(
        core=names.hop("core", "per_second: 0.1"), end=names.hop("end", "per_second: 0.1")
    )
    cut = f"{{delay: 2ms, {DEAD}, hops: {limited}}}"
    first, second, third = scenes(names, tmp_path, cut, cut, cut, witnesses=Witnesses())
    for scene in (first, second, third):
        found = broken(scene)
        # Whose turn it was to be told of is chance; that the core is dead is never likely.
        assert isinstance(found, Whereabouts)
        assert found.confidence is not Confidence.LIKELY
    reached = Witnesses(carrier_end=names.end)
    for scene in (first, second, third):
        seen = Scene(scene.way, scene.marks, reached, scene.trace)
        assert broken(seen) == Whereabouts(names.end, ACCESS, Confidence.POSSIBLE)


@BOTH
def test_ways_beside_each_other_and_answers_that_come_back_another_way(
    names: Names, tmp_path: Path
) -> None:
    both = f"{{addresses: ['{names.core}', '{names.other}']}}"
    dead_core = f"{{addresses: ['{names.core}', '{names.other}'], {DEAD}}}"
    astray = names.hop("core", "answers: 0%")
    beside = f"{{delay: 2ms, hops: {names.hops(core=both)}}}"
    before = [beside, beside, usual(names)]
    cut = f"{{delay: 2ms, {DEAD}, hops: {names.hops(core=both)}}}"
    no_core = f"{{hops: {names.hops(core=dead_core)}}}"
    one_way = f"{{delay: 2ms, {DEAD}, hops: {names.hops(core=astray)}}}"
    # So often that neither of the two is missed by chance.
    seen = scenes(names, tmp_path, cut, no_core, one_way, before=before, looks=7)
    assert set(seen[0].way.baseline.hops[1].routers) == {names.core, names.other}
    assert [broken(scene) for scene in seen] == [
        # Behind both of them the way is one again.
        Whereabouts(names.end, ACCESS, Confidence.LIKELY),
        Whereabouts(names.gateway, CORE, Confidence.POSSIBLE),
        # The silence of a hop before one that answers says nothing.
        Whereabouts(names.end, ACCESS, Confidence.LIKELY),
    ]


@BOTH
def test_what_traces_cost_and_that_probes_do_not_notice(names: Names, tmp_path: Path) -> None:
    _, seen = ways_of(names, tmp_path, usual(names), f"{{{DEAD}, hops: {names.hops()}}}")
    assert (seen.late, seen.rejected) == (0, {})
    for number, at_target in ((1, Outcome.ANSWERED), (2, Outcome.NO_REPLY)):
        [trace] = seen.traces[number]
        assert [hop.asked for hop in trace.hops] == [ROUNDS] * 5
        assert not trace.is_ours
        ends = {(r.target, r.outcome) for r in seen.results if r.link == f"w{number}"}
        assert ends <= {(0, Outcome.ANSWERED), (1, at_target)}
        probes = [r for r in seen.results if r.link == f"w{number}" and r.target == 1]
        sent = seen.packets[names.of(number)]
        # What was under way when all ended has no result yet.
        assert 0 <= sent - len(probes) - ROUNDS * 5 <= 2


def test_a_storm_of_incidents_is_looked_at_a_few_at_a_time(tmp_path: Path) -> None:
    count, distance = 500, 4
    hops = f"['{V6.gateway}', '{V6.core}', '{V6.end}']"
    refused = f"{{hops: {hops}, error: {{host_unreachable: 100%, from: '{V6.end}'}}}}"
    script = f"addresses:\n  '{V6.site}/64': {refused}"
    whole = config(V6, count, interval=600.0, max_pps=20.0)
    wanted = [look(number, distance) for number in range(1, count + 1)]
    seen = walk(whole, script, wanted, tmp_path / "storm.csv")
    traces = [trace for each in seen.traces.values() for trace in each]
    assert len(seen.traces) == len(traces) == count
    began = Counter(trace.began_at for trace in traces)
    ended = Counter(trace.ended_at for trace in traces)
    under_way = most = 0
    for at in sorted(began | ended):
        under_way += began[at] - ended[at]
        most = max(most, under_way)
    assert most <= URGENT + SLOW
    per_trace = ROUNDS * distance
    own = Counter(r.link for r in seen.results if r.target == 1)
    for number in range(1, count + 1):
        assert sum(hop.asked for hop in seen.traces[number][0].hops) == per_trace
        assert 0 <= seen.packets[V6.of(number)] - own[LinkId(f"w{number}")] - per_trace <= 1
    # None of all these was lost on the way back: what is said of each rests on all its pings.
    assert (seen.late, seen.rejected) == (0, {})
    assert {trace.hops[-1].refused for trace in traces} == {ROUNDS}
    assert not any(trace.is_ours for trace in traces)


@pytest.mark.parametrize("sockets", SOCKETS, ids=str)
@BOTH
def test_every_way_of_probing_sees_the_same(names: Names, sockets: Sockets, tmp_path: Path) -> None:
    script = network(names, [usual(names)])
    seen = walk(config(names, 1), script, [survey(1), look(1)], tmp_path / "l", sockets.kind)
    felt, swept = seen.traces[1]
    assert felt.distance == swept.distance == 5
    assert [hop.routers for hop in swept.hops] == [
        *((names.gateway,), (names.core,), (), (names.end,), ())
    ]
    assert swept.ended_at - swept.began_at < LONGEST + 5.0
    assert all(hop.soonest is not None for hop in swept.hops if hop.routers)
