"""The shell scripts parse, and say in one line what a machine lacks."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "setup"
COMMANDS = [ROOT / ".ci" / "run", *(ROOT / "scripts" / name for name in ("run", "check", "lock"))]


@pytest.mark.parametrize("script", [SETUP, *COMMANDS], ids=lambda path: path.name)
def test_script_parses(script: Path) -> None:
    parsed = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert (parsed.returncode, parsed.stderr) == (0, "")


@pytest.mark.parametrize("script", COMMANDS, ids=lambda path: path.name)
def test_command_is_executable_and_stops_at_the_first_failure(script: Path) -> None:
    assert script.stat().st_mode & 0o111 == 0o111
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")


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
