"""Tests of a contact's channels: what is sent, and whose answers are waited for."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.journal import Attempted, Enqueue, Record
from linkwatch.model.moment import Moment
from linkwatch.model.notification import DeliveryOutcome, Notification, OutboxRow
from linkwatch.model.priority import Priority
from linkwatch.ports import Tried
from linkwatch.runtime.trial import NO_ATTEMPT, Trials, trial_messages
from support.province import inventory
from support.waiting import PATIENCE, START

NOW = Moment(0.0, START)
HOOK, SMS = ChannelId("hook"), ChannelId("sms")
PROVINCE = inventory()
CONTACT = replace(next(iter(PROVINCE.contacts.values())), channels=(HOOK, SMS))
MESSAGES = trial_messages(PROVINCE, CONTACT, START)


def attempted(message: Notification, outcome: DeliveryOutcome, detail: str) -> Attempted:
    return Attempted(OutboxRow(message), START, outcome, detail)


class Road:
    """Writer and dispatcher in one: what was submitted comes back as the test says."""

    def __init__(self, *answers: tuple[DeliveryOutcome, str]) -> None:
        self.trials = Trials(self.submit)
        self.answers = answers
        self.written: list[Record] = []

    def submit(self, records: Sequence[Record], _now: Moment) -> None:
        self.written.extend(records)
        asyncio.get_running_loop().call_soon(self.answer)

    def answer(self) -> None:
        for message, answer in zip(MESSAGES, self.answers, strict=False):
            self.trials.see([attempted(message, *answer)])


def send(road: Road, within: float = PATIENCE) -> tuple[Tried, ...]:
    return asyncio.run(road.trials.send(MESSAGES, NOW, within))


def test_one_message_by_each_channel_marked_as_a_test() -> None:
    assert [m.channel for m in MESSAGES] == [HOOK, SMS]
    assert len({m.key for m in MESSAGES}) == 2
    for message in MESSAGES:
        assert (message.event, message.incident) == (IncidentEvent.TEST, None)
        assert message.priority is Priority.P3
        assert message.text.startswith("[THỬ]")
        assert message.subject.startswith("[THỬ]")
        assert message.short.startswith("THU NGHIEM")
        body = json.loads(message.body)
        assert (body["event"], body["incident"], body["key"]) == ("test", None, message.key)


def test_a_later_test_has_keys_of_its_own() -> None:
    again = trial_messages(PROVINCE, CONTACT, START.replace(microsecond=1))
    assert {m.key for m in again}.isdisjoint(m.key for m in MESSAGES)


def test_they_are_written_and_their_first_attempts_waited_for() -> None:
    road = Road((DeliveryOutcome.ACCEPTED, "HTTP 200"), (DeliveryOutcome.REFUSED, "no sender"))
    assert send(road) == (
        Tried(MESSAGES[0], DeliveryOutcome.ACCEPTED, "HTTP 200"),
        Tried(MESSAGES[1], DeliveryOutcome.REFUSED, "no sender"),
    )
    assert road.written == [Enqueue(message) for message in MESSAGES]


def test_a_channel_that_says_nothing_is_waited_for_no_longer_than_that() -> None:
    road = Road((DeliveryOutcome.ACCEPTED, "HTTP 200"))
    first, second = send(road, within=0.05)
    assert first.outcome is DeliveryOutcome.ACCEPTED
    assert second == Tried(MESSAGES[1], None, NO_ATTEMPT)


def test_only_the_first_attempt_counts_and_nobody_elses() -> None:
    stranger = replace(MESSAGES[1], key="LW-000001:opened:x:sms")

    async def scenario() -> tuple[Tried, ...]:
        submitted = asyncio.Event()
        trials = Trials(lambda _records, _now: submitted.set())
        sending = asyncio.ensure_future(trials.send(MESSAGES, NOW, PATIENCE))
        await submitted.wait()
        trials.see([attempted(stranger, DeliveryOutcome.ACCEPTED, "not ours")])
        trials.see([attempted(MESSAGES[0], DeliveryOutcome.FAILED, "HTTP 503")])
        trials.see([attempted(MESSAGES[0], DeliveryOutcome.ACCEPTED, "HTTP 200")])
        assert not sending.done()
        trials.see([attempted(MESSAGES[1], DeliveryOutcome.ACCEPTED, "250 OK")])
        return await sending

    assert [one.detail for one in asyncio.run(scenario())] == ["HTTP 503", "250 OK"]


def test_a_contact_without_channels_is_sent_nothing() -> None:
    road = Road()
    assert asyncio.run(road.trials.send((), NOW, PATIENCE)) == ()
    assert road.written == []
