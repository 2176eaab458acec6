"""`record` and `replay` at the command line: what they show, and how they refuse."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli import replay as module
from linkwatch.cli.root import app
from linkwatch.config import load
from linkwatch.model.ids import LinkId
from linkwatch.ports import Recording
from linkwatch.wire.recording_frames import HEADER, MAGIC, FrameKind, frame
from support.recorded import Answer, as_bytes, start_at, table, turns

if TYPE_CHECKING:
    from linkwatch.model.inventory import Inventory
    from linkwatch.model.recording import Recorded

BEGIN = datetime(2021, 5, 14, 2, 0, tzinfo=UTC)
WAN, INET = LinkId("chu-se-wan"), LinkId("chu-se-inet")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def outage(second: int) -> float | None:
    return None if 100 <= second < 400 else 0.010


def later(second: int) -> float | None:
    """An outage that begins after the other, so that it is no loss of power."""
    return outage(second - 40)


def healthy(_second: int) -> float:
    return 0.010


class Files:
    """The configuration, and recordings of what its links did."""

    def __init__(self, config: Path) -> None:
        self.config = config
        loaded = load(config).config
        assert loaded is not None
        self.inventory: Inventory = loaded.inventory
        self.path = config.parent / "x.lwrec"

    def record(self, wan: Answer = outage, inet: Answer = healthy, seconds: int = 600) -> bytes:
        known = ((WAN, "127.0.171.10"), (INET, "127.0.171.20"))
        recorded: list[Recorded] = [start_at(BEGIN, known), table(self.inventory)]
        recorded += turns(BEGIN, range(1, seconds), {WAN: wan, INET: inet})
        return self.write(as_bytes(recorded))

    def write(self, data: bytes) -> bytes:
        self.path.write_bytes(data)
        return data

    def replay(self, *arguments: str) -> Result:
        return run("replay", str(self.path), "-c", str(self.config), *arguments)

    def document(self, *arguments: str) -> Any:
        result = self.replay("--json", *arguments)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture
def files(sites_yaml: Path) -> Files:
    return Files(sites_yaml)


def test_an_incident_is_shown_with_its_times_words_and_people(files: Files) -> None:
    files.record()
    result = files.replay()
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "LW-000001 P2 down critical chu-se-wan: from 2021-05-14 09:01:39 for 5 min,"
        " found after 4 s, resolved"
    )
    assert lines[1] == "    2021-05-14 09:02:42 opened: Trực VNPT huyện (log)"
    assert lines[2] == ("        [P2] MẤT KẾT NỐI – Điểm cầu UBND huyện Chư Sê – WAN VNPT Gia")
    assert any(line.endswith("resolved: Trực VNPT huyện (log)") for line in lines)
    assert lines[-1].startswith("9 min of 2 links, 1,198 probes, in ")
    assert lines[-1].endswith(": 1 incidents (1 P2), 2 messages to 1 people")


def test_nothing_raised_is_one_line(files: Files) -> None:
    files.record(healthy)
    result = files.replay()
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.endswith(": 0 incidents, 0 messages to 0 people")


def test_as_json(files: Files) -> None:
    files.record()
    document = files.document("--language", "en")
    assert (document["complete"], document["probes"], document["seconds"]) == (True, 1198, 598.0)
    assert document["since"] == "2021-05-14T09:00:01.000+07:00"
    assert document["links"] == [INET, WAN]
    (one,) = document["incidents"]
    assert one["incident"]["kind"] == "down"
    assert one["incident"]["status"] == "resolved"
    assert [m["event"] for m in one["messages"]] == ["opened", "resolved"]
    assert one["messages"][0]["text"].startswith("[P2] LINK DOWN")
    assert one["messages"][0]["told"] == [
        {"contact": "duty", "name": "Trực VNPT huyện", "channel": "log"}
    ]


def test_what_nobody_hears_of_says_why(files: Files) -> None:
    files.record(lambda second: None if 100 <= second < 120 else 0.010)
    assert "    nobody told: it was over before its hold was" in files.replay().stdout
    files.record(lambda second: None if second >= 100 else 0.010, seconds=120)
    lines = files.replay().stdout.splitlines()
    assert "    nobody told: its hold was not over at the end" in lines
    assert "not over, found after 4 s, open" in lines[0]


def test_another_configuration_judges_otherwise(files: Files) -> None:
    files.record()
    text = files.config.read_text(encoding="utf-8")
    files.config.write_text(text + "hold: {P1: 0s, P2: 10m, P3: 10m}\n", encoding="utf-8")
    assert files.document()["incidents"][0]["messages"] == []


def test_one_link_and_a_part_of_the_time(files: Files) -> None:
    files.record(outage, later)
    assert len(files.document()["incidents"]) == 2
    (one,) = files.document("--link", "chu-se-inet")["incidents"]
    assert one["incident"]["links"] == [INET]
    assert files.document("--to", "2021-05-14T09:01")["incidents"] == []
    assert files.document("--from", "2021-05-14T09:09")["incidents"] == []
    part = files.document("--from", "2021-05-14T09:03", "--to", "2021-05-14T09:04")
    # As it begins there both are dead already: all that can be seen is that the site is.
    assert [i["incident"]["kind"] for i in part["incidents"]] == ["site_down"]
    assert part["since"] == "2021-05-14T09:03:00.000+07:00"
    assert part["seconds"] < 60


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--link", "nowhere"), "--link: no link is called 'nowhere'"),
        (("--from", "soon"), "--from: 'soon' is not a date and time"),
        (("--to", "2021-02-30"), "--to: '2021-02-30' is not a date of the calendar"),
        (("--from", "2031-01-01"), "nothing was recorded in that time"),
        (("--as", "rtt"), "--as is for the answers of Prometheus; "),
    ],
)
def test_what_was_asked_for_and_cannot_be_is_said(
    files: Files, arguments: Sequence[str], says: str
) -> None:
    files.record()
    result = files.replay(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"version: 1\n", "neither a recording nor the JSON answer to a range query"),
        (b"\x00" * 100, "neither a recording nor the JSON answer to a range query"),
        (MAGIC[:4], "not a recording"),
        (HEADER[:-2], "not a recording"),
        (HEADER, "nothing was recorded in that time"),
        (HEADER[:8] + b"\x09\x00\x00\x00", "written by a newer version of linkwatch: format 9"),
        (HEADER + frame(FrameKind.START, b"{}"), "damaged: a frame holds what no recorder writes"),
        (HEADER + b"\x01\x00\x00\x00\xff\xff\xff\x7f\x00\x00\x00\x00", "a frame is larger than"),
        (b"{", "not the answer to a range query: Invalid JSON"),
        (b' {"status": "success", "data": {"resultType": "matrix", "result": []}}',
         "holds no series of two samples or more"),
    ],
)  # fmt: skip
def test_what_is_no_input_is_said(files: Files, content: bytes, says: str) -> None:
    files.write(content)
    result = files.replay()
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.startswith(f"linkwatch: {files.path}: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_file_is_said(files: Files) -> None:
    result = files.replay()
    assert result.exit_code == 2
    assert result.stderr == f"linkwatch: {files.path}: No such file or directory\n"


def test_of_a_file_that_was_cut_off_the_rest_is_shown(files: Files) -> None:
    files.write(files.record()[:-5])
    result = files.replay()
    assert result.exit_code == 1
    assert "down critical chu-se-wan" in result.stdout
    assert "cut off: the last frame is not whole (at byte " in result.stderr
    assert "what was before it is shown" in result.stderr


def test_damage_in_the_middle_ends_the_reading_there(files: Files) -> None:
    data = bytearray(files.record())
    data[-100] ^= 1
    files.write(bytes(data))
    result = files.replay("--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["complete"] is False
    assert "a frame's checksum does not fit" in document["notes"][0]


def test_links_that_are_no_more_are_named(files: Files) -> None:
    files.record()
    text = files.config.read_text(encoding="utf-8")
    files.config.write_text(text.replace("id: chu-se-inet", "id: chu-se-new"), encoding="utf-8")
    result = files.replay()
    assert result.exit_code == 0
    assert result.stderr == "linkwatch: not in the configuration, left out: chu-se-inet\n"
    renamed = text.replace("chu-se-inet", "a").replace("chu-se-wan", "b")
    files.config.write_text(renamed, encoding="utf-8")
    result = files.replay()
    assert result.exit_code == 2
    assert result.stderr == (
        f"linkwatch: {files.path}: of what was recorded, the configuration has nothing that is"
        " wanted (chu-se-inet, chu-se-wan)\n"
    )


def test_a_link_that_was_not_recorded_is_said(files: Files) -> None:
    files.record()
    text = files.config.read_text(encoding="utf-8")
    more = text.split("sites:\n")[1].replace("chu-se", "chu-puh").replace("127.0.171", "127.0.172")
    files.config.write_text(text + more, encoding="utf-8")
    result = files.replay("--link", "chu-puh-wan")
    assert result.exit_code == 2
    assert result.stderr == f"linkwatch: {files.path}: that link was not recorded\n"


def test_other_rules_than_the_recorders_are_noted(files: Files) -> None:
    files.record(healthy)
    text = files.config.read_text(encoding="utf-8")
    files.config.write_text(text + "probing: {interval: 2s}\n", encoding="utf-8")
    result = files.replay()
    assert result.exit_code == 0
    assert result.stderr == (
        "linkwatch: recorded under other thresholds, intervals or targets:"
        " chu-se-inet, chu-se-wan\n"
    )


def range_of(values: dict[str, Sequence[float]], **labels: str) -> bytes:
    begin = BEGIN.timestamp()
    result: list[dict[str, object]] = [
        {
            "metric": {**labels, **({"__name__": name} if name else {})},
            "values": [[begin + 15 * n, str(v)] for n, v in enumerate(each)],
        }
        for name, each in values.items()
    ]
    data = {"resultType": "matrix", "result": result}
    return json.dumps({"status": "success", "data": data}).encode()


def test_the_answer_to_a_range_query_is_judged(files: Files) -> None:
    down = [1] * 20 + [0] * 20 + [1] * 20
    files.write(range_of({"probe_success": down}, instance="127.0.171.10"))
    document = files.document()
    assert [one["incident"]["kind"] for one in document["incidents"]] == ["down"]
    assert document["links"] == [WAN]
    assert document["changed_links"] == []


def test_series_without_a_name_are_what_is_said_of_them(files: Files) -> None:
    files.write(range_of({"": [0.5] * 40}, link=WAN))
    result = files.replay()
    assert result.exit_code == 2
    assert "has no name: say with --as what it counts" in result.stderr
    kinds = [one["incident"]["kind"] for one in files.document("--as", "loss")["incidents"]]
    assert kinds == ["loss"]


def test_series_of_no_link_are_told(files: Files) -> None:
    files.write(range_of({"probe_success": [1, 1]}, instance="192.0.2.9\x1b[2J"))
    result = files.replay()
    assert result.exit_code == 2
    assert "of no link of the configuration (by its label link, instance or target)" in (
        result.stderr
    )
    assert "\x1b" not in result.stderr


def test_a_range_that_is_too_large_is_refused(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_JSON", 1 << 20)
    files.write(b"{" + b" " * (3 << 20))
    result = files.replay()
    assert result.exit_code == 2
    assert result.stderr == (
        f"linkwatch: {files.path}: larger than 1 MiB: ask for a part of it at a time\n"
    )


def test_progress_is_for_terminals(files: Files) -> None:
    files.record(healthy, seconds=5000)
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "linkwatch", "replay", str(files.path), "-c"]
    try:
        done = subprocess.run(
            [*command, str(files.config)],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
            timeout=30,
            check=True,
        )
        shown = os.read(terminal, 65536).decode()
    finally:
        os.close(theirs)
        os.close(terminal)
    assert "replaying" in shown
    assert b"replaying" not in done.stdout


class Doer(Protocol):
    """What the `daemon` fixture lets a test set."""

    recording: Recording | None
    recorded: list[float | str | None]


class Played:
    """A recording that is there already."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts
        self.closed = 0

    async def frames(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part

    def close(self) -> None:
        self.closed += 1


def test_a_recording_is_kept_and_can_be_replayed(files: Files, daemon: Doer) -> None:
    data = files.record()
    files.path.unlink()
    played = Played(data[:100], data[100:5000], data[5000:])
    daemon.recording = played
    result = run("record", str(files.path))
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.startswith(f"{files.path}: ")
    assert result.stdout.endswith(" (the daemon ended)\n")
    assert files.path.read_bytes() == data
    assert files.path.stat().st_mode & 0o777 == 0o600
    assert played.closed == 1
    assert len(files.document()["incidents"]) == 1


def test_a_second_recording_goes_behind_the_first(files: Files, daemon: Doer) -> None:
    data = files.record(seconds=30)
    files.write(data + frame(FrameKind.TABLE, b"never told")[:16])
    daemon.recording = Played(data)
    result = run("record", str(files.path), "--for", "10s")
    assert daemon.recorded == [10.0]
    assert result.stderr == (
        f"linkwatch: {files.path}: 16 bytes of a frame that was cut off removed\n"
    )
    assert files.path.read_bytes() == data + data.removeprefix(HEADER)
    assert files.document()["probes"] == 2 * 2 * 29


def test_a_recording_stays_within_its_size(files: Files, daemon: Doer) -> None:
    frames = [as_bytes([start_at(BEGIN)]), frame(FrameKind.TABLE, b"{}")]
    daemon.recording = Played(*frames, *[frame(FrameKind.START, os.urandom(400_000))] * 9)
    result = run("record", str(files.path), "--megabytes", "1")
    assert result.exit_code == 0
    assert "the daemon ended" not in result.stdout
    assert 800_000 < files.path.stat().st_size <= 1_000_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"my holiday pictures", "nothing can be appended: not a recording"),
        (HEADER[:8] + b"\x09\x00\x00\x00", "nothing can be appended: written by a newer version"),
    ],
)
def test_nothing_foreign_is_written_into(
    files: Files, daemon: Doer, content: bytes, says: str
) -> None:
    daemon.recording = Played(as_bytes([start_at(BEGIN)]))
    files.write(content)
    result = run("record", str(files.path))
    assert result.exit_code == 2
    assert says in result.stderr
    assert files.path.read_bytes() == content


def test_a_link_is_not_followed(files: Files, daemon: Doer) -> None:
    daemon.recording = Played(as_bytes([start_at(BEGIN)]))
    files.path.symlink_to(files.config)
    result = run("record", str(files.path))
    assert result.exit_code == 2
    assert files.config.read_text(encoding="utf-8").startswith("version: 1")


def test_what_the_daemon_refuses_is_said_and_leaves_no_file(files: Files, daemon: Doer) -> None:
    result = run("record", str(files.path))
    assert result.exit_code == 1
    assert "one recording at a time" in result.stderr
    assert not files.path.exists()


def test_a_time_that_is_none_is_said(files: Files) -> None:
    assert "--for: '5' has no unit" in run("record", str(files.path), "--for", "5").stderr
    assert "in no time" in run("record", str(files.path), "--for", "0s").stderr


def test_without_a_daemon_there_is_no_file(files: Files) -> None:
    assert run("record", str(files.path)).exit_code == 3
    assert not files.path.exists()
