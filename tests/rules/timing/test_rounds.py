"""Rounds: regular ones at each link's phase, bursts on top."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.model.ids import LinkId
from linkwatch.timing.pace import TokenBucket
from linkwatch.timing.phase import phase_of
from linkwatch.timing.rounds import Rounds

A, B = LinkId("a"), LinkId("b")


def rounds(*links: LinkId, interval: float = 1.0, now: float = 0.0) -> Rounds:
    made = Rounds(TokenBucket(rate=1000, capacity=1000))
    made.configure(dict.fromkeys(links, interval), now)
    return made


def drive(made: Rounds, start: float, end: float, tick: float = 0.02) -> list[tuple[float, LinkId]]:
    steps = round((end - start) / tick)
    return [
        (start + i * tick, link)
        for i in range(1, steps + 1)
        for link in made.due(start + i * tick, 100)
    ]


def test_each_link_is_due_once_an_interval_at_its_phase() -> None:
    links = [LinkId(f"l{i}") for i in range(50)]
    due = drive(rounds(*links), 0.0, 10.0)
    assert set(Counter(link for _, link in due).values()) == {10}
    for at, link in due:
        late = (at - phase_of(link)) % 1.0
        assert min(late, 1 - late) <= 0.0201


def test_rounds_missed_while_stopped_are_skipped_and_counted() -> None:
    made = rounds(A)
    drive(made, 0.0, 2.0)
    due = drive(made, 7.5, 9.5)
    assert 2 <= len(due) <= 3
    assert made.missed == pytest.approx(5, abs=1)


def test_a_burst_comes_at_once_on_top_of_the_regular_rounds() -> None:
    made = rounds(A, interval=5.0)
    regular = drive(rounds(A, interval=5.0), 0.0, 3.0)
    made.probe_now(A, 4, 0.2, 0.0)
    due = [at for at, _ in drive(made, 0.0, 3.0)]
    assert len(due) == 4 + len(regular)
    assert due[:4] == pytest.approx([0.02, 0.2, 0.4, 0.6], abs=0.021)


def test_a_second_request_does_not_add_up() -> None:
    made = rounds(A, interval=100.0)
    for _ in range(5):
        made.probe_now(A, 4, 0.2, 0.0)
    assert len(drive(made, 0.0, 3.0)) == 4


def test_bursts_share_one_bucket() -> None:
    links = [LinkId(f"l{i}") for i in range(20)]
    made = Rounds(TokenBucket(rate=0.001, capacity=7))
    made.configure(dict.fromkeys(links, 1000.0), 0.0)
    for link in links:
        made.probe_now(link, 1, 0.1, 0.0)
    assert len(made.due(0.0, 100)) == 7
    assert made.throttled == 13


def test_a_burst_for_an_unknown_link_is_nothing() -> None:
    made = rounds(A)
    made.probe_now(B, 3, 0.1, 0.0)
    assert [link for _, link in drive(made, 0.0, 1.0)] == [A]


def test_configuring_anew_keeps_the_slots_of_unchanged_links() -> None:
    undisturbed, reloaded = rounds(A, B), rounds(A, B)
    expected = drive(undisturbed, 0.0, 4.0)
    got = drive(reloaded, 0.0, 2.0)
    reloaded.configure({A: 1.0, B: 1.0, LinkId("c"): 1.0}, 2.0)
    got += [(at, link) for at, link in drive(reloaded, 2.0, 4.0) if link != "c"]
    assert [(round(at, 6), link) for at, link in got] == [
        (round(at, 6), link) for at, link in expected
    ]


def test_a_removed_link_is_due_no_more_not_even_for_a_burst() -> None:
    made = rounds(A, B)
    made.probe_now(B, 50, 0.1, 0.0)
    made.configure({A: 1.0}, 0.5)
    assert {link for _, link in drive(made, 0.5, 3.0)} == {A}


def test_what_is_over_the_limit_is_due_at_the_next_call() -> None:
    links = [LinkId(f"l{i}") for i in range(25)]
    made = rounds(*links)
    counts = [len(made.due(1.0, 10)) for _ in range(4)]
    assert counts == [10, 10, 5, 0]
    assert made.missed == 0


def test_what_came_due_before_the_start_is_neither_asked_nor_missed() -> None:
    made = rounds(A, B)
    made.start(7.5)
    assert made.due(7.5, 100) == []
    assert made.missed == 0
    assert len(drive(made, 7.5, 9.5)) == 4


def test_bursts_of_many_links_come_in_the_order_of_their_times() -> None:
    made = rounds(A, B, interval=1000.0)
    made.probe_now(A, 2, 0.5, 0.0)
    made.probe_now(B, 3, 0.2, 0.1)
    assert made.bursting == 2
    due = drive(made, 0.0, 1.0)
    assert [link for _, link in due] == [A, B, B, A, B]
    assert [at for at, _ in due] == pytest.approx([0.02, 0.1, 0.3, 0.5, 0.5], abs=0.021)
    assert made.bursting == 0


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True),
    st.lists(st.sampled_from([0.2, 1.0, 5.0, 60.0]), min_size=2, max_size=4),
    st.lists(st.floats(0.0, 70.0), min_size=3, max_size=3),
)
def test_no_change_of_interval_loses_a_round_or_doubles_one(
    names: list[int], intervals: list[float], spans: list[float]
) -> None:
    """Between two rounds there is at least half of the newer interval, at most both."""
    links, now, tick = [LinkId(str(name)) for name in names], 0.0, 0.05
    made = rounds(*links, interval=intervals[0])
    told: dict[LinkId, list[tuple[float, float, float]]] = {link: [] for link in links}
    before = intervals[0]
    for interval, span in zip(intervals, [*spans, 0.0], strict=False):
        # The others keep their wheels: half of the links stay as they are.
        moved = {x: interval if i % 2 == 0 else intervals[0] for i, x in enumerate(links)}
        made.configure(moved, now)
        for at, link in drive(made, now, now + max(span, 2 * max(before, interval)), tick):
            told[link].append((at, moved[link], before))
        now += round(max(span, 2 * max(before, interval)) / tick) * tick
        before = interval
    assert made.missed == 0
    for link in links:
        for (one, own, former), (other, newer, _) in pairwise(told[link]):
            slack = tick + 1e-6
            assert other - one >= newer / 2 - slack
            assert other - one <= max(own, former, newer) * 1.5 + slack


def test_those_that_change_pace_together_stay_spread() -> None:
    links = [LinkId(f"l{i}") for i in range(480)]
    made = rounds(*links, interval=5.0)
    drive(made, 0.0, 7.0)
    made.configure(dict.fromkeys(links, 1.0), 7.0)
    due = drive(made, 7.0, 10.0)
    assert max(Counter(at for at, _ in due).values()) < 30
    assert set(Counter(link for at, link in due if at > 8.001).values()) == {2}


@given(st.floats(0.0, 5.0), st.integers(0, 10**6))
def test_a_change_that_is_taken_back_at_once_changes_nothing(at: float, name: int) -> None:
    link = LinkId(str(name))
    made, plain = rounds(link, interval=5.0), rounds(link, interval=5.0)
    start = 20.0 + at
    for one in (made, plain):
        drive(one, 0.0, start)
    for interval in (1.0, 5.0):
        made.configure({link: interval}, start)
    assert drive(made, start, start + 20.0) == drive(plain, start, start + 20.0)


def test_an_urgent_burst_is_not_refused() -> None:
    links = [LinkId(f"l{i}") for i in range(20)]
    made = Rounds(TokenBucket(rate=0.001, capacity=7))
    made.configure(dict.fromkeys((*links, A), 1000.0), 0.0)
    for link in links:
        made.probe_now(link, 1, 0.1, 0.0)
    made.probe_now(A, 1, 0.1, 0.0, urgent=True)
    due = made.due(0.0, 100)
    assert A in due
    assert len(due) == 8
