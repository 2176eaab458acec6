"""The watch over the channels: daily tests, what attempts say, and tests of what has failed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from structlog.testing import capture_logs

from linkwatch.judge.channel import ChannelFault
from linkwatch.model.finding import Family, Kind
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Attempted, Enqueue, Record, Restored
from linkwatch.model.moment import Moment
from linkwatch.model.notification import (
    Delivery,
    DeliveryOutcome,
    DeliveryStatus,
    Notification,
    OutboxRow,
)
from linkwatch.model.people import Address, Operators
from linkwatch.model.subject import Subject
from linkwatch.model.trial import DailyTest, TrialResult
from linkwatch.oncall.daily_test import Due
from linkwatch.oncall.duty import DutyBook
from linkwatch.ports import ChannelStatus
from linkwatch.runtime.channel_watch import FIRST_RECHECK, SLOWEST_RECHECK, ChannelWatch
from support.province import incident, inventory
from support.sending import message
from support.waiting import START, Changes, ManualClock

HOOK, LOG = ChannelId("hook"), ChannelId("log")
ROOM = ContactId("truc-ttcntt")
ACCEPTED, FAILED = DeliveryOutcome.ACCEPTED, DeliveryOutcome.FAILED
TODAY = date(2021, 5, 15)
"""The local day of START, 07:42."""


def province(at: time | None = time(7)) -> Inventory:
    """The log aside, everybody has one channel."""
    whole = inventory()
    room = Operators(whole.operators.hotline, whole.operators.roster, at)
    return replace(whole, operators=room, log_channels=frozenset({LOG}))


@dataclass
class Bench:
    """A watch, and all that it speaks to."""

    inventory: Inventory = field(default_factory=province)
    clock: ManualClock = field(default_factory=lambda: ManualClock(Changes()))
    failed: frozenset[ChannelId] = frozenset()
    waiting: list[Notification] = field(default_factory=list)
    sent: list[Notification] = field(default_factory=list)
    told: list[Sequence[ChannelFault]] = field(default_factory=list)
    tested: list[tuple[ChannelId, datetime, bool]] = field(default_factory=list)
    watch: ChannelWatch = field(init=False)

    def __post_init__(self) -> None:
        self.book = DutyBook(self.inventory)
        self.watch = ChannelWatch(
            self.clock,
            lambda: self.book,
            self,
            submit=self.submit,
            tell=self.told.append,
            observer=self,
        )

    def submit(self, records: Sequence[Record], _now: Moment) -> None:
        assert all(isinstance(r, Enqueue) for r in records)
        self.sent += [r.notification for r in records if isinstance(r, Enqueue)]

    def channel_tested(self, channel: ChannelId, at: datetime, accepted: bool) -> None:
        self.tested.append((channel, at, accepted))

    def look(self, after: float = 0.0) -> list[Notification]:
        """What a look after so many s sends."""
        before = len(self.sent)
        self.clock.advance(after)
        asyncio.run(self.watch.look())
        return self.sent[before:]

    def end(
        self,
        of: Notification,
        outcome: DeliveryOutcome,
        status: DeliveryStatus = DeliveryStatus.PENDING,
    ) -> None:
        """An attempt has ended so."""
        if outcome is ACCEPTED:
            status = DeliveryStatus.ACCEPTED
        at = self.clock.now().wall
        self.watch.see([Attempted(OutboxRow(of, status), at, outcome, f"it {outcome}")])

    def status(self) -> ChannelStatus:
        [one] = self.watch.status()
        return one


def some(contact: str = "ky-thuat") -> Notification:
    return replace(message(HOOK), contact=ContactId(contact))


def faults(bench: Bench) -> list[list[tuple[ChannelId, DeliveryOutcome]]]:
    return [[(f.channel, f.reason) for f in each] for each in bench.told]


def test_each_channel_but_the_log_is_tested_once_a_day() -> None:
    bench = Bench()
    [test] = bench.look()
    assert (test.channel, test.contact, test.is_test) == (HOOK, ROOM, True)
    assert test.key == f"daily-20210515T0742:test:{ROOM}:hook"
    assert test.text.startswith("[THỬ]")
    assert bench.look(60) == []
    assert bench.look(23 * 3600) == []  # 06:43, the day after
    [again] = bench.look(1800)
    assert again.key == f"daily-20210516T0713:test:{ROOM}:hook"


def test_its_result_is_shown() -> None:
    bench = Bench()
    [test] = bench.look()
    assert bench.status().test is TrialResult.WAITING
    bench.clock.advance(3)
    bench.end(test, FAILED)
    assert bench.tested == []
    bench.clock.advance(1)
    bench.end(test, ACCEPTED)
    at = START + timedelta(seconds=4)
    assert bench.tested == [(HOOK, at, True)]
    bench.look()
    shown = bench.status()
    assert (shown.test, shown.tested_at, shown.test_due) == (TrialResult.ACCEPTED, at, Due.DONE)
    assert (shown.failed_since, shown.last_accepted_at) == (None, at)
    assert bench.told == []


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (DeliveryOutcome.REFUSED, DeliveryStatus.REFUSED),
        (DeliveryOutcome.IN_DOUBT, DeliveryStatus.EXPIRED),
        (DeliveryOutcome.FAILED, DeliveryStatus.EXPIRED),
    ],
)
def test_one_that_fails_is_a_fault_of_the_channel(
    outcome: DeliveryOutcome, status: DeliveryStatus
) -> None:
    bench = Bench()
    [test] = bench.look()
    if outcome is FAILED:
        # Given up without another attempt: what has been tried before counts.
        bench.end(test, outcome)
        bench.look(2)
        assert bench.told == []
    bench.end(test, outcome, status)
    bench.look(2)
    assert faults(bench) == [[(HOOK, outcome)]]
    [(channel, _, accepted)] = bench.tested
    assert (channel, accepted) == (HOOK, False)
    assert bench.status().test is TrialResult.FAILED
    bench.end(some(), ACCEPTED)
    bench.look(2)
    assert faults(bench)[1:] == [[]]
    # What the test came to stays what it was.
    assert bench.status().test is TrialResult.FAILED


def test_a_restart_neither_doubles_nor_skips_it() -> None:
    def sent(*tests: DailyTest) -> list[Notification]:
        bench = Bench()
        bench.watch.resume(Restored(tests=tests))
        return bench.look()

    key = f"daily-20210515T0742:test:{ROOM}:hook"
    waiting = DailyTest(key, HOOK, TODAY, START)
    over = replace(waiting, status=DeliveryStatus.ACCEPTED, ended_at=START)
    yesterday = replace(over, key="daily-20210514:x", day=TODAY - timedelta(days=1))
    stale = replace(waiting, key="daily-20210515T0701:x", sent_at=START - timedelta(minutes=16))
    assert sent(waiting) == []
    # Nobody could try it in its time.
    assert len(sent(stale)) == 1
    assert sent(yesterday, over) == []
    assert len(sent(yesterday)) == 1


def test_what_an_earlier_run_had_under_way_is_followed_to_its_end() -> None:
    bench = Bench()
    [test] = Bench().look()
    bench.watch.resume(Restored(tests=(DailyTest(test.key, HOOK, TODAY, START),)))
    assert bench.look() == []
    bench.end(test, ACCEPTED)
    assert bench.tested == [(HOOK, START, True)]


def test_the_figures_of_an_earlier_run_are_shown_at_once() -> None:
    bench = Bench()
    ended = DailyTest("daily-20210514:x", HOOK, TODAY, START, DeliveryStatus.REFUSED, START)
    bench.watch.resume(Restored(tests=(ended,)))
    assert bench.tested == [(HOOK, START, False)]


def test_without_anybody_on_duty_who_has_it_it_waits_and_says_so_once() -> None:
    whole = province()
    deaf = replace(whole.contacts[ROOM], channels=(LOG,))
    bench = Bench(replace(whole, contacts={**whole.contacts, ROOM: deaf}))
    with capture_logs() as logs:
        assert bench.look() == []
        assert bench.look(60) == []
    assert [entry["channel"] for entry in logs if "nobody on duty" in entry["event"]] == [HOOK]
    assert bench.status().test_due is Due.NOBODY
    # Somebody who has it comes on duty.
    bench.book = DutyBook(whole)
    assert len(bench.look(60)) == 1


def test_never_means_never() -> None:
    bench = Bench(province(None))
    assert bench.look() == []
    assert bench.status().test_due is Due.OFF


def test_a_broken_channel_is_told_once_and_again_when_it_works() -> None:
    bench = Bench(province(None))
    bench.look()
    bench.end(some(), FAILED)
    bench.look(2)
    assert bench.told == []
    bench.failed = frozenset({HOOK})
    bench.look(2)
    bench.end(some(), FAILED)
    bench.look(2)
    assert faults(bench) == [[(HOOK, FAILED)]]
    bench.failed = frozenset()
    bench.end(some(), ACCEPTED)
    bench.look(2)
    assert faults(bench) == [[(HOOK, FAILED)], []]


def test_what_is_settled_without_an_attempt_says_nothing() -> None:
    bench = Bench(province(None))
    bench.look()
    for status in (DeliveryStatus.HANDED_ON, DeliveryStatus.EXPIRED):
        bench.end(some(), FAILED, status)
    bench.failed = frozenset({HOOK})
    bench.look(2)
    assert bench.told == []


def test_a_contact_without_an_address_is_not_the_channels_fault() -> None:
    whole = province(None)
    contacts = {k: replace(c, email=None) for k, c in whole.contacts.items()}
    by_mail = replace(whole, contacts=contacts, addressed_by={HOOK: Address.EMAIL})
    for bench, told in ((Bench(by_mail), []), (Bench(whole), [[(HOOK, DeliveryOutcome.REFUSED)]])):
        bench.look()
        for contact in list(whole.contacts)[:3]:
            bench.end(some(contact), DeliveryOutcome.REFUSED, DeliveryStatus.REFUSED)
        bench.look(2)
        assert faults(bench) == told


def broken() -> Bench:
    """A channel that has failed at 0 s, with nothing left to carry."""
    bench = Bench(province(None))
    bench.look()
    bench.end(some(), FAILED)
    bench.failed = frozenset({HOOK})
    bench.look()
    assert faults(bench) == [[(HOOK, FAILED)]]
    return bench


def test_one_that_has_failed_gets_a_test_to_carry_less_and_less_often() -> None:
    bench = broken()
    pauses, last = [], 0.0
    for _ in range(int(6 * 3600 / 10)):
        if bench.look(10):
            pauses.append(bench.clock.now().monotonic - last)
            last = bench.clock.now().monotonic
    first = [FIRST_RECHECK * 2**n for n in range(4)]
    assert pauses[:5] == [FIRST_RECHECK, *(pause for pause in first[1:]), SLOWEST_RECHECK]
    assert set(pauses[5:]) == {SLOWEST_RECHECK}
    assert len({message.key for message in bench.sent}) == len(bench.sent)
    assert {(m.contact, m.is_test) for m in bench.sent} == {(ROOM, True)}
    assert faults(bench) == [[(HOOK, FAILED)]]


def test_another_reason_is_no_other_fault() -> None:
    bench = broken()
    bench.end(some(), DeliveryOutcome.IN_DOUBT)
    bench.look(2)
    assert faults(bench) == [[(HOOK, FAILED)]]
    assert bench.status().reason == "in_doubt"


def test_what_is_repeated_in_vain_counts_too() -> None:
    bench = Bench(province(None))
    bench.look()
    for _ in range(16):
        bench.watch.repeated(HOOK, Delivery(FAILED, "HTTP 503"))
        bench.look(60)
    assert faults(bench) == [[(HOOK, FAILED)]]
    bench.watch.repeated(HOOK, Delivery(ACCEPTED, "3 alerts fire"))
    bench.look(2)
    assert faults(bench)[1:] == [[]]


def test_when_all_have_failed_we_are_mute() -> None:
    bench = broken()
    said = [bench.watch.is_mute]
    bench.end(some(), ACCEPTED)
    bench.look(2)
    said.append(bench.watch.is_mute)
    nobody = Bench(replace(province(), served_channels=frozenset()))
    nobody.look()
    said.append(nobody.watch.is_mute)
    assert said == [True, False, False]


def test_a_stale_test_that_is_given_up_is_not_the_channels_fault() -> None:
    bench = Bench(province(None))
    [test] = Bench().look()
    old = DailyTest(test.key, HOOK, TODAY, START - timedelta(hours=1))
    bench.watch.resume(Restored(tests=(old,)))
    bench.look()
    bench.end(test, FAILED, DeliveryStatus.EXPIRED)
    bench.look(2)
    assert (bench.told, bench.tested) == ([], [])


def test_no_test_while_anything_else_waits_for_it() -> None:
    bench = broken()
    bench.waiting = [message(LOG), some()]
    assert bench.look(2 * FIRST_RECHECK) == []
    bench.waiting = [message(LOG)]
    assert len(bench.look(10)) == 1


def test_a_reload_has_it_tested_at_once() -> None:
    bench = broken()
    bench.book = DutyBook(replace(bench.inventory))
    assert len(bench.look(2)) == 1
    assert bench.look(2) == []


def test_an_accepted_test_ends_the_fault() -> None:
    bench = broken()
    [test] = bench.look(FIRST_RECHECK)
    bench.failed = frozenset()
    bench.end(test, ACCEPTED)
    assert bench.look(2) == []
    assert faults(bench)[-1] == []
    assert bench.look(SLOWEST_RECHECK) == []


def mute(**changes: object) -> Incident:
    known: dict[str, object] = {
        "family": Family.CHANNEL,
        "subject": Subject.of_channel(HOOK),
        "kind": Kind.CHANNEL_FAILED,
        "reason": "in_doubt",
        "started_at": START,
    }
    return incident(START, **{**known, **changes})


def test_what_had_failed_before_a_restart_has_failed_still() -> None:
    bench = Bench(province(None))
    bench.watch.resume(Restored(open_incidents=(mute(),)))
    bench.look()
    assert bench.told == []
    assert bench.status().failed_since == START
    assert bench.status().reason == "in_doubt"
    assert len(bench.look(FIRST_RECHECK)) == 1
    bench.end(some(), ACCEPTED)
    bench.look(2)
    assert faults(bench) == [[]]


def test_one_that_flapped_and_was_quiet_stands_on_nothing() -> None:
    bench = Bench(province(None))
    bench.watch.resume(Restored(open_incidents=(mute(good_since=START),)))
    bench.look()
    assert bench.status().failed_since is None
