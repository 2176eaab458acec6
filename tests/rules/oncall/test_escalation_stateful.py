"""No step lost, none twice: whatever the order of answers, lapses, shifts, priorities, restarts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.people import Rotation
from linkwatch.model.priority import Priority
from linkwatch.oncall.progress import done
from linkwatch.oncall.row import repetition, row_of, steps
from linkwatch.store import documents
from support.climb import Climb, province
from support.province import MORNING

P1, P2 = Priority.P1, Priority.P2
PEOPLE = ("vnpt-huyen", "vnpt-tinh", "ky-thuat", "truc-ttcntt", "vnpt-ld", "so-tttt", "thay")
people = st.sampled_from(PEOPLE)
seconds = st.one_of(st.integers(0, 900), st.sampled_from([1, 120, 180, 300, 600, 1800])).map(float)


class Escalation(RuleBasedStateMachine):
    """One incident of P1 or P2 through an eventful day."""

    def __init__(self) -> None:
        super().__init__()
        self.climb = Climb()
        self.noted = 0
        self.begun = 0.0
        """When it was last told anew."""
        self.steps_before = 0
        """Steps taken until then."""
        self.answered = False
        """Somebody has taken or declined it since then."""
        self.holder_heard = False

    @initialize(priority=st.sampled_from([P1, P2]), wide=st.booleans())
    def open(self, priority: Priority, wide: bool) -> None:
        """The district's duty goes round every 20 minutes."""
        whole = province()
        name = RosterId("vnpt-district")
        rotation = Rotation(MORNING, 1200.0, (ContactId("vnpt-huyen"), ContactId("thay")))
        changed = replace(whole.rosters[name], standing=None, rotation=rotation)
        whole = replace(whole, rosters={**whole.rosters, name: changed})
        self.climb = Climb(whole=whole, priority=priority, wide=wide)

    # --- what can happen

    @rule(more=seconds)
    def time_passes(self, more: float) -> None:
        """Looked at whenever something is due."""
        self.look(lambda: self.climb.run(self.climb.seconds + more))

    @rule(more=seconds)
    def nothing_runs(self, more: float) -> None:
        """A restart that takes this long: what is known is what was written."""
        self.climb.seconds += more
        self.restart()

    @rule()
    def restart(self) -> None:
        written = documents.incidents.write(self.climb.incident)
        due = self.climb.due
        self.climb.incident = documents.incidents.read(written)
        assert self.climb.due == due
        self.look(lambda: self.climb.run(self.climb.seconds))

    @rule(who=people, eta=st.one_of(st.none(), st.integers(60, 7200).map(float)))
    def somebody_has_it(self, who: str, eta: float | None) -> None:
        self.climb.take(who, eta)
        self.answered = True
        self.holder_heard = False
        self.look(lambda: self.climb.run(self.climb.seconds))

    @rule(who=people)
    def not_theirs(self, who: str) -> None:
        self.answered = True
        self.look(lambda: self.climb.decline(who))

    @rule(wide=st.booleans())
    def it_spreads_or_shrinks(self, wide: bool) -> None:
        self.climb.wide = wide
        self.look(lambda: self.climb.run(self.climb.seconds))

    @precondition(lambda self: self.climb.incident.priority is P2)
    @rule()
    def a_window_opens(self) -> None:
        self.climb.become(P1, IncidentEvent.RAISED)
        assert self.climb.incident.taken is None
        self.begun, self.answered = self.climb.seconds, False
        self.steps_before = len(self.climb.steps)
        self.look(lambda: self.climb.run(self.climb.seconds))

    @rule()
    def it_swings(self) -> None:
        other = P2 if self.climb.incident.priority is P1 else P1
        before = self.climb.incident.taken
        assert self.climb.become(other) == []
        assert self.climb.incident.taken == before
        self.look(lambda: self.climb.run(self.climb.seconds))

    # --- what must hold

    def look(self, act: Callable[[], object]) -> None:
        """Do it, and see that nothing was told that should not have been."""
        held = self.climb.incident.taken is not None
        heard = len(self.climb.said)
        act()
        new = self.climb.timeline[self.noted :]
        self.noted = len(self.climb.timeline)
        for event in (what for _, what, _ in self.climb.said[heard:]):
            # Climbing takes that nobody has it, or has it no more.
            if held and event == "escalated":
                assert "lapsed" in new or self.climb.incident.taken is None
        if "lapsed" in new:
            assert self.holder_heard or "holder_reminded" in new[: new.index("lapsed")]
        self.holder_heard = (self.holder_heard or "holder_reminded" in new) and (
            "handed_over" not in new or "holder_reminded" in new[new.index("handed_over") :]
        )

    @invariant()
    def nothing_that_is_due_is_left(self) -> None:
        due = self.climb.due
        assert due is None or due > self.climb.seconds

    @invariant()
    def no_step_is_taken_twice_or_before_its_time(self) -> None:
        progress = self.climb.incident.progress
        assert progress is not None
        steps_taken = self.climb.steps[self.steps_before :]
        numbered = [
            (step.split(" of ")[1], number)
            for step in steps_taken
            for number in step.removeprefix("step ").split(" of ")[0].split(", ")
        ]
        assert len(set(numbered)) == len(numbered)
        for priority, numbers in progress.done.items():
            if self.answered or priority is not self.climb.incident.priority:
                continue
            for number in numbers:
                after = self.climb.incident.escalation[priority][number].after
                assert self.begun + after <= self.climb.seconds

    @invariant()
    def every_step_whose_time_has_come_is_taken_while_nobody_has_it(self) -> None:
        climb = self.climb
        if climb.incident.taken is not None or climb.incident.progress is None:
            return
        elapsed = (climb.now - climb.incident.progress.zero) / timedelta(seconds=1)
        row = row_of(climb.incident)
        missing = [
            number
            for number, step in steps(row, wide=climb.wide)
            if step.after <= elapsed and number not in done(climb.incident)
        ]
        assert missing == []

    @invariant()
    def whoever_has_it_has_it_for_a_day_at_most(self) -> None:
        taken = self.climb.incident.taken
        if taken is not None:
            assert taken.until - taken.at <= timedelta(hours=24)

    def teardown(self) -> None:
        """Left alone from now on, it reaches everybody whom its row names, and then stops."""
        climb = self.climb
        if climb.incident.progress is None:
            return
        climb.run(climb.seconds + 12 * 3600.0)
        row = row_of(climb.incident)
        assert climb.due is None
        assert climb.incident.taken is None
        assert {n for n, _ in steps(row, wide=climb.wide)} <= set(done(climb.incident))
        again = repetition(row)
        assert again is not None
        assert climb.incident.progress is not None
        assert climb.incident.progress.repeats >= again.times


TestEscalation = Escalation.TestCase
TestEscalation.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
