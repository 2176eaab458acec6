"""A configuration read by another process."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkwatch.app import reading
from linkwatch.app.reading import load_aside
from linkwatch.config import load

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"
AT = datetime(2021, 5, 14, tzinfo=UTC)


def test_it_brings_what_reading_here_would() -> None:
    assert asyncio.run(load_aside(SAMPLE, AT)) == load(SAMPLE, AT)


def test_it_brings_the_problems_too(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nnonsense: 2\n")
    loaded = asyncio.run(load_aside(bad, AT))
    assert loaded.config is None
    assert loaded.problems == load(bad, AT).problems


def test_a_large_one_is_read_by_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("read by this process")

    monkeypatch.setattr(reading, "load", refuse)
    large = tmp_path / "large.yaml"
    large.write_text(f"version: 1\nnonsense: 2\n{'#' * reading.LARGE}\n")
    assert reading.read(large, AT).problems == load(large, AT).problems
    with pytest.raises(AssertionError):
        reading.read(SAMPLE, AT)


def test_one_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert reading.read(missing, AT) == load(missing, AT)


def test_cancelled_it_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    endless = tmp_path / "endless.yaml"
    os.mkfifo(endless)

    async def stopped() -> float:
        loop = asyncio.get_running_loop()
        reading = asyncio.ensure_future(load_aside(endless, AT))
        done, _ = await asyncio.wait([reading], timeout=1.0)
        assert not done
        began = loop.time()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return loop.time() - began

    assert asyncio.run(stopped()) < 1.0
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
