"""Real daemon, real receiver, and a mail server that is not there: the next channel takes over."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.field import Field, laid_out
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

MAIL = "mail: {type: email, host: 127.0.0.1, port: 2525, from: linkwatch@centre.example}"
CHANGES = {
    f'"{number}"], channels: [hook]': f'"{number}"], email: {who}@x.example, channels: [mail, hook]'
    for number, who in (("+84000000001", "vnpt"), ("+84000000005", "centre"))
} | {"  hook: ": f"  {MAIL}\n  hook: "}


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[Field]:
    with laid_out(tmp_path, CHANGES) as ready:
        yield ready


def test_who_cannot_be_mailed_is_told_by_webhook_and_hears_the_end(mailing: Field) -> None:
    def about(event: str, contact: str) -> Received:
        return mailing.hook.wait(30, lambda r: (r.what[0], r.what[2]) == (event, contact))

    mailing.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    opened = {who: about("opened", who) for who in ("vnpt-huyen", "truc-ttcntt")}
    assert opened["vnpt-huyen"].headers["Idempotency-Key"] == "LW-000001:opened:vnpt-huyen:hook"
    assert mailing.daemon.metric("linkwatch_channel_failed", channel="mail") == 1
    assert mailing.daemon.metric("linkwatch_channel_failed", channel="hook") == 0

    mailing.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
    for who in opened:
        about("resolved", who)
    mailing.daemon.wait(5, lambda: mailing.daemon.status()["outbox_pending"] == 0)
    told = Counter(r.what[1] for r in mailing.hook.received)
    assert told == {"down": 4, "channel_failed": 1}, "of the line, and of the mail server"
    entries = [
        json.loads(line) for line in mailing.daemon.log.read_text().splitlines() if line[:1] == "{"
    ]
    assert [e["channel"] for e in entries if e["event"] == "channel failed"] == ["mail"]
    handed_on = [e["detail"] for e in entries if e.get("what") == "handed_on"]
    assert sorted(handed_on) == [
        f"{who} by mail, opened: channel_failed: hook takes over"
        for who in ("truc-ttcntt", "vnpt-huyen")
    ]
