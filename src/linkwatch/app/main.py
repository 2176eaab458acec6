"""`linkwatch run`: from the configuration's path to an exit code."""

import asyncio
import sys
from pathlib import Path

from linkwatch.app.daemon import live
from linkwatch.app.reading import ReadingError, read
from linkwatch.host import logs
from linkwatch.host.clock import SystemClock
from linkwatch.host.files import FilesError
from linkwatch.host.secrets import SecretError
from linkwatch.message.inert import printable
from linkwatch.notify.setup import ChannelSetupError
from linkwatch.ports import StoreError
from linkwatch.probe.icmp import ProbePermissionError
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.store.errors import StoreOpenError
from linkwatch.web.server import CannotListen

OK, FAILED, BAD_CONFIG = 0, 1, 2


def run(path: Path) -> int:
    """The daemon's whole life. Exit code: 0 stopped, 1 cannot run here, 2 bad configuration."""
    clock = SystemClock()
    logs.configure(clock)
    try:
        loaded = read(path, clock.now().wall)
    except ReadingError as error:
        return _refuse(f"{path}: {error}", BAD_CONFIG)
    for problem in loaded.problems:
        sys.stderr.write(f"{printable(str(problem))}\n")
    if loaded.config is None:
        return BAD_CONFIG
    logs.configure(clock, zone=loaded.config.inventory.timezone)
    try:
        asyncio.run(live(path, loaded.config, clock))
    except (ChannelSetupError, SecretError, SnmpSetupError) as error:
        return _refuse(error, BAD_CONFIG)
    except (
        ProbePermissionError,
        StoreOpenError,
        StoreError,
        CannotListen,
        FilesError,
    ) as error:
        return _refuse(error, FAILED)
    return OK


def _refuse(error: Exception | str, code: int) -> int:
    sys.stderr.write(f"linkwatch: {printable(str(error))}\n")
    return code
