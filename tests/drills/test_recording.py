"""A real daemon is recorded while its lines are cut and mended; the replay raises the same."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from support.field import EACH_BY_ITSELF, Field, laid_out
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

ALERT, CLEAR = 10.0, 15.0
AGREES = 0.3
"""s: the engine's turns lie between those of the loops that are kept."""


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """The replay tells what each incident was told as."""
    with laid_out(tmp_path, EACH_BY_ITSELF) as ready:
        yield ready


@contextmanager
def recording(field: Field, path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "linkwatch", "record", str(path)],
        env=field.daemon.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # Links and what is known of them are written as soon as it has begun.
        field.daemon.wait(ALERT, lambda: path.exists() and path.stat().st_size > 0)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def ended(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    return out


def replay(field: Field, path: Path, *arguments: str) -> dict[str, Any]:
    done = field.daemon.cli("replay", str(path), "-c", str(field.daemon.config), *arguments)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert isinstance(shown, dict)
    return shown


def about(link: str, event: str, received: Received) -> bool:
    return received.link == link and received.body["event"] == event


def seconds_between(one: str, other: str) -> float:
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


def agrees(live: dict[str, Any], again: dict[str, Any]) -> None:
    """The same fault: all but the number it got."""
    same = ("kind", "priority", "status", "site", "links", "carrier", "circuits", "measured")
    assert {key: live[key] for key in same} == {key: again[key] for key in same}
    for at in ("started_at", "opened_at"):
        assert seconds_between(live[at], again[at]) < AGREES, (live, again)


def test_what_was_raised_live_is_raised_by_the_replay(field: Field, tmp_path: Path) -> None:
    path = tmp_path / "field.lwrec"
    with recording(field, path) as process:
        field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
        first = field.hook.wait(ALERT, lambda r: about("chu-se-wan", "opened", r))
        field.site.nft_drop("input", "ip daddr 10.77.1.20")
        field.hook.wait(ALERT, lambda r: r.what[:2] == ("opened", "site_down"))
        field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
        field.hook.wait(CLEAR, lambda r: about("chu-se-wan", "resolved", r))
        # The site is not dark any more, its other line is down still.
        field.hook.wait(CLEAR, lambda r: about("chu-se-inet", "opened", r))
        open_now = {i["links"][0]: i for i in field.daemon.status()["incidents"]}
        assert str(path) in ended(process)

    shown = replay(field, path, "--json")
    raised = {one["incident"]["subject"]["id"]: one for one in shown["incidents"]}
    assert set(raised) == {"chu-se-wan", "chu-se", "chu-se-inet"}
    agrees(dict(open_now["chu-se-inet"]), raised["chu-se-inet"]["incident"])
    wan, live = raised["chu-se-wan"]["incident"], first.body["incident"]
    assert isinstance(live, dict)
    assert (wan["kind"], wan["status"], wan["priority"]) == ("down", "resolved", live["priority"])
    for at in ("started_at", "opened_at"):
        assert seconds_between(live[at], wan[at]) < AGREES

    told = {
        (one["incident"]["links"][0], message["event"], person["contact"])
        for one in shown["incidents"]
        for message in one["messages"]
        for person in message["told"]
    }
    assert told == {(r.link, r.what[0], r.what[2]) for r in field.hook.received}
    texts = {m["text"].split(" · LW-")[0] for one in raised.values() for m in one["messages"]}
    for received in field.hook.received:
        assert str(received.body["text"]).split(" · LW-")[0] in texts
    assert (shown["complete"], shown["changed_links"], shown["unknown_links"]) == (True, [], [])


def test_a_daemon_that_was_killed_and_another_leave_one_recording(
    field: Field, tmp_path: Path
) -> None:
    path = tmp_path / "field.lwrec"
    with recording(field, path) as process:
        field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
        field.hook.wait(ALERT, lambda r: about("chu-se-wan", "opened", r))
        before = path.stat().st_size
        field.daemon.wait(ALERT, lambda: path.stat().st_size > before)
        field.daemon.kill()
        assert process.wait(10) == 1
    field.daemon.start()
    size = path.stat().st_size
    second = subprocess.Popen(
        [sys.executable, "-m", "linkwatch", "record", str(path)],
        env=field.daemon.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        field.daemon.wait(ALERT, lambda: path.stat().st_size > size)
        field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
        field.hook.wait(CLEAR, lambda r: about("chu-se-wan", "resolved", r))
        ended(second)
    finally:
        if second.poll() is None:
            second.kill()
        second.communicate(timeout=10)
    (one,) = replay(field, path, "--json")["incidents"]
    assert one["incident"]["status"] == "resolved"
    assert [m["event"] for m in one["messages"]] == ["opened", "resolved"]


@pytest.mark.parametrize("asked", [("--for", "1s"), ()])
def test_a_recording_ends_when_it_should_and_with_the_daemon(
    field: Field, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    path = tmp_path / "field.lwrec"
    if asked:
        done = field.daemon.cli("record", str(path), *asked)
        assert (done.returncode, done.stderr) == (0, "")
    else:
        with recording(field, path) as process:
            other = field.daemon.cli("record", str(tmp_path / "other.lwrec"))
            assert other.returncode == 1
            assert "one recording at a time" in other.stderr
            assert not (tmp_path / "other.lwrec").exists()
            code, took = field.daemon.stop()
            assert (code, process.wait(10)) == (0, 1)
            assert took < 5
    assert replay(field, path, "--json")["links"] == ["chu-se-inet", "chu-se-wan"]
