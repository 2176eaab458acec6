"""A configuration read by another process: a large province takes seconds, and probes go on."""

import asyncio
import contextlib
import pickle
import sys
from datetime import datetime
from pathlib import Path

from linkwatch.config import Loaded, load

LONGEST = 60.0
"""s a configuration may take to read."""


class ReadingError(Exception):
    """The other process brought nothing back; the message is one line."""


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
    loaded = pickle.loads(answer)  # noqa: S301 from our own child, over a pipe of our own
    if not isinstance(loaded, Loaded):
        raise ReadingError("could not be read: its reader brought something else")
    return loaded


def main(path: str, at: str) -> None:
    """The other process: read, and write what came of it to standard output."""
    loaded = load(Path(path), datetime.fromisoformat(at))
    sys.stdout.buffer.write(pickle.dumps(loaded))


if __name__ == "__main__":
    main(*sys.argv[1:])
