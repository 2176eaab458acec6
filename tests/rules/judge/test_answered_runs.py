"""Many answers in one go are what they are one by one: nothing is judged by another rule."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.judge.link import LinkJudge
from linkwatch.judge.target import TargetJudge
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.measurement import AnsweredRun, Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Place, Target
from support.province import MORNING, WAN, inventory, moment

KNOWN = 0.125
"""s from sending a probe until its end is known: exact in binary, as the spacings are."""
TARGETS = (Target("127.0.17.10"), Target("127.0.17.20", Place.SITE))

runs = st.tuples(
    st.just("run"),
    st.integers(0, 1),
    st.integers(1, 700),
    st.sampled_from([0.25, 1.0, 4.0]),
    st.sampled_from([0.010, 0.011, 0.060, 0.120]),
)
losses = st.tuples(
    st.just("lost"), st.integers(0, 1), st.integers(1, 8), st.just(0.25), st.just(0.0)
)
overdues = st.tuples(
    st.just("overdue"), st.integers(0, 1), st.integers(1, 3), st.just(0.25), st.just(0.0)
)
untimed = st.tuples(
    st.just("untimed"), st.integers(0, 1), st.integers(1, 2), st.just(1.0), st.just(0.0)
)
histories = st.lists(st.one_of(runs, losses, overdues, untimed), max_size=14)


def inside(thing: object) -> object:
    """Everything an object holds, as plain values."""
    if isinstance(thing, dict):
        return {key: inside(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple) or type(thing).__name__ == "deque":
        assert isinstance(thing, Iterable)
        return [inside(value) for value in thing]
    if not type(thing).__module__.startswith("linkwatch.judge"):
        return thing
    if isinstance(thing, TargetJudge):
        _ = thing.loss  # whoever asks for a figure makes it count what it has passed by
    names = getattr(type(thing), "__slots__", None) or vars(thing)
    return {name: inside(getattr(thing, name)) for name in names}


class Trio:
    """Judges of one link: one takes answers singly, one in one go, and one as the engine does."""

    def __init__(self, standing: Finding | None) -> None:
        link = replace(inventory().links[WAN], targets=TARGETS)
        verified = [t.address for t in TARGETS]
        start = moment(MORNING, 0.0)
        self.singly = LinkJudge(link, verified, 0.02, start)
        self.at_once = LinkJudge(link, verified, 0.02, start)
        self.in_passing = LinkJudge(link, verified, 0.02, start)
        self.passed = 0
        self.seconds = 0.0
        for judge in (self.singly, self.at_once, self.in_passing):
            if standing is not None:
                judge.restore(standing, start)

    def play(self, what: str, target: int, probes: int, spacing: float, rtt: float) -> None:
        first = 1000.0 + self.seconds
        self.seconds += probes * spacing
        last = first + (probes - 1) * spacing
        if what == "run":
            run = AnsweredRun(WAN, target, probes, first, spacing, rtt)
            found: list[Finding] = []
            for result in run.results():
                found += self._singly(result)
            assert list(self.at_once.take_run(run, self._known(last))) == found
        else:
            for number in range(probes):
                self._both(what, target, first + number * spacing)
        for other in (self.at_once, self.in_passing):
            assert other.state is self.singly.state
        assert self.at_once.doubt() == self.in_passing.doubt() == self.singly.doubt()
        assert inside(self.at_once) == inside(self.singly)
        assert inside(self.in_passing) == inside(self.singly)

    def _singly(self, result: ProbeResult) -> list[Finding]:
        now = self._known(result.sent_at)
        found = list(self.singly.take(result, now))
        if self.in_passing.pass_by(result, now):
            self.passed += 1
            assert found == []
        else:
            assert list(self.in_passing.take(result, now)) == found
        return found

    def _both(self, what: str, target: int, sent_at: float) -> None:
        now = self._known(sent_at)
        if what == "overdue":
            overdue = Overdue(WAN, target, sent_at)
            found = self.singly.suspect(overdue, now)
            assert self.at_once.suspect(overdue, now) == found
            assert self.in_passing.suspect(overdue, now) == found
            return
        outcome = Outcome.NO_REPLY if what == "lost" else Outcome.ANSWERED
        result = ProbeResult(WAN, target, sent_at, outcome)
        assert list(self.at_once.take(result, now)) == self._singly(result)

    def _known(self, sent_at: float) -> Moment:
        return moment(MORNING, sent_at - 1000.0 + KNOWN)


def standing(kind: Kind) -> Finding:
    family = Family.NO_DATA if kind is Kind.NO_DATA else Family.QUALITY
    return Finding(Subject.of_link(WAN), family, Severity.CRITICAL, MORNING, kind)


earlier = st.sampled_from(
    [None, *map(standing, (Kind.DOWN, Kind.LOSS, Kind.LATENCY, Kind.JITTER, Kind.NO_DATA))]
)


@settings(deadline=None)
@given(earlier, histories)
def test_a_run_of_answers_is_what_its_probes_are_one_by_one(
    before: Finding | None, history: list[tuple[str, int, int, float, float]]
) -> None:
    trio = Trio(before)
    for event in history:
        trio.play(*event)


def test_a_long_run_is_taken_without_a_step_for_each_probe() -> None:
    trio = Trio(None)
    run = AnsweredRun(WAN, 0, 10**9, 1000.0, 1.0, 0.010)
    assert trio.at_once.take_run(run, moment(MORNING, 1e9)) == []
    later = AnsweredRun(WAN, 0, 10**9, 1000.0 + 1e9, 1.0, 0.010)
    assert trio.at_once.take_run(later, moment(MORNING, 2e9)) == []


def test_what_most_answers_are_is_taken_in_passing() -> None:
    trio = Trio(None)
    for second in range(600):
        trio.play("run", second % 2, 1, 1.0, 0.010 + second % 7 / 10_000)
    assert trio.passed > 580
