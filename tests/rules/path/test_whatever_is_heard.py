"""Whatever routers and targets answer, what is said of it holds together."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import LinkId
from linkwatch.model.path import Confidence, Hop, Segment, Trace, TraceNow, Unlocated, Whereabouts
from linkwatch.path.baseline import Baseline, Known, learn
from linkwatch.path.landmarks import Marks
from linkwatch.path.locate import Scene, broken, lossy, slow
from linkwatch.path.sides import Sign, Way, Witnesses

TARGET = "10.9.9.9"
routers = st.sampled_from([f"10.0.0.{number}" for number in range(1, 7)])
some = st.lists(routers, max_size=2, unique=True).map(tuple)
places = st.frozensets(routers, max_size=2)
counts = st.integers(0, 5)
delays = st.none() | st.floats(0, 2)
hops = st.builds(
    lambda lost, e, a, r, by, no, soonest: Hop(
        lost + e + a + r, e, a, r, by if e else (), no if r else (), soonest
    ),
    *(counts, counts, counts, counts, some, some, delays),
)
known = st.builds(
    lambda asked, heard, by, soonest: Known(asked, min(asked, heard), by, soonest),
    *(st.integers(1, 24), st.integers(0, 24), some, delays),
)
baselines = st.builds(Baseline, st.just(TARGET), st.lists(known, min_size=1, max_size=6).map(tuple))


def traced(found: list[Hop], ours: bool) -> Trace:
    """As a tally gives it: there is nothing beyond where the target was reached."""
    wanted = TraceNow(LinkId("a"), 0, len(found))
    end = next((n for n, hop in enumerate(found, 1) if hop.arrived), len(found))
    return Trace(wanted, TARGET, 10.0, 11.0, tuple(found[:end]), ours)


traces = st.builds(traced, st.lists(hops, max_size=7), st.booleans())
marks = st.builds(Marks, places, places, places, st.booleans())
witnesses = st.builds(
    Witnesses, st.sampled_from(Sign), st.sampled_from(Sign), st.none() | routers, places
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    found = draw(marks)
    return Scene(Way(draw(baselines), found), found, draw(witnesses), draw(traces))


def holds_together(said: Whereabouts | Unlocated, scene: Scene) -> None:
    if isinstance(said, Unlocated):
        return
    assert (said.segment is None) == (said.confidence is None)
    assert said.segment is not None or said.last_reply is not None
    heard = {router for hop in scene.trace.hops for router in (*hop.routers, *hop.refusing)}
    others = {*scene.witnesses.alive, scene.witnesses.carrier_end}
    assert said.last_reply is None or said.last_reply in heard | others
    assert not scene.trace.is_ours
    if not scene.way.baseline.is_settled:
        assert said.confidence is not Confidence.LIKELY
    if said.segment is Segment.SITE:
        assert scene.marks.ends_at_site


@given(scenes())
def test_of_a_dead_line(scene: Scene) -> None:
    said = broken(scene)
    holds_together(said, scene)
    if scene.trace.distance is not None:
        assert isinstance(said, Unlocated)


@given(scenes(), st.floats(0, 1))
def test_of_a_line_that_loses(scene: Scene, loss: float) -> None:
    said = lossy(scene, loss)
    holds_together(said, scene)
    assert isinstance(said, Unlocated) or said.confidence is not Confidence.LIKELY


@given(scenes())
def test_of_a_line_that_is_late(scene: Scene) -> None:
    said = slow(scene)
    holds_together(said, scene)
    assert isinstance(said, Unlocated) or said.confidence is not Confidence.LIKELY


@given(st.lists(traces, max_size=8))
def test_of_what_is_learnt(seen: list[Trace]) -> None:
    baseline = None
    for trace in seen:
        baseline = learn(baseline, trace)
        if baseline is not None:
            assert baseline.distance >= 1
            assert all(0 <= hop.reliability < 1 for hop in baseline.hops)
