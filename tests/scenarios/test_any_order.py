"""Whatever comes, and in whatever order: no fault is opened twice, none stays open once it is over.

The real turn runs over a real store. The line may be well, dead, lossy, slow or unseen; the router
may be full or silent; the configuration, the calendar, the hours and both clocks may change; the
store may have no numbers; work may be announced, agreed to and ended; the daemon may stop or be
killed between two turns.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linkwatch.incident.lifecycle import is_worse_than_told
from linkwatch.model.acts import Refusal
from linkwatch.model.finding import Family, Kind, LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Record, Restored, SaveIncident
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import Outcome, PollOutcome
from linkwatch.model.notification import Notification
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Limits
from linkwatch.model.topology import Hours, Target
from linkwatch.runtime.events import Numbered, WorkAccepted, WorkAsked, WorkEnded
from linkwatch.runtime.step import step
from linkwatch.store.journal import SqlJournal
from linkwatch.store.opening import default_url, open_journal
from support.drive import Answers, Drive, healthy, silent
from support.province import (
    CHU_SE,
    INET,
    MORNING,
    NIGHT,
    WAN,
    conference,
    inventory,
    moment,
    sample,
    without_link,
    work,
)

RECOVERY = 120
"""Polls, one in ten seconds: 1 % of loss takes 400 s to clear, and a flapping fault 600 s more."""
IDLE = tuple(sample(x, receive=1e6, transmit=1e6) for x in (WAN, INET))
FULL = (sample(WAN, receive=19.9e6, transmit=1e6), IDLE[1])
MOODS: dict[str, Answers] = {
    "well": healthy,
    "dead": silent,
    "unreachable": lambda _: Outcome.UNREACHABLE,
    "a fifth lost": lambda sent: None if sent % 5 == 0 else 0.010,
    "two in three lost": lambda sent: None if sent % 3 else 0.010,
    "slow": lambda _: 0.070,
    "very slow": lambda _: 0.120,
    "unsteady": lambda sent: 0.010 if sent % 2 else 0.049,
    "comes and goes": lambda sent: None if sent % 25 < 12 else 0.010,
    "cannot send": lambda _: Outcome.LOCAL_FAILURE,
    "own drops": lambda _: Outcome.UNKNOWN,
}
moods = st.sampled_from(sorted(MOODS))
seconds = st.integers(1, 90)


def _changed(whole: Inventory, **values: object) -> Inventory:
    link = replace(whole.links[WAN], **values)  # type: ignore[arg-type]
    return replace(whole, links={**whole.links, WAN: link})


def _office(whole: Inventory) -> Inventory:
    working = Hours(frozenset(range(1, 6)), time(7), time(17))
    here = replace(whole.sites[CHU_SE], hours=working)
    return replace(whole, sites={**whole.sites, CHU_SE: here})


def _planned(accepted_by: str | None) -> tuple[Maintenance, ...]:
    """An hour around each time at which the machine starts; in the conference, and not."""
    return tuple(
        work(at - timedelta(minutes=20), at + timedelta(minutes=40), accepted_by=accepted_by)
        for at in (NIGHT, MORNING, MORNING.replace(hour=6, minute=25))
    )


def _configurations() -> dict[str, Inventory]:
    whole = inventory(conferences=(conference(),))
    limits = replace(whole.links[WAN].thresholds, latency=Limits(0.2, 0.4), loss=Limits(None, 0.5))
    return {
        "plain": whole,
        "without the link": without_link(whole, WAN),
        "another address": _changed(whole, targets=(Target("127.0.17.11"),)),
        "its own habit": _changed(whole, thresholds=replace(limits, above_usual=6.0)),
        "other levels": _changed(whole, thresholds=limits),
        "no router": _changed(whole, interface=None),
        "no conference": inventory(),
        "office hours": _office(inventory()),
        "planned work": replace(whole, maintenance=_planned(None)),
        "accepted work": replace(whole, maintenance=_planned("Trung tâm")),
    }


CONFIGURATIONS = _configurations()


class Recorded(Drive):
    """A drive that knows which records one turn decided."""

    def __init__(
        self, inventory: Inventory, start: datetime, restored: Restored, numbers: range
    ) -> None:
        self.turns: list[Sequence[Record]] = []
        self.known: list[tuple[Inventory, tuple[Maintenance, ...]]] = []
        """The configuration and the work by command at the end of each turn."""
        super().__init__(inventory, start, restored, first=numbers.start)

    def _keep(self, records: list[Record]) -> None:
        super()._keep(records)
        if records:
            self.turns.append(records)
            self.known.append((self.state.inventory, tuple(self.state.announced.values())))


class AnyOrder(RuleBasedStateMachine):
    """One province from its first start on; `drive` is the daemon that runs now."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="linkwatch-any-order-"))
        self.clock_was_set = False
        self.is_astray = False
        """Another daemon started after that: it cannot know by how much its wall clock is off."""
        self.seen: dict[str, Incident] = {}
        self.told: dict[tuple[str, str, str], list[IncidentEvent]] = {}
        self.keys: set[str] = set()
        self.checked = 0

    @initialize(start=st.sampled_from([NIGHT, MORNING, MORNING.replace(hour=6, minute=25)]))
    def start(self, start: datetime) -> None:
        self._start("plain", start)
        self.drive.run(60)

    @rule(mood=moods, other=moods, seconds=seconds)
    def probe(self, mood: str, other: str, seconds: int) -> None:
        self.drive.run(seconds, chu_se_wan=MOODS[mood], chu_se_inet=MOODS[other])

    @rule(mood=moods)
    def probe_for_long(self, mood: str) -> None:
        self.drive.run(600, chu_se_wan=MOODS[mood])

    @rule(seconds=st.integers(1, 400))
    def nothing_ends(self, seconds: int) -> None:
        self.drive.pause(seconds)

    @rule(outcome=st.sampled_from(PollOutcome), full=st.booleans(), times=st.integers(1, 40))
    def poll(self, outcome: PollOutcome, full: bool, times: int) -> None:
        samples = (FULL if full else IDLE) if outcome is PollOutcome.OK else ()
        here = [s for s in samples if s.link in self.drive.state.inventory.links]
        self.drive.poll(*here, outcome=outcome, times=times)

    @rule(name=st.sampled_from(sorted(CONFIGURATIONS)))
    def reload(self, name: str) -> None:
        self.drive.reload(CONFIGURATIONS[name])

    @rule(seconds=st.sampled_from([-7200, -60, 60, 7200, 86_400]))
    def the_clock_is_set(self, seconds: int) -> None:
        self.drive.step_clock(seconds)
        self.clock_was_set = True
        self.drive.pause(0.5)

    @rule(
        links=st.sampled_from([(WAN,), (INET,), (WAN, INET)]),
        minutes=st.integers(1, 20),
        accepted_by=st.sampled_from([None, "Trung tâm"]),
    )
    def announce_work(
        self, links: tuple[LinkId, ...], minutes: int, accepted_by: str | None
    ) -> None:
        end = self._later(60 * minutes)
        announced = work(None, end, links=links, accepted_by=accepted_by, by="trực")
        known = set(links) <= self.drive.state.inventory.links.keys()
        ruling = self.drive.ask(WorkAsked(announced))
        assert ruling.refusal is (None if known else Refusal.UNKNOWN_LINK)

    @precondition(lambda self: self.drive.state.announced)
    @rule()
    def agree_to_work(self) -> None:
        for number in list(self.drive.state.announced):
            self.drive.ask(WorkAccepted(number, "Trung tâm", "trực"))

    @precondition(lambda self: self.drive.state.announced)
    @rule()
    def end_work(self) -> None:
        self._end_works()

    @rule(mood=moods)
    def a_fault_outlasts_all_work(self, mood: str) -> None:
        """Whether it began before or in the work, and whatever became of it: it is told."""
        self.drive.reload(CONFIGURATIONS["plain"])
        self.drive.run(240, chu_se_wan=MOODS[mood])
        announced = work(None, self._later(600), accepted_by="Trung tâm", by="trực")
        assert self.drive.ask(WorkAsked(announced)).refusal is None
        self.drive.run(60, chu_se_wan=MOODS["dead"])
        self._end_works()
        if not self.drive.state.numbers:
            self._number()
        self.drive.run(300, chu_se_wan=MOODS["dead"])
        verified = self.drive.state.judges[WAN].state is not LinkState.UNVERIFIED
        if verified and not self.is_astray:
            fault = self.drive.state.incident((Family.QUALITY, Subject.of_link(WAN)))
            assert fault is not None
            assert fault.kind is Kind.DOWN
            assert fault.announced_at is not None
            assert not fault.is_muted
            assert not fault.withheld
            assert not is_worse_than_told(fault)

    @rule()
    def numbers_run_out(self) -> None:
        self.drive.state.numbers.clear()

    @precondition(lambda self: not self.drive.state.numbers)
    @rule()
    def numbers_come(self) -> None:
        self._number()

    @rule(name=st.sampled_from(sorted(CONFIGURATIONS)), after=st.integers(1, 900))
    def restart(self, name: str, after: int) -> None:
        self._check()
        self._stop(self.drive.turns)
        self._start(name, self._later(after))

    @rule(after=st.integers(1, 60))
    def kill_before_the_last_commit(self, after: int) -> None:
        self._check(before_last=True)
        self._stop(self.drive.turns[:-1])
        self._start("plain", self._later(after))

    @rule()
    def recover(self) -> None:
        self._recover()

    @invariant()
    def one_open_incident_for_each_fault(self) -> None:
        if hasattr(self, "drive"):
            opened = [i.key for i in self.drive.state.open_incidents()]
            assert len(opened) == len(set(opened)), opened

    @invariant()
    def muted_is_what_work_explains_and_nothing_else(self) -> None:
        if not hasattr(self, "drive"):
            return
        state, now = self.drive.state, self._later(0)
        works = (*state.inventory.maintenance, *state.announced.values())
        for incident in state.open_incidents():
            explained = _is_explained(incident, works, state.inventory, now)
            assert incident.is_muted is explained, (incident, now)

    def teardown(self) -> None:
        try:
            if hasattr(self, "drive"):
                self._recover()
                self._check()
        finally:
            shutil.rmtree(self.directory)

    def _end_works(self) -> None:
        for number in list(self.drive.state.announced):
            self.drive.ask(WorkEnded(number, "trực"))

    def _recover(self) -> None:
        self.drive.reload(CONFIGURATIONS["plain"])
        self._end_works()
        if not self.drive.state.numbers:
            self._number()
        self.drive.poll(*IDLE, times=RECOVERY)
        assert list(self.drive.state.open_incidents()) == []
        assert self.drive.state.waiting == {}
        assert {x: j.state for x, j in self.drive.state.judges.items()} == {
            WAN: LinkState.UP,
            INET: LinkState.UP,
        }

    def _number(self) -> None:
        journal = self._journal()
        numbers = journal.reserve_numbers(100)
        journal.close()
        drive = self.drive
        drive._keep(
            step(drive.state, Numbered(numbers), moment(drive.start, drive.seconds)).records
        )

    def _journal(self) -> SqlJournal:
        return open_journal(default_url(self.directory), now=NIGHT)

    def _later(self, after: float) -> datetime:
        return moment(self.drive.start, self.drive.seconds + after).wall

    def _stop(self, turns: Sequence[Sequence[Record]]) -> None:
        journal = self._journal()
        for records in turns:
            journal.write(records)
        journal.close()

    def _start(self, name: str, at: datetime) -> None:
        whole = CONFIGURATIONS[name]
        journal = self._journal()
        restored = journal.restore(at - timedelta(seconds=whole.flapping.stable))
        numbers = journal.reserve_numbers(100)
        journal.close()
        self.drive, self.checked = Recorded(whole, at, restored, numbers), 0
        self.is_astray = self.clock_was_set

    def _check(self, *, before_last: bool = False) -> None:
        """Follow what was written, in its order."""
        turns = self.drive.turns[:-1] if before_last else self.drive.turns
        for turn, records in enumerate(turns[self.checked :], self.checked):
            for record in records:
                match record:
                    case SaveIncident(incident):
                        self._follow(incident)
                    case Enqueue(message):
                        assert message.key not in self.keys, "told twice"
                        self.keys.add(message.key)
                        self._needed(message, *self.drive.known[turn])
                        who = (str(message.incident), message.contact, message.channel)
                        self._heard(self.told.setdefault(who, []), message.event)
        self.checked = len(turns)
        for (number, *_), heard in self.told.items():
            if self.seen[number].status.is_closed:
                assert heard[-1] is IncidentEvent.RESOLVED, (number, heard)

    def _needed(
        self, message: Notification, whole: Inventory, announced: tuple[Maintenance, ...]
    ) -> None:
        """Nobody is told, but of its end, what work explains at that time."""
        incident = self.seen[str(message.incident)]
        works = (*whole.maintenance, *announced)
        explained = _is_explained(incident, works, whole, message.created_at)
        assert message.event is IncidentEvent.RESOLVED or not explained, (message, incident)

    def _follow(self, incident: Incident) -> None:
        others = [i for i in self.seen.values() if i.key == incident.key and i.id != incident.id]
        if incident.id not in self.seen:
            assert all(i.status.is_closed for i in others), "opened twice"
            anew = all(_is_anew(incident, i) for i in others)
            assert anew or self.clock_was_set, "another incident where the last goes on"
        elif self.seen[incident.id].status is Status.WITHDRAWN:
            assert incident.status is Status.WITHDRAWN
        self.seen[incident.id] = incident

    @staticmethod
    def _heard(heard: list[IncidentEvent], event: IncidentEvent) -> None:
        """What one person hears of one incident makes sense."""
        last = heard[-1] if heard else IncidentEvent.RESOLVED
        if event is IncidentEvent.RESOLVED:
            assert last is not IncidentEvent.RESOLVED, "its end was told twice"
        flaps = IncidentEvent.FLAPPING in heard[_after_resolved(heard) :]
        assert not (flaps and event in (IncidentEvent.FLAPPING, IncidentEvent.OPENED)), heard
        heard.append(event)


_UNEXPLAINED = (Family.BANDWIDTH, Family.ROSTER, Family.MAINTENANCE)


def _is_explained(
    incident: Incident, works: tuple[Maintenance, ...], whole: Inventory, at: datetime
) -> bool:
    """By the words of the documentation; every conference of the sample uses all of Chư Sê."""
    links = set(incident.links)
    if incident.family in _UNEXPLAINED or not links:
        return False
    hour = timedelta(hours=1)
    meets = any(c.start - hour <= at < c.end + hour for c in whole.conferences.values())
    on = [w for w in works if w.span.start and w.span.end and w.span.start <= at < w.span.end]
    return any(links <= w.links and (w.accepted_by or not meets) for w in on)


def _is_anew(incident: Incident, other: Incident) -> bool:
    """Whether so much time lies between an earlier incident of the same fault and this one."""
    stable = timedelta(seconds=CONFIGURATIONS["plain"].flapping.stable)
    if other.status is Status.WITHDRAWN or other.resolved_at is None:
        return True
    return incident.opened_at - other.resolved_at >= stable


def _after_resolved(heard: list[IncidentEvent]) -> int:
    ends = [n for n, event in enumerate(heard) if event is IncidentEvent.RESOLVED]
    return ends[-1] + 1 if ends else 0


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestAnyOrder = AnyOrder.TestCase
