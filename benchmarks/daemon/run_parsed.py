"""Runs the daemon on a configuration that has been read; writes down when it began (monotonic s).

    python -m benchmarks.daemon.run_parsed KEPT BEGAN FILE

FILE is where the configuration is said to stand: secrets are looked for beside it.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.common.kept import take
from linkwatch.app.daemon import live
from linkwatch.host import logs
from linkwatch.host.clock import SystemClock


def main(kept: Path, began: Path, path: Path) -> None:
    """Until SIGTERM."""
    clock = SystemClock()
    logs.configure(clock)
    config = replace(take(kept), files=(path,))
    began.write_text(repr(clock.now().monotonic), encoding="ascii")
    asyncio.run(live(path, config, clock))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
