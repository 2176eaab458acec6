"""A configuration read by another process: a large province takes seconds, and probes go on."""

import asyncio
import contextlib
import os
import pickle
import sys
from datetime import datetime
from pathlib import Path

from linkwatch.config import Loaded, load
from linkwatch.config.loading import no_collection

LONGEST = 60.0
"""s a configuration may take to read."""
LARGE = 1 << 20
"""Bytes. What it takes to read 11 MB, 0.5 GB, a process keeps for the rest of its life."""


class ReadingError(Exception):
    """The other process brought nothing back; the message is one line."""


def read(path: Path, at: datetime) -> Loaded:
    """As `config.load`, at the start: a large one by another process. May raise ReadingError."""
    with contextlib.suppress(OSError):
        if path.stat().st_size >= LARGE:
            return asyncio.run(load_aside(path, at))
    return load(path, at)


async def load_aside(path: Path, at: datetime) -> Loaded:
    """As `config.load`. Cancelled or too slow, the other process is ended at once."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(path), at.isoformat()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST):
            answer, _ = await child.communicate()
    except TimeoutError:
        raise ReadingError(f"could not be read within {LONGEST:.0f} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if child.returncode != 0:
        raise ReadingError(f"could not be read: its reader ended with {child.returncode}")
    loaded = await asyncio.to_thread(_unpacked, answer)
    if not isinstance(loaded, Loaded):
        raise ReadingError("could not be read: its reader brought something else")
    return loaded


def _unpacked(answer: bytes) -> object:
    with no_collection():
        return pickle.loads(answer)  # noqa: S301 from our own child, over a pipe of our own


def main(path: str, at: str) -> None:
    """The other process: read, and write what came of it to standard output."""
    loaded = load(Path(path), datetime.fromisoformat(at))
    with no_collection():
        sys.stdout.buffer.write(pickle.dumps(loaded))
    sys.stdout.buffer.flush()
    os._exit(0)  # nobody waits for a million objects to be taken apart


if __name__ == "__main__":
    main(*sys.argv[1:])
