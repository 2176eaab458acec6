"""People answer, and the process is killed in between: nothing anybody said or was due is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.field import Field, laid_out
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

ALERT, CLEAR = 10.0, 15.0
BASE = "http://10.77.0.1:9675"
ENDS = ("opened", "resolved")
REACHED = {
    'http: {listen: "127.0.0.1:9675"}': f'http: {{listen: "10.77.0.1:9675", public_url: "{BASE}"}}',
}
QUICK = """\
hold: {P1: 0s, P2: 0s, P3: 0s}
escalation:
  P2: [{after: 0s, notify: [duty]}, {after: 4s, notify: [up]}, {after: 8s, notify: [operator]}]
"""


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Field]:
    """The field, with an escalation of seconds."""
    with laid_out(tmp_path, {"hold: {P1: 0s, P2: 0s, P3: 0s}\n": QUICK}) as ready:
        yield ready


@pytest.fixture
def reached(tmp_path: Path) -> Iterator[Field]:
    """The field, with a daemon that can be reached from outside."""
    with laid_out(tmp_path, REACHED) as ready:
        yield ready


class Wanted:
    """A message on one event to one contact."""

    def __init__(self, event: str, contact: str) -> None:
        self.event, self.contact = event, contact

    def __call__(self, received: Received) -> bool:
        return (received.what[0], received.what[2]) == (self.event, self.contact)


def cut(field: Field) -> str:
    """The WAN link goes dead, and its duty hears of it; the incident's id."""
    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    opened = field.hook.wait(ALERT, Wanted("opened", "vnpt-huyen"))
    incident = opened.body["incident"]
    assert isinstance(incident, dict)
    return str(incident["id"])


def holder(field: Field) -> dict[str, Any] | None:
    (incident,) = field.daemon.status()["incidents"]
    return dict(incident["holder"]) if incident["holder"] else None


def test_what_was_answered_survives_kill_9_and_declining_goes_on(field: Field) -> None:
    number = cut(field)
    said = ("--for", "vnpt-huyen", "--eta", "45m", "--by", "truc")
    taken = field.daemon.cli("ack", number, *said)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith(f"{number} is acknowledged, Trực VNPT huyện has it until ")
    field.hook.wait(ALERT, Wanted("acknowledged", "truc-ttcntt"))
    before = holder(field)
    field.daemon.kill()
    field.daemon.start()
    assert before is not None
    assert holder(field) == before

    declined = field.daemon.cli("decline", number, "--for", "vnpt-huyen", "--by", "truc")
    assert declined.returncode == 0, declined.stderr
    field.hook.wait(ALERT, Wanted("escalated", "vnpt-tinh"))
    assert holder(field) is None
    field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
    field.hook.wait(CLEAR, Wanted("resolved", "vnpt-tinh"))
    unknown = field.daemon.cli("ack", number, "--for", "vnpt-huyen")
    assert (unknown.returncode, unknown.stderr) == (2, f"linkwatch: no incident {number} is open\n")


def test_a_link_in_a_message_answers_from_outside_and_survives_kill_9(reached: Field) -> None:
    field = reached
    cut(field)
    link = str(field.hook.wait(ALERT, Wanted("opened", "vnpt-huyen")).body["ack_url"])
    token = link.rpartition("/")[2]
    assert link == f"{BASE}/ack/{token}"
    with field.site.entered(), httpx.Client(trust_env=False, timeout=5.0) as phone:
        assert phone.get(link).status_code == httpx.codes.OK
        assert holder(field) is None
        forged = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
        refused = phone.post(f"{BASE}/ack/{forged}", data={"act": "take"})
        assert refused.status_code == httpx.codes.NOT_FOUND
        assert holder(field) is None
        sent = phone.post(link, data={"act": "take", "eta": "45m"}, follow_redirects=True)
        assert "Đã ghi nhận: bạn nhận việc." in sent.text
    field.hook.wait(ALERT, Wanted("acknowledged", "truc-ttcntt"))
    before = holder(field)
    assert before is not None
    assert (before["contact"], before["via"]) == ("vnpt-huyen", "link")
    field.daemon.kill()
    field.daemon.start()
    assert holder(field) == before
    with field.site.entered(), httpx.Client(trust_env=False, timeout=5.0) as phone:
        phone.post(link, data={"act": "decline"})
        field.hook.wait(ALERT, Wanted("escalated", "vnpt-tinh"))
        assert holder(field) is None
        field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
        field.hook.wait(CLEAR, Wanted("resolved", "vnpt-huyen"))
        assert phone.post(link, data={"act": "take"}).status_code == httpx.codes.GONE
    assert token not in field.daemon.log.read_text(encoding="utf-8")


def test_steps_that_come_due_while_it_is_dead_are_taken_after_the_restart_once(
    quick: Field,
) -> None:
    cut(quick)
    quick.daemon.kill()
    quick.daemon.start()
    quick.hook.wait(ALERT, Wanted("escalated", "vnpt-tinh"))
    quick.hook.wait(ALERT, Wanted("escalated", "truc-ttcntt"))
    keys = [str(r.body["key"]) for r in quick.hook.received]
    assert len([k for k in set(keys) if ":escalated" in k]) == 2
    # At most what was under way at the kill may have come twice.
    assert len(keys) <= len(set(keys)) + 1


RUNGS = """\
hold: {P1: 0s, P2: 0s, P3: 0s}
department: {leader: so-tttt}
escalation:
  P2:
    - {after: 0s, notify: [duty]}
    - {after: 3s, notify: [up]}
    - {after: 6s, notify: [operator]}
    - {after: 9s, notify: [leader]}
    - {after: 12s, notify: [department]}
"""
BOSS = '  so-tttt: {name: "Lãnh đạo Sở", channels: [hook], answers_by: [phone]}\n'
KILLS = (0.3, 1.4, 0.0, 2.2, 0.7, 3.1)
"""s between the restart and the next kill -9: before, in and after a step."""


def test_no_step_is_lost_however_often_it_is_killed_on_the_way_up(tmp_path: Path) -> None:
    changes = {
        "hold: {P1: 0s, P2: 0s, P3: 0s}\n": RUNGS,
        "contacts:\n": f"contacts:\n{BOSS}",
    }
    with laid_out(tmp_path, changes) as field:
        number = cut(field)
        for wait in KILLS:
            field.hook.within(wait, Wanted("escalated", "so-tttt"))
            field.daemon.kill()
            field.daemon.start()
        field.hook.wait(CLEAR, Wanted("escalated", "so-tttt"))
        escalated = [r.what[2] for r in field.hook.received if r.what[0] == "escalated"]
        first = list(dict.fromkeys(escalated))
        assert first == ["vnpt-tinh", "truc-ttcntt", "vnpt-ld", "so-tttt"]
        # At most what was under way at each kill may have come twice.
        assert len(escalated) <= len(first) + len(KILLS)
        assert {str(r.body["key"]).partition(":")[0] for r in field.hook.received} == {number}


def test_a_swap_of_duty_survives_kill_9_and_who_stands_in_is_told(field: Field) -> None:
    swap = ("vnpt-district", "--contact", "vnpt-tinh", "--until", "2100-01-01", "--by", "truc")
    made = field.daemon.cli("oncall", "override", *swap)
    assert (made.returncode, made.stderr) == (0, "")
    field.daemon.kill()
    field.daemon.start()
    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    field.hook.wait(ALERT, Wanted("opened", "vnpt-tinh"))
    assert field.daemon.cli("oncall", "override", "remove", "1").returncode == 0
    assert (
        field.daemon.cli("oncall", "override", "list").stdout == "no override was made by command\n"
    )


def test_a_duty_that_nobody_has_is_told_once_over_kill_9_until_somebody_has_it(
    tmp_path: Path,
) -> None:
    leader = "  vnpt-leader: {carrier: vnpt, level: leader, standing: vnpt-ld}\n"
    at_any_hour = (
        "escalation: {P3: [{after: 0s, notify: [duty]}]}\nhold: {P1: 0s, P2: 0s, P3: 0s}\n"
    )
    changes = {leader: "", "hold: {P1: 0s, P2: 0s, P3: 0s}\n": at_any_hour}
    with laid_out(tmp_path, changes) as field:
        opened = field.hook.wait(ALERT, Wanted("opened", "truc-ttcntt"))
        assert opened.what[1] == "roster_gap"
        assert field.daemon.metric("linkwatch_roster_gap", carrier="vnpt", level="leader") == 1
        field.daemon.kill()
        field.daemon.start()
        (incident,) = field.daemon.status()["incidents"]
        assert incident["subject"] == {"kind": "duty", "id": "vnpt/leader"}
        field.daemon.kill()
        mended = field.province.replace("rosters:\n", f"rosters:\n{leader}")
        field.daemon.config.write_text(mended, encoding="utf-8")
        field.daemon.start()
        field.hook.wait(CLEAR, Wanted("resolved", "truc-ttcntt"))
        told = {str(r.body["key"]) for r in field.hook.received}
        assert told == {f"{incident['id']}:{event}:truc-ttcntt:hook" for event in ENDS}
