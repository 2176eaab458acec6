"""Real daemon, mail server and webhook receiver: the daily tests, and a channel that goes mute."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.field import Field, laid_out
from support.mail import MailServer, mail_server
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

MAIL_PORT = 2525
MAIL = f"mail: {{type: email, host: 127.0.0.1, port: {MAIL_PORT}, from: linkwatch@centre.example}}"
ROOM = '"+84000000005"], '
CHANGES = {
    "daily_test: never": 'daily_test: "00:00"',
    f"{ROOM}channels: [hook]": f"{ROOM}email: centre@x.example, channels: [mail, hook]",
    "  hook: ": f"  {MAIL}\n  hook: ",
}


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[tuple[Field, MailServer]]:
    with ExitStack() as stack:
        field = stack.enter_context(laid_out(tmp_path, CHANGES))
        yield field, stack.enter_context(mail_server(namespace=field.centre, port=MAIL_PORT))


def is_test(received: Received) -> bool:
    return received.body["event"] == "test"


def is_mute(received: Received, event: str) -> bool:
    incident = received.body["incident"]
    is_channels = isinstance(incident, dict) and incident["kind"] == "channel_failed"
    return is_channels and received.body["event"] == event


def results(field: Field) -> dict[str, str]:
    return {entry["id"]: entry["test"] for entry in field.daemon.status()["channels"]}


def test_each_channel_carries_one_test_a_day_across_kill_9(
    mailing: tuple[Field, MailServer],
) -> None:
    field, mail = mailing
    daemon = field.daemon
    everywhere = {"hook": "accepted", "mail": "accepted"}
    daemon.wait(60, lambda: results(field) == everywhere)
    [by_hook] = [one for one in field.hook.received if is_test(one)]
    assert by_hook.headers["Idempotency-Key"].startswith("daily-")
    assert by_hook.headers["Idempotency-Key"].endswith(":test:truc-ttcntt:hook")
    [by_mail] = mail.mails
    assert by_mail.recipient == "centre@x.example"
    assert by_mail.message["Subject"].startswith("[THỬ]")
    before = daemon.metric("linkwatch_channel_last_test_timestamp_seconds", channel="mail")
    assert before is not None

    daemon.kill()
    daemon.start()
    # The watch has looked, and found them done.
    daemon.wait(30, lambda: {c["test_due"] for c in daemon.status()["channels"]} == {"done"})
    assert results(field) == everywhere
    for channel in everywhere:
        assert daemon.metric("linkwatch_channel_test_successful", channel=channel) == 1
    after = daemon.metric("linkwatch_channel_last_test_timestamp_seconds", channel="mail")
    assert after == before
    daemon.wait(30, lambda: daemon.status()["outbox_pending"] == 0)
    assert len(mail.mails) == len([one for one in field.hook.received if is_test(one)]) == 1


def test_the_room_hears_by_another_channel_that_one_is_mute(
    mailing: tuple[Field, MailServer],
) -> None:
    field, mail = mailing
    daemon = field.daemon
    daemon.wait(60, lambda: results(field).get("mail") == "accepted")
    mail.answers["MAIL"] = "421 4.3.2 out of service"
    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    opened = field.hook.wait(60, lambda r: is_mute(r, "opened"))
    incident = opened.body["incident"]
    assert isinstance(incident, dict)
    assert incident["subject"] == {"kind": "channel", "id": "mail"}
    assert (incident["reason"], incident["carrier"]) == ("failed", None)
    assert "KÊNH NHẮN TIN HỎNG" in str(opened.body["text"])
    told = opened.body["contact"]
    assert isinstance(told, dict)
    assert told["id"] == "truc-ttcntt"
    status = daemon.cli("status").stdout
    assert "failed (failed)" in status
    assert daemon.metric("linkwatch_channel_failed", channel="mail") == 1

    daemon.kill()
    daemon.start()
    # It stands: nothing has been accepted since. A test by hand that is accepted ends it.
    known = {entry["kind"] for entry in daemon.status()["incidents"]}
    assert "channel_failed" in known
    mail.answers.clear()
    assert daemon.cli("test-alert", "truc-ttcntt").returncode == 0
    field.hook.wait(30, lambda r: is_mute(r, "resolved"))
    about = [r for r in field.hook.received if is_mute(r, "opened") or is_mute(r, "resolved")]
    assert len(about) == 2
