"""`linkwatch run`: from the configuration's path to an exit code."""

import sys
from pathlib import Path

from linkwatch.app.reading import ReadingError, reading
from linkwatch.config.loaded import BAD_CONFIG, Loaded
from linkwatch.host.clock import SystemClock
from linkwatch.message.inert import printable


def run(path: Path) -> int:
    """The daemon's whole life. Exit code: 0 stopped, 1 cannot run here, 2 bad configuration."""
    clock = SystemClock()
    try:
        with reading(path, clock.now().wall) as brought:
            # What there is to import takes as long as the configuration takes the other process.
            from linkwatch.app import foreground  # noqa: PLC0415

            loaded = brought()
    except ReadingError as error:
        sys.stderr.write(f"linkwatch: {printable(f'{path}: {error}')}\n")
        return BAD_CONFIG
    _tell(loaded)
    return BAD_CONFIG if loaded.config is None else foreground.run(path, loaded.config, clock)


def _tell(loaded: Loaded) -> None:
    for problem in loaded.problems:
        sys.stderr.write(f"{printable(str(problem))}\n")
