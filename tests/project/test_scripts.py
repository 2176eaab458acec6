"""The shell scripts are sound, and say in one line what a machine lacks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "setup"
MACHINE = ROOT / "tests" / "support" / "machine.sh"
COMMANDS = [
    ROOT / ".ci" / "run",
    *(ROOT / "scripts" / name for name in ("run", "check", "lock")),
    *(ROOT / "deploy" / name for name in ("install", "rollback", "uninstall")),
]
OTHERS = [SETUP, ROOT / "deploy" / "common", ROOT / "deploy" / "linkwatch", MACHINE]


@pytest.mark.parametrize("script", [*COMMANDS, *OTHERS], ids=lambda path: path.name)
def test_shellcheck_finds_nothing_to_complain_of(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        if os.environ.get("CI"):
            pytest.fail("shellcheck is missing: apt-get install shellcheck")
        pytest.skip("shellcheck is missing: apt-get install shellcheck")
    checked = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize("script", COMMANDS, ids=lambda path: path.name)
def test_command_is_executable_and_stops_at_the_first_failure(script: Path) -> None:
    assert script.stat().st_mode & 0o111 == 0o111
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("script", COMMANDS[-3:], ids=lambda path: path.name)
def test_a_deployment_command_says_what_it_does_and_refuses_what_it_does_not(script: Path) -> None:
    asked = subprocess.run([script, "--help"], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert f"\n  deploy/{script.name} [--" in asked.stdout
    assert "set -euo" not in asked.stdout
    refused = subprocess.run([script, "--nonsense"], capture_output=True, text=True, check=False)
    said = f"linkwatch: --nonsense: unknown; deploy/{script.name} --help\n"
    assert (refused.returncode, refused.stderr) == (2, said)


def call_setup(tmp_path: Path, call: str, python: str) -> subprocess.CompletedProcess[str]:
    """Call a function of scripts/setup with little more than `python` on the PATH."""
    for tool in ("bash", "dirname", "grep"):
        found = shutil.which(tool)
        assert found
        (tmp_path / tool).symlink_to(found)
    fake = tmp_path / "python3"
    fake.write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    fake.chmod(0o755)
    return subprocess.run(
        ["bash", "-c", f'set -euo pipefail; source "{SETUP}"; {call}'],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
        env={"PATH": str(tmp_path)},
    )


def test_missing_venv_module_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    asked = call_setup(tmp_path, "need_ensurepip python3", python="exit 1")
    assert asked.returncode == 2
    assert asked.stderr == (
        "linkwatch: python3 cannot make virtual environments; "
        "as root: apt-get update && apt-get install -y python3-venv\n"
    )


def test_good_python_needs_nothing(tmp_path: Path) -> None:
    asked = call_setup(tmp_path, "need_ensurepip python3", python="exit 0")
    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("made_at", "python", "verdict"),
    [
        ("{here}", "exit 0", "used"),
        ("/elsewhere/.venv", "exit 0", "made anew"),
        ("{here}", "exit 1", "made anew"),
    ],
)
def test_environment_is_used_only_where_it_was_made_and_works(
    tmp_path: Path, made_at: str, python: str, verdict: str
) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "activate").write_text(f"VIRTUAL_ENV={made_at.format(here=venv)}\n")
    (venv / "bin" / "python").symlink_to(tmp_path / "python3")
    asked = call_setup(tmp_path, f"is_usable {venv} && echo used || echo made anew", python=python)
    assert (asked.stdout, asked.stderr) == (f"{verdict}\n", "")
