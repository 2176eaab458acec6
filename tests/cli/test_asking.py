"""`status`, `incidents` and `reload` of a running daemon, and of none."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.output import milliseconds, percent
from linkwatch.cli.root import app
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import Incident
from linkwatch.model.path import Confidence, Segment, Whereabouts
from linkwatch.model.trial import TrialResult
from linkwatch.oncall.daily_test import Due
from linkwatch.ports import ChannelStatus, ReloadVerdict

NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)


class Control(Protocol):
    """What the `daemon` fixture lets a test set."""

    verdict: ReloadVerdict
    incidents: tuple[Incident, ...]
    channels: tuple[ChannelStatus, ...]
    wan: LinkState
    asked: list[str]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_status_lists_what_is_wrong_and_sums_up(daemon: Control) -> None:
    result = run("status")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    down = next(line for line in lines if line.startswith("down"))
    assert "chu-se-wan" in down
    assert "Điểm cầu UBND huyện Chư Sê" in down
    assert "85 % / -" in down
    assert "chu-se-inet" not in result.stdout
    incident = next(line for line in lines if "LW-000123" in line)
    assert incident.startswith("P1")
    assert "Trực VNPT huyện (duty)" in incident
    assert lines[-1] == (
        "2021-05-15T08:00:00 Sở TT&TT: 2 links (1 down, 1 up); 1 open incidents (1 P1); "
        "0 of 1 routers polled; 0 messages waiting; ready"
    )


def test_all_lists_green_links_after_the_worst(daemon: Control) -> None:
    lines = run("status", "--all").stdout.splitlines()
    states = [line.split()[0] for line in lines if "chu-se-" in line and "vnpt" in line]
    assert states[:2] == ["down", "up"]
    assert any("12.3 ms" in line for line in lines)


def test_what_a_router_says_moves_no_cursor(daemon: Control) -> None:
    for arguments in (("status",), ("status", "--json")):
        text = run(*arguments).stdout
        assert "[2J" in text
        assert not {"\x1b", "\x9b"} & set(text)


def test_status_as_json_is_the_daemons_own_document(daemon: Control) -> None:
    document = json.loads(run("status", "--json").stdout)
    assert [link["state"] for link in document["links"]] == ["up", "down"]
    assert document["incidents"][0]["told"][0]["contact"] == "duty"


def test_channels_are_listed_while_they_are_doubtful(daemon: Control) -> None:
    well = ChannelStatus(
        id=ChannelId("hook"),
        failed_since=None,
        reason=None,
        last_accepted_at=NOW,
        tested_at=NOW,
        test=TrialResult.ACCEPTED,
        test_detail="HTTP 200",
        test_due=Due.DONE,
    )
    daemon.channels = (well,)
    assert "Channels" not in run("status").stdout
    daemon.channels = (
        well,
        replace(well, id=ChannelId("mail"), failed_since=NOW, reason="refused"),
        replace(well, id=ChannelId("sms"), test=TrialResult.FAILED, test_detail="no\x1b[2J answer"),
        replace(well, id=ChannelId("zalo"), test=TrialResult.NEVER, test_due=Due.NOBODY),
    )
    text = run("status").stdout
    rows = {line.split()[0]: line for line in text[text.index("Channels") :].splitlines()[1:]}
    assert "hook" not in rows
    assert "failed (refused)" in rows["mail"]
    assert "failed 08:00" in rows["sms"]
    assert "nobody on duty has it" in rows["zalo"]
    assert "\x1b" not in text


def test_incidents(daemon: Control) -> None:
    assert "LW-000123" in run("incidents").stdout
    assert json.loads(run("incidents", "--json").stdout)[0]["kind"] == "down"
    daemon.incidents = ()
    assert run("incidents").stdout == "no open incident\n"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (
            Whereabouts("10.0.0.1", Segment.CARRIER_ACCESS, Confidence.LIKELY),
            "carrier access (likely), behind 10.0.0.1",
        ),
        (Whereabouts("10.0.0.1"), "behind 10.0.0.1"),
        (
            Whereabouts(None, Segment.PROVINCE_SIDE, Confidence.POSSIBLE),
            "province side (possible)",
        ),
    ],
)
def test_incidents_say_where_they_lie(daemon: Control, path: Whereabouts, shown: str) -> None:
    daemon.incidents = tuple(replace(one, path=path) for one in daemon.incidents)
    lines = run("incidents").stdout.splitlines()
    (row,) = (line for line in lines if "LW-000123" in line)
    assert shown in row
    (document,) = json.loads(run("incidents", "--json").stdout)
    assert document["path"] == {
        "last_reply": path.last_reply,
        "segment": path.segment,
        "confidence": path.confidence,
    }


def test_colours_are_for_terminals(daemon: Control) -> None:
    terminal, theirs = pty.openpty()
    environment = {"TERM": "xterm-256color", "COLUMNS": "200", **os.environ}
    environment.pop("NO_COLOR", None)
    try:
        subprocess.run(
            [sys.executable, "-m", "linkwatch", "status"],
            stdout=theirs,
            env=environment,
            timeout=30,
            check=True,
        )
        shown = os.read(terminal, 65536).decode()
    finally:
        os.close(theirs)
        os.close(terminal)
    assert "\x1b[1;31mdown" in shown
    assert "\x1b[2J" not in shown


def test_nothing_wrong_is_one_line(daemon: Control) -> None:
    daemon.incidents = ()
    daemon.wan = LinkState.UP
    lines = run("status").stdout.splitlines()
    assert not [line for line in lines if line.startswith(("down", "P1"))]
    assert "(2 up); 0 open incidents;" in lines[-1]


def test_a_reload_that_is_taken(daemon: Control) -> None:
    result = run("reload")
    assert (result.exit_code, result.stdout) == (0, "taken: nothing changed\n")
    assert daemon.asked == ["reload"]


def test_a_reload_that_is_refused_says_why(daemon: Control) -> None:
    daemon.verdict = ReloadVerdict(taken=False, problems=("sites.yaml:3:1: x: unknown key",))
    result = run("reload")
    assert result.exit_code == 1
    assert result.stdout == (
        "refused, the old configuration stays in force\nsites.yaml:3:1: x: unknown key\n"
    )
    as_json = run("reload", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["problems"] == ["sites.yaml:3:1: x: unknown key"]


@pytest.mark.parametrize("command", ["status", "incidents", "reload"])
def test_no_daemon_is_one_line_and_exit_3(sites_yaml: Path, command: str) -> None:
    result = run(command)
    socket = sites_yaml.parent / "runtime_directory" / "linkwatch.sock"
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr == (
        f"linkwatch: no daemon is listening on {socket} (start it with: linkwatch run)\n"
    )


def test_another_socket_file_may_be_named(daemon: Control, tmp_path: Path) -> None:
    assert run("status", "--socket", str(tmp_path / "none.sock")).exit_code == 3
    assert (
        run("incidents", "--socket", str(tmp_path / "runtime_directory/linkwatch.sock")).exit_code
        == 0
    )


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [(None, "-"), (0.0, "0.0 %"), (0.00999, "0.9 %"), (0.01, "1.0 %"), (0.29, "29.0 %"),
     (0.04999999, "4.9 %"), (1.0, "100.0 %")],
)  # fmt: skip
def test_a_ratio_never_shows_as_at_a_limit_it_is_below(ratio: float | None, shown: str) -> None:
    assert percent(ratio) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "-"), (0.0000213, "0.02 ms"), (0.04999, "49.9 ms"), (0.05, "50.0 ms")],
)
def test_milliseconds(seconds: float | None, shown: str) -> None:
    assert milliseconds(seconds) == shown
