"""Whatever comes, and in whatever order: all that would be told singly is told, in good time.

The same turns run twice: with messages each by itself, and gathered. Everything that the first
tells somebody of an incident, the second tells them too, no later than its rules allow.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from linkwatch.model.ids import ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent, Via
from linkwatch.model.journal import SavePostbox
from linkwatch.model.notification import Notification
from linkwatch.oncall.spacing import HOUR, LONGEST_GAP, URGENT_GAP
from linkwatch.runtime.events import DeclineAsked, TakeAsked
from support.drive import Answers, Drive, silent
from support.province import MORNING, NIGHT
from support.storm import stormy, told_by, wan

SITES = 5
LOOK = 1.0
"""s that the drive lets pass between two looks, and some."""
AS_NOW = {
    IncidentEvent.ACKNOWLEDGED: IncidentEvent.UPDATED,
    IncidentEvent.HANDED_OVER: IncidentEvent.UPDATED,
    IncidentEvent.ESCALATED: IncidentEvent.UPDATED,
}
"""Whether anybody has it may have changed by the time it is told."""

Heard = dict[tuple[str, str], list[tuple[datetime, tuple[str, ...]]]]
"""By incident and contact: when they heard what."""


def heard(messages: Sequence[Notification]) -> Heard:
    """Everything that messages tell."""
    found: Heard = defaultdict(list)
    for message in messages:
        for incident, contact, events in told_by(message):
            found[incident, contact].append((message.created_at, events))
    return found


def answers(fallen: frozenset[int], mood: Answers) -> dict[str, Answers]:
    return {wan(number).replace("-", "_"): mood for number in fallen}


some = st.frozensets(st.integers(1, SITES), min_size=1)


class AnyStorm(RuleBasedStateMachine):
    """`each` tells each by itself, `many` gathers."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Notification] = []
        self.singly: list[Notification] = []
        self.boxes: list[SavePostbox] = []
        self.clock_was_set = False
        self.restarted = 0.0
        """s that no daemon ran."""

    @initialize(
        start=st.sampled_from([NIGHT, MORNING, MORNING.replace(hour=6, minute=25)]),
        per_hour=st.sampled_from([3, 200]),
    )
    def start(self, start: datetime, per_hour: int) -> None:
        self.whole = replace(stormy(SITES, confer=True), messages_per_hour=per_hour)
        alone = replace(self.whole, gathered_channels=frozenset())
        self.many, self.each = Drive(self.whole, start), Drive(alone, start)
        self._both(lambda drive: drive.run(30))

    @rule(fallen=some, seconds=st.integers(1, 40))
    def some_are_dead(self, fallen: frozenset[int], seconds: int) -> None:
        self._both(lambda drive: drive.run(seconds, **answers(fallen, silent)))

    @rule(fallen=some)
    def some_are_dead_for_long(self, fallen: frozenset[int]) -> None:
        self._both(lambda drive: drive.run(400, **answers(fallen, silent)))

    @rule(fallen=some, seconds=st.integers(10, 200))
    def some_are_slow(self, fallen: frozenset[int], seconds: int) -> None:
        self._both(lambda drive: drive.run(seconds, **answers(fallen, lambda _: 0.120)))

    @rule(seconds=st.integers(1, 60))
    def all_are_well(self, seconds: int) -> None:
        self._both(lambda drive: drive.run(seconds))

    @rule(times=st.integers(1, 5), number=st.integers(1, SITES), seconds=st.integers(1, 10))
    def taken_and_declined(self, times: int, number: int, seconds: int) -> None:
        who = ContactId("vnpt-huyen")
        incident = IncidentId(f"LW-{number:06}")
        for _ in range(times):
            taken = TakeAsked(incident, who, None, Via.LINK, who, "")
            self._both(lambda drive, asked=taken: drive.ask(asked))  # type: ignore[misc]
            self._both(lambda drive: drive.run(seconds, **answers(frozenset({number}), silent)))
            declined = DeclineAsked(incident, who, who)
            self._both(lambda drive, asked=declined: drive.ask(asked))  # type: ignore[misc]

    @rule(seconds=st.sampled_from([-7200, 60, 7200]))
    def the_clock_is_set(self, seconds: int) -> None:
        self._both(lambda drive: drive.step_clock(seconds))
        self.clock_was_set = True

    @precondition(lambda self: not self.restarted)
    @rule(after=st.integers(1, 300))
    def restart(self, after: int) -> None:
        self._follow()
        self.restarted = after
        self.many = self.many.restart(self.whole, after)
        alone = replace(self.whole, gathered_channels=frozenset())
        self.each = self.each.restart(alone, after)

    def teardown(self) -> None:
        if not hasattr(self, "many"):
            return
        self._both(lambda drive: drive.run(120))
        cap = self.whole.messages_per_hour
        for _ in range(75):
            if self.many.state.post.next(cap) == float("inf"):
                break
            self._both(lambda drive: drive.run(50))
        assert self.many.state.post.next(cap) == float("inf"), "something waits for ever"
        self._follow()
        still_open = [{i.id for i in d.state.open_incidents()} for d in (self.many, self.each)]
        assert still_open[0] == still_open[1], "how a thing is told changes nothing about it"
        self._nothing_is_lost(LONGEST_GAP + LOOK if cap > SITES else HOUR + LOOK)
        self._nobody_is_buried(cap)

    def _both(self, act: Callable[[Drive], object]) -> None:
        act(self.many)
        act(self.each)

    def _follow(self) -> None:
        self.sent += self.many.notifications
        self.singly += self.each.notifications
        self.boxes += [r for r in self.many.records if isinstance(r, SavePostbox)]

    def _nothing_is_lost(self, longest: float) -> None:
        wanted, got = heard(self.singly), heard(self.sent)
        assert wanted.keys() == got.keys()
        for pair, singly in wanted.items():
            last = singly[-1][1][-1]
            now = {last, AS_NOW.get(IncidentEvent(last), last)}
            assert got[pair][-1][1][-1] in now, (pair, singly, got[pair])
            if self.clock_was_set:
                continue
            for at, (event,) in singly:
                due = at + timedelta(seconds=self._patience(pair, at, event, longest))
                assert any(at <= told <= due for told, _ in got[pair]), (pair, at, event, got[pair])

    def _patience(self, pair: tuple[str, str], at: datetime, event: str, longest: float) -> float:
        """How long it may have waited; what had no daemon to tell it does not count."""
        alarm = event in ("opened", "raised", "flapping", "escalated")
        urgent = alarm and any(
            m.priority == "P1" and m.created_at == at and (m.incident, m.contact) == pair
            for m in self.singly
        )
        return (URGENT_GAP + LOOK if urgent else longest) + self.restarted

    def _nobody_is_buried(self, cap: int) -> None:
        keys = [message.key for message in self.sent]
        assert len(keys) == len(set(keys)), "the same message twice"
        for saved in self.boxes:
            assert len(saved.postbox.others) <= cap


AnyStorm.TestCase.settings = settings(max_examples=30, stateful_step_count=8, deadline=None)
TestAnyStorm = AnyStorm.TestCase
