"""deploy/systemd/linkwatch.service, as systemd itself reads it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "systemd" / "linkwatch.service"
PROGRAM = "/opt/linkwatch/bin/linkwatch"
EXPOSURE = 1.7  # of 10, by `systemd-analyze security`


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


def test_systemd_finds_nothing_to_complain_of(analyze: str, unit: Path) -> None:
    verified = subprocess.run(
        [analyze, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_exposure_stays_low(analyze: str, unit: Path) -> None:
    report = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    ).stdout
    level = re.search(r"Overall exposure level for linkwatch\.service: ([\d.]+)", report)
    assert level, report
    assert float(level[1]) <= EXPOSURE, report


def test_credentials_of_the_sample_are_shown_in_the_unit() -> None:
    sample = (ROOT / "config" / "sites.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"\{credential: ([a-z-]+)\}", sample))
    shown = set(re.findall(r"(?m)^#LoadCredential=([a-z-]+):", UNIT.read_text(encoding="utf-8")))
    assert named
    assert named <= shown
