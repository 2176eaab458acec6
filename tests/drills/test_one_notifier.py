"""Two real daemons on one store: the second refuses, and takes over once the first is gone."""

import subprocess
import sys
from pathlib import Path

import pytest

from linkwatch.app.foreground import FAILED
from support.daemon import RUN, Daemon
from support.field import Field
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]


def started(field: Field, daemon: Daemon) -> tuple[int, str]:
    """How a start ended that comes to an end by itself, and its last line."""
    process = field.centre.popen(
        *(sys.executable, *RUN, str(daemon.config)),
        env=daemon.environment,
        stderr=subprocess.PIPE,
    )
    _, said = process.communicate(timeout=30)
    return process.returncode, said.splitlines()[-1]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "state" / "linkwatch.db"


@pytest.mark.parametrize("by_link", [False, True])
def test_the_second_refuses_and_takes_over_after_kill_9_of_the_first(
    field: Field, store: Path, tmp_path: Path, by_link: bool
) -> None:
    first, home = field.daemon, tmp_path / "second"
    home.mkdir()
    seen = store
    if by_link:
        # By whatever name: it is the same store.
        seen = tmp_path / "elsewhere.db"
        seen.symlink_to(store)
    province = field.province.replace("127.0.0.1:9675", "127.0.0.1:9676")
    second = Daemon(field.centre, home, f"{province}store: {{url: 'sqlite:///{seen}'}}\n")
    refusal = (
        f"linkwatch: {store}.lock: process {first.pid} already runs linkwatch on this store; "
        "stop it first, or give this one another store.url"
    )
    assert started(field, second) == (FAILED, refusal)
    # Nor may it by the first's own configuration, whose socket file it must not take either.
    assert started(field, first) == (FAILED, refusal)
    assert first.cli("status").returncode == 0

    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    field.hook.wait(30, lambda r: r.what[0] == "opened")
    first.wait(10, lambda: first.status()["outbox_pending"] == 0)
    first.kill()
    with second:
        assert {entry["kind"] for entry in second.status()["incidents"]} == {"down"}
        assert started(field, first)[0] == FAILED
        field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
        field.hook.wait(30, lambda r: r.what[0] == "resolved")
        second.wait(10, lambda: second.status()["outbox_pending"] == 0)
    # What was under way at the kill may come twice, under the same key.
    told = {(*r.what, r.headers["Idempotency-Key"].split(":")[0]) for r in field.hook.received}
    assert told == {
        (event, "down", who, "LW-000001")
        for event in ("opened", "resolved")
        for who in ("truc-ttcntt", "vnpt-huyen")
    }
