"""A network of the tests' own: the centre without a default route, the site beyond a cable.

A real daemon, snmpd and webhook receiver play on it; nothing inside is faked.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.daemon import Daemon
from support.netns import Namespace
from support.receiver import Receiver, receiver
from support.snmp import SNMPD

EACH_BY_ITSELF = {"secret: {env: HOOK_SECRET}": "secret: {env: HOOK_SECRET}, digests: false"}
"""A change for who cuts again and again, or compares each message with another."""
PROVINCE = Path(__file__).with_name("field.yaml")
SNMPD_CONFIG = """\
createUser linkwatch SHA "correct-horse-battery" AES "staple-of-the-province"
rouser linkwatch priv
"""


@dataclass(frozen=True)
class Field:
    """Everything a drill plays with. `cable`: the centre's end of it."""

    centre: Namespace
    site: Namespace
    cable: str
    hook: Receiver
    daemon: Daemon
    province: str


@contextmanager
def laid_out(home: Path, changes: Mapping[str, str] | None = None) -> Iterator[Field]:
    """Both namespaces, a real snmpd and webhook receiver, and the daemon, ready.

    `changes` are words of the configuration and what to put in their place.
    """
    with ExitStack() as stack:
        centre = stack.enter_context(Namespace("centre"))
        site = stack.enter_context(Namespace("site"))
        cable, _ = centre.connect(site, "10.77.0.1/30", "10.77.0.2/30")
        centre.ip("route", "add", "10.77.1.0/24", "via", "10.77.0.2")
        for address in ("10.77.1.10", "10.77.1.20"):
            site.ip("address", "add", f"{address}/32", "dev", "lo")
        _start_snmpd(site, home)
        hook = stack.enter_context(receiver(centre))
        province = PROVINCE.read_text(encoding="utf-8")
        for old, new in (changes or {}).items():
            assert old in province
            province = province.replace(old, new)
        daemon = stack.enter_context(Daemon(centre, home, province))
        yield Field(centre, site, cable, hook, daemon, province)


def _start_snmpd(site: Namespace, home: Path) -> None:
    assert SNMPD is not None, "Debian's snmpd is not installed"
    config = home / "agent.conf"
    config.write_text(SNMPD_CONFIG, encoding="ascii")
    process = site.popen(
        *(SNMPD, "-f", "-Lo", "-C", "-c", str(config), "-p", str(home / "snmpd.pid")),
        "udp:10.77.0.2:1161",
        env={"SNMP_PERSISTENT_DIR": str(home), "MIBS": "", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    listens = any(line.startswith("NET-SNMP version") for line in process.stdout)
    assert listens, "snmpd ended before it listened"
