"""A link that answers by other means than ICMP is judged as any other."""

from dataclasses import replace

from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import LinkState
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.topology import Method, Place, Target
from support.province import MORNING, WAN, inventory, moment


def judge_of(*targets: Target) -> LinkJudge:
    link = replace(inventory().links[WAN], targets=targets)
    return LinkJudge(link, (), 0.02, moment(MORNING, 0))


def take(judge: LinkJudge, target: int, at: float, outcome: Outcome) -> None:
    judge.take(ProbeResult(WAN, target, 1000 + at, outcome), moment(MORNING, at))


def test_a_link_with_tcp_targets_alone_is_verified_goes_down_and_comes_back() -> None:
    judge = judge_of(Target("127.0.17.20", Place.SITE, Method.TCP, 443))
    states = [judge.state]
    for first, last, outcome in (
        (0, 20, Outcome.ANSWERED),
        (20, 40, Outcome.NO_REPLY),
        (40, 50, Outcome.ANSWERED),
    ):
        for second in range(first, last):
            take(judge, 0, second, outcome)
        states.append(judge.state)
    assert states == [LinkState.UNVERIFIED, LinkState.UP, LinkState.DOWN, LinkState.UP]


def test_a_host_that_takes_connections_but_drops_pings_is_not_down() -> None:
    judge = judge_of(
        Target("127.0.17.20", Place.SITE), Target("127.0.17.20", Place.SITE, Method.TCP, 443)
    )
    for second in range(60):
        take(judge, 0, second, Outcome.ANSWERED if second < 20 else Outcome.NO_REPLY)
        take(judge, 1, second, Outcome.ANSWERED)
    assert judge.state is LinkState.UP


def test_a_site_that_never_called_is_unverified_and_its_first_call_finds_no_loss() -> None:
    judge = judge_of(Target("", Place.SITE, Method.PUSH))
    for second in range(500):
        take(judge, 0, second, Outcome.NO_REPLY)
    states = [judge.state]
    for second in range(500, 510):
        take(judge, 0, second, Outcome.ANSWERED)
        states.append(judge.state)
    assert states == [LinkState.UNVERIFIED, *[LinkState.UP] * 10]
