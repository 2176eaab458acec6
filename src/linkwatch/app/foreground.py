"""The daemon with a configuration that was read: from its logs to an exit code."""

import asyncio
import sys
from pathlib import Path

from linkwatch.app.daemon import live
from linkwatch.config.loaded import BAD_CONFIG
from linkwatch.config.settings import Config
from linkwatch.host import logs
from linkwatch.host.files import FilesError
from linkwatch.host.secrets import SecretError
from linkwatch.message.inert import printable
from linkwatch.notify.setup import ChannelSetupError
from linkwatch.ports import Clock, StoreError
from linkwatch.probe.icmp import ProbePermissionError
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.store.errors import StoreOpenError
from linkwatch.web.server import CannotListen

OK, FAILED = 0, 1


def run(path: Path, config: Config, clock: Clock) -> int:
    """Live until told to stop. Exit code: 0 stopped, 1 cannot run here, 2 bad configuration."""
    logs.configure(clock, zone=config.inventory.timezone)
    try:
        asyncio.run(live(path, config, clock))
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


def _refuse(error: Exception, code: int) -> int:
    sys.stderr.write(f"linkwatch: {printable(str(error))}\n")
    return code
