"""The commands themselves, small: they end, clean up, and say what is wrong with their input."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from benchmarks import causes, cut_to_alert, judge, kill9, lab_agents, network_truth, replay, storm
from benchmarks.alert_quality import __main__ as alert_quality
from benchmarks.common.province import Size
from benchmarks.daemon import __main__ as daemon
from benchmarks.daemon import measure
from benchmarks.probe import __main__ as probe
from benchmarks.snmp import __main__ as snmp
from linkwatch.host.clock import SystemClock
from support.netns import requires_root

ROOT = Path(__file__).parents[2]
LONGEST = 120
MAINS = {
    "alert_quality": alert_quality.main,
    "causes": causes.main,
    "cut_to_alert": cut_to_alert.main,
    "daemon": daemon.main,
    "judge": judge.main,
    "kill9": kill9.main,
    "lab_agents": lab_agents.main,
    "network_truth": network_truth.main,
    "probe": probe.main,
    "replay": replay.main,
    "snmp": snmp.main,
    "storm": storm.main,
}


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "arguments", "complaint"),
    [
        ("probe", ("--targets", "many"), "'many' is no list of numbers like 100,1000"),
        ("probe", ("--targets", "0,100"), "'0,100' is not from 1 to 1,048,576"),
        ("probe", ("--seconds", "-1"), "'-1' is not from above 0 to 600 seconds"),
        ("probe", ("--seconds", "nan"), "'nan' is not from above 0 to 600 seconds"),
        ("probe", ("--repeats", "0"), "'0' is not from 1 to 20"),
        ("probe", ("--only", "pingu"), "--only pingu: nobody of that name; there are: fping, "),
        ("probe", ("--output", "."), "--output .: is a directory"),
        ("probe", ("--output", "README.md/page.md"), "--output README.md/page.md: File exists"),
        ("daemon", ("--province", "half"), "'half' is not from 0 to 100,000"),
        ("daemon", ("--output", "."), "--output .: is a directory"),
        ("network_truth", ("--rounds", "1"), "'1' is not from 2 to 10,000"),
        ("network_truth", ("--output", "."), "--output .: is a directory"),
        ("lab_agents", ("--agents", "240,x"), "'240,x' is no list of numbers like 100,1000"),
        ("causes", ("--times", "9"), "'9' is not from 1 to 8"),
        ("cut_to_alert", ("--times", "0"), "'0' is not from 1 to 1,000"),
        ("judge", ("--links", "0"), "'0' is not from 1 to 100,000"),
        ("kill9", ("--kills", "0"), "'0' is not from 1 to 1,000"),
        ("kill9", ("--failing", "51"), "'51' is not from 0 to 50"),
        ("alert_quality", ("--seed", "-1"), "'-1' is not from 0 to 2,147,483,648"),
        ("replay", ("--hours", "0"), "'0' is not from 1 to 8,784"),
        ("storm", ("--links", "19"), "'19' is not from 20 to 2,000"),
        ("storm", ("--over", "0"), "'0' is not from above 0 to 60 seconds"),
        ("snmp", ("--polls", "0"), "'0' is not from 1 to 10,000"),
        ("snmp", ("--only", "half"), "invalid choice: 'half'"),
        ("snmp", ("--seconds", "20"), "--seconds 20: less than 4 polls of a router, one in 10 s"),
    ],
)
def test_a_bad_input_is_told_in_a_line(
    module: str,
    arguments: tuple[str, ...],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    try:
        code: object = MAINS[module](arguments)
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert complaint in told.err.splitlines()[-1]


@pytest.mark.parametrize(
    "module",
    [
        *("causes", "cut_to_alert", "daemon", "kill9", "lab_agents", "network_truth"),
        *("probe", "snmp", "storm"),
    ],
)
def test_who_is_not_root_is_told_so(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert MAINS[module](()) == 2
    message = "needs root: it measures in a network namespace of its own"
    assert capsys.readouterr().err == f"python -m benchmarks.{module}: {message}\n"


@requires_root
def test_ourselves_on_twenty_targets_lose_nothing(tmp_path: Path) -> None:
    output = tmp_path / "made" / "page.md"
    arguments = ("--targets", "20", "--seconds", "1", "--only", "linkwatch", "--json")
    done = run("probe", *arguments, "--output", str(output))
    assert done.returncode == 0, done.stderr
    assert "linkwatch, whole daemon: 20 targets" in done.stderr.splitlines()
    sections = json.loads(done.stdout)["sections"]
    results = sections["20 targets, one ping a second each"]
    assert [result["who"] for result in results] == ["linkwatch", "linkwatch, whole daemon"]
    for result in results:
        assert result["failed"] == ""
        assert result["sent"] >= 20
        assert (result["lost"], result["unknown"], result["odd"]) == (0, 0, 0)
        assert result["samples"] > 0
    verdicts = {goal["what"]: goal["verdict"] for goal in sections["Goals"]}
    assert verdicts["linkwatch: false loss"] == "met"
    assert verdicts["linkwatch, whole daemon: false loss"] == "met"
    page = output.read_text(encoding="utf-8")
    assert "| linkwatch: false loss, probes | ≤ 0 |  | 0 met |" in page
    assert "**fping**" not in page


@requires_root
def test_the_prober_agrees_with_the_network_in_a_short_run_too() -> None:
    done = run("network_truth", "--rounds", "5", "--json")
    assert done.returncode == 0, done.stderr
    sections = json.loads(done.stdout)["sections"]
    profiles = sections["Profiles"]
    assert len(profiles) == 40
    assert {profile["sent"] for profile in profiles} == {5}
    assert sum(profile["lost"] for profile in profiles if profile["profile"] == "dead") == 10
    copies = sum(profile["copies"] for profile in profiles)
    duplicates = {"reject": "duplicate", "came": copies, "counted": copies}
    assert duplicates in sections["What was taken for no answer"]
    lies = sections["What was taken for no answer, with an impostor in between"]
    assert sum(lie["came"] for lie in lies) == sum(lie["counted"] for lie in lies) > copies


@requires_root
def test_a_daemons_life_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(measure, "_SETTLES", 0.5)
    polled = measure.province(Size(4, poll_every=3), 4.0)
    assert polled.polls["ok"] > 0
    assert polled.polls_due == pytest.approx(2 * 4 / 3)
    parsed = measure.country_parsed(4, 0.2)
    assert sum(parsed.polls.values()) == 0
    for life in (polled, parsed):
        assert life.start > 0
        assert life.cpu > 0
        assert life.peak >= life.resident > 0
        assert life.sent >= 4
        assert (life.lost, life.unknown) == (0, 0)


@requires_root
def test_whatever_it_started_ends_with_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.probe", "--targets", "3", "--only", "linkwatch"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert any(line == "linkwatch: 3 targets\n" for line in process.stderr)
        children = wait_for_children(process.pid)
        process.terminate()
        process.communicate(timeout=LONGEST)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 128 + signal.SIGTERM
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
    assert not Path("/run/netns", f"linkwatch-lab-{process.pid}").exists()


def wait_for_children(parent: int) -> list[int]:
    """The processes it has started that are still there, once there are any."""
    end = SystemClock().now().monotonic + LONGEST
    while SystemClock().now().monotonic < end:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        names = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
        if any(b"run_linkwatch" in name for name in names):
            return [int(child) for child in children]
        threading.Event().wait(0.02)
    raise AssertionError("started nobody")


def test_the_judge_of_few_links_is_measured_without_root() -> None:
    done = run("judge", "--links", "20", "--seconds", "1", "--json")
    assert done.returncode == 0, done.stderr
    sections = json.loads(done.stdout)["sections"]
    assert {goal["verdict"] for goal in sections["Goals"]} == {"met"}
    assert [one["who"] for one in sections["CPU"]] == ["judge", "engine"] * 3
    assert all(one["seconds_each"] > 0 for one in sections["CPU"])


def test_a_short_recording_is_made_and_replayed_without_root() -> None:
    done = run("replay", "--hours", "1", "--minutes", "1", "--links", "20", "--json")
    assert done.returncode in (0, 1), done.stderr
    sections = json.loads(done.stdout)["sections"]
    replayed = sections["Replay"]
    assert [one["links"] for one in replayed] == [1] * 3 + [480] * 3
    # The last lost ones have not ended by then.
    assert all(3500 < one["probes"] <= 3600 for one in replayed[:3])
    assert all(480 * 55 < one["probes"] <= 480 * 60 for one in replayed[3:])
    assert [one["incidents"] for one in replayed][::3] == [0, 0]
    assert all(one["bytes"] > one["probes"] for one in replayed)
    (cost,) = sections["Recording"]
    assert cost["packed"] > 0
