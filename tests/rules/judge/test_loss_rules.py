"""Loss: raised when a level is reached by more than chance, cleared when it is clearly over."""

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.loss import LossJudge
from linkwatch.judge.significance import false_alarm_chance
from linkwatch.model.thresholds import Limits, Severity

CHANCE = false_alarm_chance(0.02, 1.0)
LIMITS = Limits(0.01, 0.05)
Lost = Callable[[int], bool]


class Fed:
    """A judge, told of one probe a second."""

    def __init__(self, limits: Limits = LIMITS, chance: float = CHANCE) -> None:
        self.judge = LossJudge()
        self.limits = limits
        self.chance = chance
        self.at = 0
        self.wanted = 0

    def take(self, lost: bool) -> None:
        self.wanted = 0
        if lost:
            self.wanted = self.judge.lost(float(self.at), self.limits, self.chance)
        else:
            self.judge.answered(float(self.at), self.limits)
        self.at += 1

    def run(self, probes: int, lost: Lost = lambda _: False) -> "Fed":
        for number in range(probes):
            self.take(lost(number))
        return self

    def until(self, severity: Severity, lost: Lost, most: int = 20_000) -> int:
        """How many more probes it takes until the severity stands."""
        for number in range(most):
            if self.judge.severity is severity:
                return number
            self.take(lost(number))
        raise AssertionError(f"still {self.judge.severity.name} after {most} probes")


def every(interval: int) -> Lost:
    return lambda number: number % interval == 0


@given(st.sets(st.integers(0, 59), max_size=4))
def test_up_to_four_losses_in_a_minute_never_alarm(lost: set[int]) -> None:
    fed = Fed().run(1000).run(60, lost.__contains__).run(1000)
    assert fed.judge.severity is Severity.OK
    assert fed.judge.evidence is None


@pytest.mark.parametrize(
    ("interval", "severity", "most"),
    [
        (2, Severity.CRITICAL, 15),
        (5, Severity.CRITICAL, 45),
        (10, Severity.CRITICAL, 110),
        (20, Severity.CRITICAL, 300),
        (40, Severity.WARNING, 1000),
        (90, Severity.WARNING, 9000),
    ],
)
def test_the_heavier_the_loss_the_sooner_it_is_told(
    interval: int, severity: Severity, most: int
) -> None:
    fed = Fed().run(500)
    assert fed.until(severity, every(interval)) <= most
    seen = fed.judge.evidence
    assert seen is not None
    assert seen.ratio >= (LIMITS.level(severity) or 1.0)
    assert (fed.judge.since, seen.since) == (500.0, 500.0)
    assert seen.span == seen.sent - 1
    assert fed.run(interval * 50, every(interval)).judge.severity is severity


@pytest.mark.parametrize("interval", [150, 200, 400])
def test_what_a_healthy_line_loses_is_never_told(interval: int) -> None:
    assert Fed().run(100_000, every(interval)).judge.severity is Severity.OK


@given(st.lists(st.tuples(st.integers(1, 80), st.integers(1, 40)), max_size=30))
def test_what_is_raised_has_reached_its_level(stretches: list[tuple[int, int]]) -> None:
    fed = Fed()
    for probes, interval in stretches:
        for number in range(probes):
            before = fed.judge.severity
            fed.take(every(interval)(number))
            seen = fed.judge.evidence
            if fed.judge.severity > before:
                assert seen is not None
                assert LIMITS.severity(seen.ratio) is fed.judge.severity
                assert seen.bad > 4


def test_loss_at_the_level_itself_is_told_as_critical_in_the_end() -> None:
    rng = random.Random(3)  # noqa: S311 a simulation, not a secret
    took = [
        Fed().run(300).until(Severity.CRITICAL, lambda _: rng.random() < 0.05) for _ in range(40)
    ]
    assert sorted(took)[20] < 2 * 298


def test_a_warning_becomes_critical_when_the_loss_grows_and_began_when_it_did() -> None:
    fed = Fed().run(500)
    fed.until(Severity.WARNING, every(40))
    since = fed.judge.since
    fed.until(Severity.CRITICAL, every(4))
    assert fed.judge.since == since


def test_it_clears_when_enough_was_answered_and_not_again_for_what_was_before() -> None:
    fed = Fed().run(500)
    fed.until(Severity.CRITICAL, every(5))
    assert fed.until(Severity.OK, every(1000)) in range(78, 160)
    assert fed.run(600).run(1, every(1)).run(600).judge.severity is Severity.OK


def test_it_does_not_clear_while_it_goes_on_below_the_level() -> None:
    fed = Fed().run(500)
    fed.until(Severity.CRITICAL, every(10))
    assert fed.run(3000, every(25)).judge.severity is Severity.CRITICAL


def test_from_critical_it_falls_to_the_warning_that_still_stands() -> None:
    fed = Fed().run(500)
    fed.until(Severity.CRITICAL, every(5))
    fed.run(250, every(50))
    assert fed.judge.severity is Severity.WARNING
    assert fed.until(Severity.OK, every(2000)) > 300


def test_a_level_taken_away_clears_at_once() -> None:
    fed = Fed().run(500)
    fed.until(Severity.CRITICAL, every(5))
    fed.limits = Limits(None, None)
    assert fed.run(3).judge.severity is Severity.OK


def test_a_changed_level_keeps_what_is_known_of_the_others() -> None:
    fed = Fed().run(500).run(200, every(20))
    assert fed.judge.severity is Severity.OK
    fed.limits = Limits(0.02, 0.05)
    assert fed.until(Severity.CRITICAL, every(20)) <= 100


def test_what_was_restored_falls_by_the_clear_rule_only() -> None:
    fed = Fed()
    fed.judge.restore(Severity.CRITICAL, 12.0)
    assert fed.run(77).judge.severity is Severity.CRITICAL
    assert fed.run(1).judge.severity is Severity.OK
    assert fed.judge.since == 12.0


def test_a_closer_look_is_asked_for_when_it_would_settle_the_matter() -> None:
    fed = Fed().run(500)
    asked = []
    for number in range(200):
        fed.take(every(20)(number))
        asked.append(fed.wanted)
    assert asked[0] == 0
    assert max(asked) > 0
    # So many as would allay it if all of them were answered.
    assert max(asked) <= 300


def test_no_closer_look_is_asked_for_at_what_takes_hours_to_tell() -> None:
    fed = Fed().run(500)
    for number in range(4000):
        fed.take(every(100)(number))
        assert fed.wanted == 0


def test_an_outage_leaves_nothing_behind() -> None:
    fed = Fed().run(500).run(5, every(1))
    fed.judge.restart()
    assert fed.judge.ratio is None
    fed.run(1, every(1)).run(50)
    assert fed.judge.ratio == pytest.approx(1 / 51)


def bursts(length: int, apart: int) -> Lost:
    """So many of every so many probes, one after the other."""
    return lambda number: number % apart < length


def taught(length: int, apart: int, times: int) -> Fed:
    """A judge of a target that is used to losing in bursts."""
    fed = Fed()
    for _ in range(times):
        fed.run(length, every(1)).run(apart - length)
        fed.judge.bursts.ended(length)
    return fed


def test_a_target_that_loses_in_bursts_is_measured_against_its_bursts() -> None:
    fed = taught(4, 800, 60)
    assert fed.judge.severity is Severity.OK
    assert fed.judge.bursts.again > 0.4
    three_bursts = bursts(4, 20)
    assert fed.run(60, three_bursts).judge.severity is Severity.OK
    assert Fed().run(500).run(60, three_bursts).judge.severity is Severity.CRITICAL


def test_lasting_loss_is_told_on_such_a_target_too_only_later() -> None:
    usual = Fed().run(48_000).until(Severity.CRITICAL, every(3))
    bursty = taught(4, 800, 60).until(Severity.CRITICAL, every(3))
    assert usual < bursty < 3 * usual


def history(seed: int, chances: Iterable[float]) -> list[bool]:
    rng = random.Random(seed)  # noqa: S311 a simulation, not a secret
    return [rng.random() < chance for chance in chances]


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.005, 0.03, 0.2, 0.7]))
def test_a_reload_of_the_same_levels_changes_nothing(seed: int, chance: float) -> None:
    told = history(seed, [chance] * 400)
    one, other = Fed(), Fed()
    for lost in told:
        one.take(lost)
        other.limits = Limits(0.01, 0.05)
        other.take(lost)
    assert (one.judge.severity, one.judge.evidence) == (other.judge.severity, other.judge.evidence)
