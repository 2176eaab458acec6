"""What the daemon does with a configuration it cannot use, or a machine that does not let it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from linkwatch.app.foreground import FAILED
from linkwatch.app.main import run
from linkwatch.config.loaded import BAD_CONFIG

MISTAKES = Path(__file__).parents[1] / "config" / "mistakes"
ERRORS = sorted(f.stem for f in MISTAKES.glob("*.txt") if f.read_text().startswith("error"))
SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """`run` sets up logging for the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.parametrize("name", ERRORS)
def test_it_refuses_every_mistake_with_its_messages(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(MISTAKES)
    assert run(Path(f"{name}.yaml")) == BAD_CONFIG
    said = capsys.readouterr().err.splitlines()
    for line in Path(f"{name}.txt").read_text(encoding="utf-8").splitlines():
        gravity, message = line.split(": ", 1)
        if gravity == "error":
            assert message in said


def test_there_are_mistakes_enough() -> None:
    assert len(ERRORS) >= 30


def test_a_missing_secret_is_named_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    code = run(SAMPLE)
    said = capsys.readouterr().err
    # An ordinary user on a machine that lets nobody ping hears of that first.
    assert code in (BAD_CONFIG, FAILED)
    assert ("credential:snmp-auth" in said) == (code == BAD_CONFIG)
    assert "Traceback" not in said
