"""`lab network` as a process: what it makes, hands on, tells and takes away again."""

import os
import re
import signal
import subprocess
import sys
import time  # noqa: TID251  waits for what another process takes away
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkwatch.cli.root import app
from linkwatch.lab.network_log import read_log
from support.netns import Namespace, requires_root

_SCRIPT = "addresses: {10.99.0.1: {delay: 5ms}, 'fd00:99::/64': {delay: 5ms}}\n"
_PING = (
    "import socket, struct, sys\n"
    "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)\n"
    "s.settimeout(5)\n"
    "s.sendto(struct.pack('!BBHHH', 8, 0, 0, 1, 1) + b'hello', ('10.99.0.1', 0))\n"
    "print(s.recv(100)[8:].decode())\n"
    "sys.exit(7)\n"
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.yaml"
    path.write_text(_SCRIPT, encoding="ascii")
    return path


@contextmanager
def network(script: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "linkwatch", "lab", "network", "-s", str(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def namespace_of(process: subprocess.Popen[str]) -> Path:
    return Path("/run/netns", f"linkwatch-lab-{_child_of(process.pid)}")


def _child_of(pid: int) -> int:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if b"spawn_main" in Path("/proc", child, "cmdline").read_bytes():
            return int(child)
    raise AssertionError("the network's process is not there")


def announced(process: subprocess.Popen[str]) -> Path:
    assert process.stderr is not None
    first = process.stderr.readline()
    match = re.fullmatch(
        r"linkwatch: 2 addresses and prefixes answer in the network namespace (\S+)\n", first
    )
    assert match, first
    assert process.stderr.readline().startswith("linkwatch: to go there: ip netns exec ")
    return Path("/run/netns", match[1])


def gone(namespace: Path) -> bool:
    end = time.monotonic() + 10
    while namespace.exists() and time.monotonic() < end:
        os.sched_yield()
    return not namespace.exists()


@requires_root
def test_a_command_runs_in_the_network_and_gives_its_code(script: Path, tmp_path: Path) -> None:
    log = tmp_path / "truth.csv"
    with network(script, "--log", str(log), "--then", sys.executable, "-c", _PING) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (7, "hello\n")
    assert err.splitlines()[2:] == ["linkwatch: echo requests: 1 answered"]
    [entry], summary = read_log(log)
    assert (entry.address, entry.payload, summary.missed) == ("10.99.0.1", b"hello", 0)
    assert (entry.rtt or 0) >= 5_000_000


@requires_root
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing(script: Path, number: signal.Signals) -> None:
    with network(script) as process:
        namespace = announced(process)
        assert namespace.exists()
        process.send_signal(number)
        process.communicate(timeout=20)
        assert process.returncode == 0
        assert not namespace.exists()


@requires_root
def test_being_killed_leaves_nothing_either(script: Path, tmp_path: Path) -> None:
    log = tmp_path / "truth.csv"
    with network(script, "--log", str(log)) as process:
        namespace = announced(process)
        process.kill()
        assert gone(namespace)
    assert read_log(log)[0] == []


@requires_root
def test_the_network_ends_with_its_script_and_the_command_with_it(script: Path) -> None:
    script.write_text(f"duration: 300ms\n{_SCRIPT}", encoding="ascii")
    with network(script, "--then", sys.executable, "-c", "import signal; signal.pause()") as p:
        p.communicate(timeout=20)
    assert p.returncode == 128 + signal.SIGTERM
    with network(script) as process:
        process.communicate(timeout=20)
    assert process.returncode == 0


@requires_root
def test_it_answers_in_a_namespace_that_is_there_already(script: Path) -> None:
    with (
        Namespace("lab") as namespace,
        network(
            script, "--in", namespace.name, "--then", sys.executable, "-c", "raise SystemExit(3)"
        ) as process,
    ):
        process.communicate(timeout=20)
        assert process.returncode == 3
        assert "lo" in namespace.ip("link", "show")
        assert "lab0" not in namespace.ip("link", "show")


@requires_root
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--in", "nowhere"), "no namespace nowhere: No such file or directory"),
        (("--log", "/nowhere/log"), "cannot write /nowhere/log: No such file or directory"),
        (("--then", "/no/such/program"), "cannot run /no/such/program: no such program"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    script: Path, arguments: tuple[str, ...], said: str
) -> None:
    with network(script, *arguments) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (2, "", f"linkwatch: {said}\n")


def test_without_root_it_says_so(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    result = CliRunner().invoke(app, ["lab", "network", "-s", str(script)])
    assert result.exit_code == 2
    assert result.stderr == (
        "linkwatch: lab network must be run by root: it makes a network namespace\n"
    )


def test_a_mistake_in_the_script_is_told_with_its_place(script: Path) -> None:
    script.write_text("addresses: {10.99.0.1: {delay: 5}}", encoding="ascii")
    result = CliRunner().invoke(app, ["lab", "network", "-s", str(script)])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{script}:1:32: addresses.10.99.0.1.delay: '5' has no unit (write e.g. 5s)",
        f"linkwatch: {script} cannot be used",
    ]


def test_then_and_a_command_belong_together(script: Path) -> None:
    for arguments in (("--then",), ("true",)):
        result = CliRunner().invoke(app, ["lab", "network", "-s", str(script), *arguments])
        assert result.exit_code == 2
        assert "belong together" in result.stderr
