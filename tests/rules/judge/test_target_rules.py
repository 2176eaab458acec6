"""A target's delay: what is usual counts, a stray reply does not."""

import random
from collections.abc import Callable

import pytest

from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.target import TargetJudge
from linkwatch.model.finding import Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.thresholds import Metric, Severity
from support.province import THRESHOLDS

CHANCE = false_alarm_chance(0.02, 1.0)
LINK = LinkId("a")
Rtt = Callable[[random.Random], float]


class Fed:
    """A verified target, told of one reply a second."""

    def __init__(self) -> None:
        self.judge = TargetJudge(verified=True)
        self.rng = random.Random(7)  # noqa: S311 a simulation, not a secret
        self.at = 0.0
        self.found: list[tuple[Kind, Severity]] = []

    def run(self, replies: int, rtt: Rtt) -> "Fed":
        for _ in range(replies):
            result = ProbeResult(LINK, 0, self.at, Outcome.ANSWERED, rtt(self.rng))
            self.judge.take(result, THRESHOLDS, CHANCE, self.at)
            self.at += 1.0
            symptom = self.judge.symptom(THRESHOLDS)
            if symptom is not None and (symptom.kind, symptom.severity) not in self.found:
                self.found.append((symptom.kind, symptom.severity))
                value = symptom.measured[Metric(symptom.kind)]
                assert value >= symptom.threshold[Metric(symptom.kind)]
        return self


def steady(rng: random.Random) -> float:
    return 0.010 + rng.random() * 0.001


@pytest.mark.parametrize(
    "rtt",
    [
        lambda rng: 0.300 if rng.random() < 0.02 else steady(rng),
        lambda rng: 0.035 + steady(rng) + (0.010 if rng.random() < 0.2 else 0.0),
        lambda rng: 0.024 if rng.random() < 0.5 else steady(rng),
    ],
    ids=["one in fifty strays far", "one in five is a little slow", "two ways"],
)
def test_a_tail_is_not_told(rtt: Rtt) -> None:
    assert Fed().run(20_000, rtt).found == []


def test_a_line_that_jumps_all_the_time_is_unsteady() -> None:
    fed = Fed().run(100, steady)
    fed.run(300, lambda rng: 0.010 + rng.random() * 0.030)
    assert fed.found == []
    fed.run(300, lambda rng: 0.001 + rng.random() * 0.048)
    assert fed.found == [(Kind.JITTER, Severity.WARNING)]
    fed.run(300, lambda rng: 0.002 + rng.expovariate(1 / 0.040))
    assert (Kind.JITTER, Severity.CRITICAL) in fed.found
    assert fed.run(60, steady).judge.symptom(THRESHOLDS) is None


def test_a_delay_that_rises_is_told_with_its_median_and_is_steady_again() -> None:
    fed = Fed().run(100, steady)
    fed.run(12, lambda rng: 0.080 + steady(rng))
    assert fed.found == [(Kind.LATENCY, Severity.WARNING)]
    assert fed.run(40, steady).judge.symptom(THRESHOLDS) is None
    assert fed.judge.good_since == 112.0


def test_a_delay_that_was_long_uneven_is_told_when_it_has_risen_for_good() -> None:
    fed = Fed().run(3000, lambda rng: 0.035 + steady(rng) + (0.010 if rng.random() < 0.3 else 0))
    fed.found.clear()
    fed.run(20_000, lambda rng: 0.035 + steady(rng) + (0.010 if rng.random() < 0.3 else 0))
    assert fed.found == []
    fed.run(60, lambda rng: 0.045 + steady(rng))
    assert fed.found == [(Kind.LATENCY, Severity.WARNING)]


def test_answers_that_nobody_could_time_say_nothing_of_delay() -> None:
    judge = TargetJudge(verified=False)
    for second in range(100):
        judge.take(ProbeResult(LINK, 0, second, Outcome.ANSWERED), THRESHOLDS, CHANCE, second)
    assert (*judge.rtt(0.5), judge.jitter, judge.loss) == (None, None, 0.0)
    assert judge.symptom(THRESHOLDS) is None
