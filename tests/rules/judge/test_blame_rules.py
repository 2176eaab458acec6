"""A link that others accuse of losing: how likely that is by its own probes, and what follows."""

from collections.abc import Callable

import pytest

from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import LinkKind, Target
from support.province import CHU_SE, NIGHT, VNPT, WAN, link, moment

WELL = 60
"""s of answers before the loss."""
SINCE = 1000.0 + WELL


def judged(seconds: int, lost: Callable[[int], bool]) -> LinkJudge:
    """Asked once a second: answered for a minute, then as `lost` says."""
    target = Target("127.0.17.10")
    known = link(WAN, CHU_SE, LinkKind.WAN, VNPT, (target,))
    judge = LinkJudge(known, {target.address}, 0.02, moment(NIGHT, 0))
    for at in range(WELL + seconds):
        gone = at >= WELL and lost(at - WELL)
        outcome = Outcome.NO_REPLY if gone else Outcome.ANSWERED
        result = ProbeResult(WAN, 0, 1000.0 + at, outcome, None if gone else 0.012)
        if not judge.pass_by(result, moment(NIGHT, at + 0.012)):
            judge.take(result, moment(NIGHT, at + 1.0))
    return judge


def odds(judge: LinkJudge, seconds: int) -> float:
    found = judge.odds_of_losing(0.1, 0.005, SINCE, moment(NIGHT, WELL + seconds))
    assert found is not None
    return found


def test_the_odds_are_those_of_so_many_lost_and_answered() -> None:
    assert odds(judged(20, lambda n: n in (9, 12)), 20) == pytest.approx(
        2 * 2.9957 + 18 * -0.10035, abs=0.01
    )
    assert odds(judged(20, lambda n: False), 20) == pytest.approx(20 * -0.10035, abs=0.01)


def test_a_link_that_is_down_or_unheard_tells_nothing_of_its_loss() -> None:
    dead = judged(20, lambda n: True)
    assert dead.state is LinkState.DOWN
    now = moment(NIGHT, WELL + 20)
    assert dead.odds_of_losing(0.1, 0.005, SINCE, now) is None
    assert dead.take_blame(SINCE, now) == ()
    unheard = LinkJudge(dead.link, {"127.0.17.10"}, 0.02, now)
    assert unheard.odds_of_losing(0.1, 0.005, SINCE, now) is None
    assert judged(20, lambda n: False).odds_of_losing(0.0, 0.0, SINCE, now) is None


def test_it_takes_the_blame_by_its_own_levels_and_is_well_again_by_the_clear_rule() -> None:
    judge = judged(40, lambda n: n in (9, 22))
    assert {judge.state} == {LinkState.UP}, "two lost are no alarm"
    (finding,) = judge.take_blame(SINCE, moment(NIGHT, WELL + 40))
    assert (finding.kind, finding.severity) == (Kind.LOSS, Severity.CRITICAL)
    assert finding.started_at == moment(NIGHT, WELL + 9).wall
    assert finding.evidence == {"lost": 2.0, "sent": 31.0, "span": 31.0}
    assert {judge.state} == {LinkState.DEGRADED}
    assert judge.take_blame(SINCE, moment(NIGHT, WELL + 40)) == []
    for at in range(WELL + 40, WELL + 700):
        judge.take(ProbeResult(WAN, 0, 1000.0 + at, Outcome.ANSWERED, 0.012), moment(NIGHT, at))
    assert judge.state is LinkState.UP


def test_what_is_below_its_levels_is_none_of_its_faults() -> None:
    judge = judged(300, lambda n: n == 120)
    assert judge.take_blame(SINCE, moment(NIGHT, WELL + 300)) == []
    assert judge.state is LinkState.UP
