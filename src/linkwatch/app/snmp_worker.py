"""`python -m linkwatch.app.snmp_worker`: the daemon's process for SNMP. Nobody else starts it."""

import asyncio
import sys
from collections.abc import Mapping

from linkwatch.host.clock import SystemClock

WORKER = (sys.executable, "-m", "linkwatch.app.snmp_worker")

_PASSED_ON = ("LANG", "LC_", "LD_", "NO_COLOR", "PATH", "PYTHON", "TERM", "TZ", "VIRTUAL_ENV")


def worker_environment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """What the process needs to start; secrets that the daemon got this way are not in it."""
    kept = {name: value for name, value in environment.items() if name.startswith(_PASSED_ON)}
    return {**kept, "RUST_BACKTRACE": "0"}


def main() -> None:
    """Serve until standard input ends."""
    from linkwatch.probe.snmp_worker import serve  # noqa: PLC0415  the daemon needs none of it

    asyncio.run(serve(SystemClock()))


if __name__ == "__main__":
    main()
