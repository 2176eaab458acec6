"""The unit of deploy/systemd, with and without its capability, as systemd itself reads it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
UNIT = UNITS / "linkwatch.service"
DROP_IN = UNITS / "linkwatch.service.d" / "no-capability.conf"
PROGRAM = "/opt/linkwatch/current/bin/linkwatch"


@pytest.fixture
def analyze() -> str:
    """The path of systemd-analyze; without it a skip, in CI a failure."""
    found = shutil.which("systemd-analyze")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("systemd-analyze is missing: apt-get install systemd")
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    return found


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists here."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"))
    return copy


def exposure(analyze: str, unit: Path) -> float:
    """Of 10, by `systemd-analyze security`, with what lies in UNIT.d beside it."""
    report = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "LC_ALL": "C",
            "SYSTEMD_UNIT_PATH": f"{unit.parent}:",
        },
    ).stdout
    level = re.search(r"Overall exposure level for linkwatch\.service: ([\d.]+)", report)
    assert level, report
    return float(level[1])


def test_systemd_finds_nothing_to_complain_of(analyze: str, unit: Path) -> None:
    verified = subprocess.run(
        [analyze, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_exposure_stays_low(analyze: str, unit: Path) -> None:
    assert exposure(analyze, unit) <= 1.4


def test_exposure_is_lower_without_the_capability(analyze: str, unit: Path) -> None:
    beside = unit.with_name(f"{unit.name}.d")
    beside.mkdir()
    shutil.copy(DROP_IN, beside)
    assert exposure(analyze, unit) <= 1.1
