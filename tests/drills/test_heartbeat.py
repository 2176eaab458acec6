"""Real daemon, real checker: it is told that we are well, and not while we see nothing."""

import time  # noqa: TID251 silence has no event to await
from contextlib import ExitStack

from support.field import Field
from support.httppeer import serving
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]


def test_the_checker_hears_of_us_only_while_we_are_well(field: Field) -> None:
    daemon = field.daemon
    with ExitStack() as stack:
        with field.centre.entered():
            checker = stack.enter_context(serving())
        url = checker.url.replace("/alerts", "/ping/hunter2")
        daemon.config.write_text(f"{field.province}heartbeat: {{url: '{url}', interval: 1s}}\n")
        assert daemon.cli("reload").returncode == 0
        daemon.wait(20, lambda: len(checker.requests) >= 3)
        assert {r.path for r in checker.requests} == {"/ping/hunter2"}
        assert daemon.metric("linkwatch_heartbeats_total", outcome="sent") is not None
        last = daemon.metric("linkwatch_heartbeat_last_success_timestamp_seconds")
        assert last is not None
        assert last > time.time() - 60

        # Our own line is gone: probes end at once, by our own failure, and tell nothing.
        field.centre.ip("link", "set", field.cable, "down")

        def withheld() -> bool:
            return bool(daemon.metric("linkwatch_heartbeats_total", outcome="withheld"))

        daemon.wait(40, withheld)
        before = len(checker.requests)
        daemon.wait(
            20, lambda: (daemon.metric("linkwatch_heartbeats_total", outcome="withheld") or 0) >= 4
        )
        assert len(checker.requests) == before
        daemon.wait(40, lambda: "nothing_heard" in daemon.log.read_text())
        assert len(checker.requests) == before

        field.centre.ip("link", "set", field.cable, "up")
        field.centre.ip("route", "add", "10.77.1.0/24", "via", "10.77.0.2")
        daemon.wait(60, lambda: len(checker.requests) > before)

        # A checker that answers otherwise is told of once, and asked again at its pace.
        checker.status = 503
        daemon.wait(
            20, lambda: (daemon.metric("linkwatch_heartbeats_total", outcome="failed") or 0) >= 3
        )
    log = daemon.log.read_text()
    assert log.count("heartbeat not taken") == 1
    assert "hunter2" not in log
    assert "hunter2" not in daemon.metrics()
