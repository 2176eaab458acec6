"""`lab agents` as a process: what it serves, hands on and gives back."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from linkwatch.cli.root import app

READY = re.compile(
    r"linkwatch: 1 simulated SNMP agent answers at UDP port 21161, up in \d+\.\d\d s\n"
)


@contextmanager
def agents(sites_yaml: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    arguments = ["lab", "agents", "-c", str(sites_yaml)]
    process = subprocess.Popen(
        [sys.executable, "-m", "linkwatch", *arguments, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def secret_of(sites_yaml: Path) -> str:
    path = sites_yaml.parent / "state_directory" / "lab-secrets" / "TEST_AUTH"
    return path.read_text(encoding="utf-8").strip()


def test_the_command_gets_the_secrets_and_gives_its_code(sites_yaml: Path) -> None:
    script = "import os, sys; print(os.environ['TEST_AUTH'], sys.argv[1:]); sys.exit(7)"
    # What follows --then is the command's own, options that look like ours too.
    with agents(sites_yaml, "--then", sys.executable, "-c", script, "-c", "--json") as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 7
    assert out == f"{secret_of(sites_yaml)} ['-c', '--json']\n"
    assert READY.fullmatch(err)


def test_a_signal_is_handed_on(sites_yaml: Path) -> None:
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        "print('up', flush=True)\n"
        "signal.pause()"
    )
    with agents(sites_yaml, "--then", sys.executable, "-c", script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode == 5


def test_a_command_ended_by_a_signal_gives_a_shells_code(sites_yaml: Path) -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with agents(sites_yaml, "--then", sys.executable, "-c", script) as process:
        process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGKILL


def test_without_a_command_it_serves_until_signalled_and_says_where_the_secrets_are(
    sites_yaml: Path,
) -> None:
    directory = sites_yaml.parent / "state_directory" / "lab-secrets"
    with agents(sites_yaml) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert READY.fullmatch(lines[0])
    assert lines[1:] == [
        "linkwatch: a daemon beside them needs\n",
        f'export CREDENTIALS_DIRECTORY="{directory}"\n',
        f"export TEST_AUTH=\"$(cat '{directory}/TEST_AUTH')\"\n",
        f"export TEST_PRIVACY=\"$(cat '{directory}/TEST_PRIVACY')\"\n",
    ]
    assert secret_of(sites_yaml) not in "".join(lines) + out + err


def test_the_agents_answer_while_the_command_runs(sites_yaml: Path) -> None:
    # The port is taken as long as the command lives.
    script = (
        "import socket, sys\n"
        "try:\n"
        "    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.171.1', 21161))\n"
        "except OSError:\n"
        "    sys.exit(0)\n"
        "sys.exit(1)"
    )
    with agents(sites_yaml, "--then", sys.executable, "-c", script) as process:
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_what_cannot_be_served_or_run_is_one_line(sites_yaml: Path) -> None:
    with agents(sites_yaml, "--then", "/no/such/program") as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert READY.sub("", err) == (
        "linkwatch: cannot run /no/such/program: No such file or directory\n"
    )

    text = sites_yaml.read_text(encoding="utf-8").replace("127.0.171.1}", "192.0.2.1}")
    sites_yaml.write_text(text, encoding="utf-8")
    with agents(sites_yaml) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.startswith("linkwatch: router chu-se-r1: ")
    assert len(err.splitlines()) == 1


def test_then_and_a_command_belong_together(sites_yaml: Path) -> None:
    for arguments in (("--then",), ("true",)):
        result = CliRunner().invoke(app, ["lab", "agents", "-c", str(sites_yaml), *arguments])
        assert result.exit_code == 2
        assert "belong together" in result.stderr
    assert os.environ["STATE_DIRECTORY"] == str(sites_yaml.parent / "state_directory")


SCRIPT = """\
duration: 300ms
routers:
  chu-se-r1:
    changes: [{at: 100ms, late: 1s}]
    interfaces: {chu-se-wan: {changes: [{at: 200ms, oper: down}]}}
"""


def test_a_script_is_played_told_and_ended(sites_yaml: Path) -> None:
    script = sites_yaml.parent / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    waits = (sys.executable, "-c", "import signal; signal.pause()")
    with agents(sites_yaml, "-s", str(script), "--then", *waits) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM, "the command ends with the script"
    assert READY.sub("", err).splitlines() == [
        "linkwatch: 0.1 s: chu-se-r1: late 1.0",
        "linkwatch: 0.2 s: chu-se-r1: chu-se-wan: oper down",
    ]
    with agents(sites_yaml, "-s", str(script)) as process:
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_every_mistake_in_a_script_is_told(sites_yaml: Path) -> None:
    script = sites_yaml.parent / "script.yaml"
    script.write_text("routers:\n  r9: {}\n  chu-se-r1: {lie: big}\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["lab", "agents", "-c", str(sites_yaml), "-s", str(script)])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{script}:3:20: routers.chu-se-r1.lie: 'big' is not one of none, text, long_text, types,"
        " objects, request_id, error, circles, noise, nesting",
        f"linkwatch: {script} cannot be used",
    ]


def test_the_agents_there_would_be_are_listed(sites_yaml: Path) -> None:
    script = sites_yaml.parent / "script.yaml"
    script.write_text("routers: {chu-se-r1: {}}\n", encoding="utf-8")
    arguments = ["lab", "agents", "-c", str(sites_yaml), "-s", str(script), "--list"]
    listed = CliRunner().invoke(app, [*arguments, "--json"])
    assert listed.exit_code == 0
    assert json.loads(listed.stdout) == [
        {
            "router": "chu-se-r1",
            "address": "127.0.171.1",
            "port": 21161,
            "version": "3",
            "user": "linkwatch",
            "protocols": ["SHA256", "AES128"],
            "engine_id": "80004fb805c3df290f348e85ab",
            "scripted": True,
            "interfaces": [
                {"link": "chu-se-wan", "if_index": 1, "name": "Gi0/0", "alias": "chu-se-wan"}
            ],
        }
    ]
    shown = CliRunner().invoke(app, arguments).stdout.splitlines()
    assert [line.split() for line in shown[2:]] == [
        [
            *("chu-se-r1", "127.0.171.1", "21161", "3", "linkwatch", "SHA256", "AES128"),
            *("80004fb805c3df290f348e85ab", "1", "Gi0/0", "yes"),
        ]
    ]


def test_options_that_contradict_each_other_are_refused(sites_yaml: Path) -> None:
    for arguments, words in (
        (("--json",), "--json is for --list"),
        (("--list", "--then", "true"), "--list ends at once"),
    ):
        result = CliRunner().invoke(app, ["lab", "agents", "-c", str(sites_yaml), *arguments])
        assert result.exit_code == 2
        assert words in result.stderr
