"""Real daemon, mail server, Alertmanager and webhook receiver: a test, and a fault as a thread."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.alertmanager import Alertmanager, alertmanager, requires_alertmanager
from support.field import Field, laid_out
from support.mail import MailServer, mail_server
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd, requires_alertmanager]

MAIL_PORT = 2525
CHANNELS = f"""\
  mail: {{type: email, host: 127.0.0.1, port: {MAIL_PORT}, from: linkwatch@centre.example}}
  alerts: {{type: alertmanager, url: "http://127.0.0.1:9093", resend: 1s}}
  hook: """
CHANGES = {
    '"+84000000001"], channels: [hook]': (
        '"+84000000001"], email: vnpt@x.example, channels: [mail, hook, alerts]'
    ),
    '"+84000000002"], channels: [hook]': '"+84000000002"], channels: [hook, mail]',
    "  hook: ": CHANNELS,
}


@dataclass
class Peers:
    """The daemon's surroundings, and all that its channels speak to."""

    field: Field
    mail: MailServer
    manager: Alertmanager

    def mails(self, count: int) -> None:
        """Wait for so many; what was under way at a kill may come twice, as the same one."""

        def different() -> int:
            return len({str(mail.message["Message-ID"]) for mail in self.mail.mails})

        self.field.daemon.wait(30, lambda: different() >= count)


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    home = tmp_path / "alertmanager"
    home.mkdir()
    with ExitStack() as stack:
        field = stack.enter_context(laid_out(tmp_path, CHANGES))
        mail = stack.enter_context(mail_server(namespace=field.centre, port=MAIL_PORT))
        nowhere = "http://127.0.0.1:8098/nobody"
        manager = stack.enter_context(alertmanager(home, nowhere, field.centre, 9093))
        yield Peers(field, mail, manager)


def test_a_test_goes_by_every_channel_and_says_who_did_not_take_it(peers: Peers) -> None:
    daemon = peers.field.daemon
    shown = daemon.cli("test-alert", "vnpt-huyen", "--dry-run")
    assert (shown.returncode, peers.mail.mails, peers.field.hook.received) == (0, [], [])
    assert "[THỬ] Tin thử của linkwatch" in shown.stdout

    sent = daemon.cli("test-alert", "vnpt-huyen")
    assert sent.returncode == 0, sent.stdout
    outcomes = dict(line.split()[:2] for line in sent.stdout.splitlines()[2:])
    assert outcomes == {"mail": "accepted", "hook": "accepted", "alerts": "accepted"}
    [mail] = peers.mail.mails
    assert mail.recipient == "vnpt@x.example"
    assert mail.message["Subject"].startswith("[THỬ]")
    assert mail.message["References"] is None
    [hook] = peers.field.hook.received
    assert (hook.body["event"], hook.body["incident"]) == ("test", None)
    assert hook.headers["Idempotency-Key"].endswith(":test:vnpt-huyen:hook")
    assert peers.manager.firing()[""]["labels"]["alertname"] == "LinkwatchTest"

    half = daemon.cli("test-alert", "vnpt-tinh")
    assert half.returncode == 1
    outcomes = dict(line.split()[:2] for line in half.stdout.splitlines()[2:])
    assert outcomes == {"hook": "accepted", "mail": "refused"}
    assert "contact vnpt-tinh has no e-mail address" in half.stdout
    assert daemon.cli("test-alert", "nobody").returncode == 1
    daemon.wait(5, lambda: daemon.status()["outbox_pending"] == 0)
    # A refused test is nobody else's business: no other channel takes it over.
    assert len(peers.field.hook.received) == 2


def test_the_mails_on_one_fault_are_one_thread_across_kill_9(peers: Peers) -> None:
    field = peers.field
    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    peers.mails(1)
    field.daemon.kill()
    field.daemon.start()
    field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
    peers.mails(2)
    by_id = {str(mail.message["Message-ID"]): mail.message for mail in peers.mail.mails}
    opened, *_, resolved = by_id.values()
    assert opened["References"] is None
    assert resolved["References"] == resolved["In-Reply-To"] == opened["Message-ID"]
    assert "MẤT KẾT NỐI" in opened["Subject"]
    assert "ĐÃ KHÔI PHỤC" in resolved["Subject"]
