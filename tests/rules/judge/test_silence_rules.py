"""When unanswered probes are an outage, in whatever order their ends become known."""

from hypothesis import given
from hypothesis import strategies as st

from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.silence import LEAST_PROBES, LEAST_SPAN, Silence
from linkwatch.judge.target import TargetJudge
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from support.province import THRESHOLDS

CHANCE = false_alarm_chance(0.02, 1.0)
LINK = LinkId("a")


class Target:
    """A verified target, fed as the loops would."""

    def __init__(self) -> None:
        self.judge = TargetJudge(verified=True)

    def overdue(self, sent_at: float, now: float) -> int:
        return self.judge.suspect(sent_at, CHANCE, now)

    def lost(self, sent_at: float, now: float) -> int:
        result = ProbeResult(LINK, 0, sent_at, Outcome.NO_REPLY)
        return self.judge.take(result, THRESHOLDS, CHANCE, now)

    def answered(self, sent_at: float, now: float) -> None:
        result = ProbeResult(LINK, 0, sent_at, Outcome.ANSWERED, now - sent_at)
        self.judge.take(result, THRESHOLDS, CHANCE, now)


def test_what_is_overlooked_is_no_sign_of_an_outage_and_is_not_counted() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    for number in range(4):
        target.overdue(1.0 + number * 0.2, 1.1 + number * 0.2)
    target.judge.overlook(0.5, 1.7, lost=False)
    target.overdue(1.65, 1.8)  # it comes later, but was sent before
    for number in range(4):
        target.lost(1.0 + number * 0.2, 2.0 + number * 0.2)
    assert not target.judge.misses
    assert target.judge.loss == 0.0
    for number in range(5):
        target.overdue(2.9 + number * 0.25, 3.0 + number * 0.25)
    assert target.judge.down
    assert target.judge.down_since == 2.9


def test_what_is_overlooked_may_count_as_lost() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    target.overdue(1.0, 1.1)
    target.judge.overlook(0.5, 1.7, lost=True)
    target.lost(1.0, 2.0)
    assert not target.judge.misses
    assert target.judge.loss == 0.5


def test_who_was_silent_before_is_not_let_off() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    for number in range(3):
        target.overdue(1.0 + number * 0.25, 1.1 + number * 0.25)
    target.judge.overlook(1.2, 1.9, lost=False)
    target.overdue(2.0, 2.1)
    assert target.judge.misses == 4


def test_who_was_called_down_for_what_is_overlooked_is_so_no_more() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    for number in range(5):
        target.overdue(1.0 + number * 0.25, 1.1 + number * 0.25)
    was_down = target.judge.down
    target.judge.overlook(0.9, 2.1, lost=False)
    assert was_down
    assert not target.judge.down


def test_overdue_replies_over_a_second_are_an_outage_before_any_has_timed_out() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    assert target.overdue(1.0, 1.1)
    for number in range(4):
        target.overdue(1.1 + number * 0.25, 1.2 + number * 0.25)
        assert not target.judge.down
    target.overdue(2.1, 2.2)
    assert target.judge.down
    assert target.judge.down_since == 1.0
    assert target.judge.loss == 1.0


def test_a_stall_that_ends_with_a_late_reply_is_none() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    for number in range(4):
        target.overdue(1.0 + number * 0.25, 1.1 + number * 0.25)
    target.answered(1.0, 1.9)
    for number in range(4):
        target.overdue(2.0 + number * 0.25, 2.1 + number * 0.25)
        target.answered(1.25 + number * 0.25, 2.15 + number * 0.25)
    assert not target.judge.down


def test_a_lone_loss_that_is_known_after_later_answers_raises_no_doubt() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    target.answered(1.25, 1.26)
    assert not target.lost(1.0, 2.0)
    assert target.judge.misses_needed(CHANCE) == LEAST_PROBES + 2


def test_the_first_sign_alone_asks_for_a_closer_look() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    assert target.overdue(1.0, 1.1)
    assert not target.overdue(1.1, 1.2)
    assert not target.lost(1.0, 2.0)


def test_a_target_that_never_answered_asks_for_nothing() -> None:
    judge = TargetJudge(verified=False)
    assert not judge.suspect(1.0, CHANCE, 1.1)


def test_an_outage_is_over_from_the_first_answered_probe_on() -> None:
    target = Target()
    target.answered(0.0, 0.01)
    for sent in range(1, 7):
        target.lost(float(sent), sent + 0.9)
    # The last lost one times out only after the first answer came.
    target.answered(8.0, 8.01)
    target.lost(7.0, 8.5)
    for sent in range(9, 14):
        target.answered(float(sent), sent + 0.01)
    assert not target.judge.down
    assert target.judge.good_since == 8.0


events = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=80)


@given(events)
def test_probes_count_by_when_they_were_sent_and_not_by_when_it_was_known(
    told: list[tuple[bool, int]],
) -> None:
    silence = Silence()
    for answered, sent_at in told:
        if answered:
            silence.answered(sent_at)
        else:
            silence.add(sent_at)
    latest = max((at for answered, at in told if answered), default=-1)
    after = {at for answered, at in told if not answered and at > latest}
    assert silence.probes == len(after)
    assert not after or silence.since == min(after)
    assert silence.is_outage(LEAST_PROBES, min(after, default=0) + LEAST_SPAN) == (
        len(after) >= LEAST_PROBES
    )
