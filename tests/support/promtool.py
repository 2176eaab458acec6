"""Debian's promtool: what Prometheus itself thinks of our text, rules and configuration."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROMTOOL = shutil.which("promtool")
requires_promtool = pytest.mark.skipif(
    PROMTOOL is None and os.environ.get("CI") != "true",
    reason="needs Debian's prometheus for its promtool (in CI it fails instead)",
)


def promtool(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """What it says and how it ends; bounded in time."""
    assert PROMTOOL is not None, "Debian's prometheus is not installed"
    return subprocess.run(
        [PROMTOOL, *map(str, arguments)],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
