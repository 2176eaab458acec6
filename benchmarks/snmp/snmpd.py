"""Debian's snmpd with two interfaces, in the namespace of the benchmark."""

# ruff: noqa: S603, S607  commands of the system, as the administrator has them
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.common.page import UsageError
from benchmarks.snmp.routers import AUTH, COMMUNITY, NAMES, PORT, PRIVACY, USER

_CONFIG = f"""\
dontLogTCPWrappersConnects yes
rocommunity {COMMUNITY} 127.0.0.0/8
createUser {USER} SHA-256 "{AUTH}" AES "{PRIVACY}"
rouser {USER} priv
"""


def plug() -> None:
    """Make its two interfaces: the ends of one cable, and the first devices after `lo`."""
    first, second = NAMES
    subprocess.run(("ip", "link", "add", first, "type", "veth", "peer", "name", second), check=True)


@contextmanager
def snmpd(address: str, home: Path) -> Iterator[None]:
    """Answers at `address`."""
    program = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise UsageError("needs snmpd (Debian: snmpd)")
    config = home / "agent.conf"
    config.write_text(_CONFIG, encoding="ascii")
    process = subprocess.Popen(
        (
            *(program, "-f", "-Lo", "-C", "-c", str(config), "-p", str(home / "pid")),
            f"udp:{address}:{PORT}",
        ),
        env={"SNMP_PERSISTENT_DIR": str(home), "MIBS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 it was asked for
        if not any(line.startswith("NET-SNMP version") for line in process.stdout):
            raise UsageError("snmpd does not start")
        yield
    finally:
        process.terminate()
        process.communicate(timeout=10)
