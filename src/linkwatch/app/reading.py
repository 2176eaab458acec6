"""A configuration read by another process: that takes a large province seconds, and probes go on.

What reading takes of memory, half a GB for 11 MB of YAML, a process keeps for the rest of its life.
"""

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from linkwatch.config.loaded import Loaded, no_collection

LONGEST = 60.0
"""s a configuration may take to read."""


class ReadingError(Exception):
    """The other process brought nothing back; the message is one line."""


@contextmanager
def reading(path: Path, at: datetime) -> Iterator[Callable[[], Loaded]]:
    """As `config.load`, at the start: begun here, and waited for by the call that is handed out.

    That may raise ReadingError. Left early, the other process is ended at once.
    """
    command = _command(path, at)  # our own interpreter and module, and a path
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as child:

        def brought() -> Loaded:
            try:
                answer, _ = child.communicate(timeout=LONGEST)
            except subprocess.TimeoutExpired:
                raise _too_slow() from None
            return _loaded(answer, child.returncode)

        try:
            yield brought
        finally:
            child.kill()


async def load_aside(path: Path, at: datetime) -> Loaded:
    """As `config.load`. Cancelled or too slow, the other process is ended at once."""
    child = await asyncio.create_subprocess_exec(
        *_command(path, at), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(LONGEST):
            answer, _ = await child.communicate()
    except TimeoutError:
        raise _too_slow() from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    return await asyncio.to_thread(_loaded, answer, child.returncode)


def _command(path: Path, at: datetime) -> tuple[str, ...]:
    return (sys.executable, "-m", __name__, str(path), at.isoformat())


def _loaded(answer: bytes, code: int | None) -> Loaded:
    if code != 0:
        raise ReadingError(f"could not be read: its reader ended with {code}")
    with no_collection():
        loaded = pickle.loads(answer)  # noqa: S301 from our own child, over a pipe of our own
    if not isinstance(loaded, Loaded):
        raise ReadingError("could not be read: its reader brought something else")
    return loaded


def _too_slow() -> ReadingError:
    return ReadingError(f"could not be read within {LONGEST:.0f} s")


def main(path: str, at: str) -> None:
    """The other process: read, and write what came of it to standard output."""
    from linkwatch.config.loading import load  # noqa: PLC0415  only who reads pays for it

    loaded = load(Path(path), datetime.fromisoformat(at))
    with no_collection():
        sys.stdout.buffer.write(pickle.dumps(loaded))
    sys.stdout.buffer.flush()
    os._exit(0)  # nobody waits for a million objects to be taken apart


if __name__ == "__main__":
    main(*sys.argv[1:])
