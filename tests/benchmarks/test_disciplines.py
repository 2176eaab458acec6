"""Who is measured on how many targets, and with what."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.common import place
from benchmarks.common.kept import Kept
from benchmarks.common.place import BARE_KERNEL, PING_GROUPS
from benchmarks.probe import disciplines
from benchmarks.probe.contest import Result
from benchmarks.probe.contestants import PEERS, Contestant
from benchmarks.probe.disciplines import Contest
from support.kernel_settings import shipped

QUICK, SLOW = PEERS[1], PEERS[3]
"""One that lives in an asyncio loop, and one that does not."""


class Told(Contest):
    """Measures nobody: keeps up with 500 targets at most, if it is the slow one."""

    asked: list[tuple[str, int, tuple[str, ...]]]

    def measure(
        self,
        contestant: Contestant,
        targets: int,
        *,
        flags: Sequence[str] = (),
        prefix: Sequence[str] = (),
    ) -> Result:
        self.asked.append((contestant.name, targets, (*prefix, *flags)))
        rate = min(targets, 500) if contestant is SLOW else targets
        return Result(targets, cpu=1e-5, rate=float(rate), sent=targets, lost=0, errors=(1e-6,))


@pytest.fixture
def contest(tmp_path: Path) -> Told:
    made = Told((100, 1000, 5000), 1.0, 1, (QUICK, SLOW), Kept(tmp_path))
    made.asked = []
    return made


def test_who_cannot_keep_up_is_spared_more_targets(contest: Told) -> None:
    sections = disciplines.once_a_second(contest)
    counts = {name: [n for who, n, _ in contest.asked if who == name] for name, *_ in contest.asked}
    assert counts == {
        "linkwatch": [100, 1000, 5000],
        "linkwatch, whole daemon": [100, 1000, 5000],
        QUICK.name: [100, 1000, 5000],
        SLOW.name: [100, 1000],
    }
    (last,) = (r for r in sections[-1].records if r["who"] == SLOW.name)
    assert last["failed"] == "not tried: could not keep up at 1,000"
    assert {goal.place for goal in contest.goals} == {
        "100 targets",
        "1,000 targets",
        "5,000 targets",
    }


def test_peers_are_held_up_only_in_a_loop_of_their_own(contest: Told) -> None:
    disciplines.blocked(contest)
    assert contest.asked == [
        ("linkwatch", 100, ("--blocked",)),
        (QUICK.name, 100, ("--blocked",)),
        ("linkwatch", 1000, ("--blocked",)),
        (QUICK.name, 1000, ("--blocked",)),
        ("linkwatch", 5000, ("--blocked",)),
    ]


def test_renders_are_of_the_most_links_scraped_and_not(contest: Told) -> None:
    disciplines.renders(contest)
    assert contest.asked == [
        ("linkwatch, whole daemon", 5000, ("--fill",)),
        ("linkwatch, scraped without pause", 5000, ("--fill",)),
    ]


def test_each_kernel_is_set_and_given_back_as_we_ship_it(
    contest: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels: list[dict[str, str]] = []
    monkeypatch.setattr(place, "let_ping", kernels.append)
    monkeypatch.setattr(place, "service_like", lambda: ("setpriv",))
    disciplines.capabilities(contest)
    ours = shipped()
    systemd = {**BARE_KERNEL, PING_GROUPS: ours[PING_GROUPS]}
    assert kernels == [BARE_KERNEL, systemd, ours, ours]
    buffers = [flags[-1] for _, count, flags in contest.asked if count == 100]
    assert buffers == ["212992", "212992", ours["net.core.rmem_max"]]
    assert {flags[0] for _, _, flags in contest.asked} == {"setpriv"}
