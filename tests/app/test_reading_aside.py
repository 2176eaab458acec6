"""A configuration read by another process."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkwatch.app.reading import load_aside, reading
from linkwatch.config import load

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"
AT = datetime(2021, 5, 14, tzinfo=UTC)


def children() -> set[str]:
    """Our processes; other tests may have left some of the standard library's helpers."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
    return set(listed.split())


def test_it_brings_what_reading_here_would() -> None:
    assert asyncio.run(load_aside(SAMPLE, AT)) == load(SAMPLE, AT)


def test_it_brings_the_problems_too(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nnonsense: 2\n")
    loaded = asyncio.run(load_aside(bad, AT))
    assert loaded.config is None
    assert loaded.problems == load(bad, AT).problems


def test_at_the_start_it_is_read_while_something_else_is_done() -> None:
    with reading(SAMPLE, AT) as brought:
        here = load(SAMPLE, AT)
        assert brought() == here


def test_one_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    with reading(missing, AT) as brought:
        assert brought() == load(missing, AT)


def test_whoever_reads_knows_neither_the_schema_nor_yaml() -> None:
    heavy = (
        "import sys, linkwatch.app.main; print('yaml' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_left_early_it_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    endless = tmp_path / "endless.yaml"
    os.mkfifo(endless)
    before = children()
    with pytest.raises(KeyboardInterrupt), reading(endless, AT):
        raise KeyboardInterrupt
    assert children() == before


def test_cancelled_it_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    endless = tmp_path / "endless.yaml"
    os.mkfifo(endless)

    async def stopped() -> float:
        loop = asyncio.get_running_loop()
        loading = asyncio.ensure_future(load_aside(endless, AT))
        done, _ = await asyncio.wait([loading], timeout=1.0)
        assert not done
        began = loop.time()
        loading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loading
        return loop.time() - began

    before = children()
    assert asyncio.run(stopped()) < 1.0
    assert children() == before
