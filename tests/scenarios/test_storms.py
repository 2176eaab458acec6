"""Many faults at once, by the real turn: every cut through a storm, and a channel that gives up."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import DropUntold, Enqueue, KeepUntold, Record, Restored
from linkwatch.model.notification import Notification, Trouble
from linkwatch.runtime.gathering import BULK
from linkwatch.store.opening import default_url, open_journal
from linkwatch.wire.acktoken import Addressed, read_ack_token
from support.drive import Answers, Drive, silent
from support.province import MORNING, NIGHT, moment
from support.storm import HOOK, stormy, told_by, wan

SITES = 6
ALL = ("vnpt-huyen", "vnpt-tinh", "truc-ttcntt")
KEY = bytes(range(32))
MAIL, LOG = ChannelId("mail"), ChannelId("log")


def one_by_one(sites: int, apart: float, since: float) -> dict[str, Answers]:
    """Each falls so long after the one before."""

    def falls(at: float) -> Answers:
        return lambda sent: None if sent >= at else 0.010

    return {wan(n).replace("-", "_"): falls(since + (n - 1) * apart) for n in range(1, sites + 1)}


def heard(messages: Sequence[Notification], event: str) -> Counter[tuple[str, str]]:
    """How often each contact was told this of each incident."""
    return Counter(
        (contact, incident)
        for message in messages
        for incident, contact, events in told_by(message)
        if event in events
    )


def dead(sites: int) -> dict[str, Answers]:
    return {wan(number).replace("-", "_"): silent for number in range(1, sites + 1)}


class Turns(Drive):
    """A drive that knows which records one turn decided."""

    def __init__(
        self,
        inventory: Inventory,
        start: datetime,
        restored: Restored | None = None,
        first: int = 1,
    ) -> None:
        self.turns: list[Sequence[Record]] = []
        super().__init__(inventory, start, restored, first=first)

    def _keep(self, records: list[Record]) -> None:
        super()._keep(records)
        if records:
            self.turns.append(records)


def a_storm() -> Turns:
    """Six lines fall within five seconds, and twenty pass."""
    drive = Turns(stormy(SITES, confer=True), MORNING)
    drive.run(30)
    drive.run(20, **one_by_one(SITES, 1.0, 30.0))
    return drive


@pytest.mark.parametrize("cut", range(1, len(a_storm().turns) + 1))
def test_a_kill_between_any_two_commits_loses_nothing_and_doubles_nothing(
    cut: int, tmp_path: Path
) -> None:
    before = a_storm()
    journal = open_journal(default_url(tmp_path), now=NIGHT)
    for records in before.turns[:cut]:
        journal.write(records)
    at = moment(MORNING, 60.0).wall
    restored = journal.restore(at - timedelta(seconds=600))
    numbers = journal.reserve_numbers(1000)
    journal.close()
    # Whatever was written and not settled is sent after the restart, under the same key.
    sent = [r.notification for t in before.turns[:cut] for r in t if isinstance(r, Enqueue)]
    assert {row.notification.key for row in restored.outbox} == {m.key for m in sent}

    after = Turns(before.state.inventory, at, restored, first=numbers.start + 500)
    after.run(40, **dead(SITES))
    told = heard([*sent, *after.notifications], "opened")
    incidents = {incident for _, incident in told}
    assert len(incidents) == SITES
    assert told == Counter((who, incident) for who in ALL for incident in incidents)


def test_a_digest_put_together_again_is_the_same_message() -> None:
    drives = [a_storm(), a_storm()]
    first, second = ([m.key for m in d.notifications if m.incident is None] for d in drives)
    assert first == second
    assert len(set(first)) == len(first) > 0
    assert all(re.fullmatch(r"LW-\d{6}:digest\.[0-9a-f]{12}:[a-z-]+:hook", key) for key in first)


def test_a_digest_says_each_incident_as_it_is_now_and_where_to_answer_for_it() -> None:
    whole = replace(stormy(3, confer=True), public_url="https://linkwatch.example")
    drive = Drive(whole, MORNING)
    drive.state.key = KEY
    drive.run(30)
    drive.run(20, **one_by_one(3, 0.0, 30.0))
    digest = next(m for m in drive.notifications if m.contact == "vnpt-huyen")

    body = json.loads(digest.body)
    assert (body["event"], body["ack_url"], body["contact"]["role"]) == ("digest", None, "duty")
    assert [one["id"] for one in body["incidents"]] == [f"LW-{n:06}" for n in (1, 2, 3)]
    for one in body["incidents"]:
        assert (one["status"], one["events"]) == ("open", ["opened"])
        assert one["ack_url"] in digest.text
        token = one["ack_url"].rpartition("/")[2]
        assert read_ack_token(KEY, token) == Addressed(one["id"], ContactId("vnpt-huyen"))
        assert one["runbook_url"] == "https://linkwatch.example/manual/alerts#down"
    assert "\nHướng dẫn: https://linkwatch.example/manual/alerts\n" in digest.text
    assert digest.started_at == min(i.started_at for i in drive.state.incidents.values())
    assert (digest.priority, digest.event) == ("P1", IncidentEvent.DIGEST)


def test_a_fault_that_is_over_before_it_could_be_told_is_told_as_over() -> None:
    drive = Drive(replace(stormy(2), messages_per_hour=2), NIGHT)
    drive.run(30)
    drive.run(100, **dead(1))
    drive.run(20)
    drive.run(90, xa_002_wan=silent)
    waiting = len(drive.notifications)
    drive.run(60)
    assert len(drive.notifications) == waiting, "the cap is reached"
    for message in (told := drive.run(3600)):
        assert told_by(message) == [
            ("LW-000001", message.contact, ("resolved",)),
            ("LW-000002", message.contact, ("opened", "resolved")),
        ]
        assert message.text.startswith("ĐÃ KHÔI PHỤC 2 SỰ CỐ")
    assert {m.contact for m in told} == {"vnpt-huyen", "truc-ttcntt"}


def test_what_is_open_comes_before_what_is_over() -> None:
    drive = Drive(replace(stormy(2), messages_per_hour=2), NIGHT)
    drive.run(30)
    drive.run(100, **dead(1))
    before = len(drive.notifications)
    drive.run(3600, xa_002_wan=silent)
    digest = next(m for m in drive.notifications[before:] if m.contact == "vnpt-huyen")
    assert [number for number, *_ in told_by(digest)] == ["LW-000002", "LW-000001"]
    assert digest.text.startswith("[P2] 1 SỰ CỐ")
    assert digest.text.index("LW-000002") < digest.text.index("LW-000001")


def test_no_turn_tells_of_more_than_the_probes_can_wait_for() -> None:
    sites = BULK + 20
    drive = Turns(stormy(sites, confer=True), MORNING)
    drive.run(20)
    drive.run(30, **dead(sites))
    told = [[r.notification for r in t if isinstance(r, Enqueue)] for t in drive.turns]
    most = max(sum(len(m.incidents) or 1 for m in each) for each in told)
    assert most == sites, "one digest, and no other with it"
    assert heard(drive.notifications, "opened").total() == sites * len(ALL)


def a_digest(*channels: ChannelId, common: frozenset[ChannelId] = frozenset()) -> Drive:
    """A digest by hook has been written to everybody, who have these channels besides."""
    whole = replace(stormy(3), public_url="https://linkwatch.example", common_channels=common)
    people = {k: replace(c, channels=(HOOK, *channels)) for k, c in whole.contacts.items()}
    usable = whole.served_channels | {MAIL}
    drive = Drive(replace(whole, contacts=people, served_channels=usable), NIGHT)
    drive.state.key = KEY
    drive.run(30)
    drive.run(100, **dead(3))
    return drive


def test_another_channel_takes_a_digest_over_and_all_that_follows_on_its_incidents() -> None:
    drive = a_digest(MAIL)
    digest = next(m for m in drive.notifications if m.contact == "vnpt-huyen")
    assert digest.event is IncidentEvent.DIGEST

    [again] = drive.undelivered(digest, Trouble.REFUSED)
    assert (again.channel, again.incidents) == (MAIL, digest.incidents)
    assert again.key == digest.key.replace(":hook", ":mail")
    assert json.loads(again.body)["key"] == again.key
    assert drive.timeline[-3:] == ["handed_on"] * 3

    ended = drive.run(60)
    by = {m.channel for m in ended if m.contact == "vnpt-huyen"}
    assert by == {MAIL}
    assert heard([m for m in ended if m.contact == "vnpt-huyen"], "resolved").total() == 3


def test_a_log_that_takes_a_digest_over_has_nobodys_link() -> None:
    drive = a_digest(LOG, common=frozenset({LOG}))
    digest = next(m for m in drive.notifications if m.contact == "vnpt-huyen")
    assert digest.text.count("/ack/") == digest.body.count('"ack_url":"') == 3

    [again] = drive.undelivered(digest, Trouble.REFUSED)
    assert again.channel == LOG
    assert "/ack/" not in again.text + again.body
    assert [one["id"] for one in json.loads(again.body)["incidents"]] == list(digest.incidents)


def test_where_there_is_no_other_channel_each_timeline_says_so() -> None:
    drive = a_digest()
    digest = next(m for m in drive.notifications if m.contact == "vnpt-huyen")
    assert drive.undelivered(digest, Trouble.REFUSED) == []
    assert [note.incident for note in drive.notes if note.what == "not_reached"] == list(
        digest.incidents
    )


def test_what_waits_for_an_incident_that_cannot_be_read_is_named_and_dropped() -> None:
    before = a_storm()
    kept = [r.untold for r in before.records if isinstance(r, KeepUntold)]
    after = Drive(before.state.inventory, MORNING, Restored(untold=(kept[0],)))
    assert [r.keys for r in after.records if isinstance(r, DropUntold)] == [(kept[0].key,)]
    assert [(n.incident, n.what) for n in after.notes] == [(kept[0].incident, "not_told")]


def test_channels_for_programs_are_told_of_each_by_itself() -> None:
    drive = Drive(replace(stormy(3, confer=True), gathered_channels=frozenset()), MORNING)
    drive.run(30)
    drive.run(10, **dead(3))
    assert {m.event for m in drive.notifications} == {IncidentEvent.OPENED}
    assert len(drive.notifications) == 3 * len(ALL)
