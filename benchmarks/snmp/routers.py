"""Routers to be asked, and what everybody asks them for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.common.kept import read
from benchmarks.common.province import SNMP_PORT, Size, write
from linkwatch.config import Config
from linkwatch.host.secrets import resolve_secret
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import InterfaceKey, InterfaceRef, Link, Router
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import Oid

PORT = SNMP_PORT
USER, COMMUNITY, AUTH, PRIVACY = (
    "linkwatch",
    *(f"made-up-snmp-{secret}" for secret in ("community", "auth", "priv")),
)
"""As `benchmarks.common.province` has them; good for nothing but routers of ours."""
VERSIONS = ("2c", "3")
NAMES = ("Gi0-0", "Gi0-1")
ROWS = (2, 3)
"""A router's interfaces: in a fresh namespace the first device after `lo` is number 2."""

_COLUMNS = (
    ifmib.IF_OPER_STATUS,
    ifmib.IF_NAME,
    ifmib.IF_ALIAS,
    ifmib.IF_HIGH_SPEED,
    ifmib.IF_HC_IN_OCTETS,
    ifmib.IF_HC_OUT_OCTETS,
    ifmib.IF_IN_ERRORS,
    ifmib.IF_OUT_ERRORS,
    ifmib.IF_IN_DISCARDS,
    ifmib.IF_OUT_DISCARDS,
)
OIDS: Sequence[Oid] = (
    ifmib.SYS_UP_TIME,
    *((*column, row) for row in ROWS for column in _COLUMNS),
)
"""What everybody asks for: sysUpTime and ten columns of two rows."""


def dotted(oid: Oid) -> str:
    """An OID as the tools of others write it."""
    return ".".join(map(str, oid))


def province(routers: int, home: Path, *, version: str = "2c", poll_every: int = 10) -> Path:
    """The configuration of so many routers, with two links each, as a file."""
    return write(Size(2 * routers, poll_every, snmp="3" if version == "3" else "2c"), home)


def configured(path: Path, engine: str) -> Config:
    """What the file says, with the routers' interfaces called by NAMES."""
    config = read(path)
    inventory = replace(config.inventory, links=_renamed(config.inventory))
    snmp = replace(config.settings.snmp, engine=engine)
    return replace(config, inventory=inventory, settings=replace(config.settings, snmp=snmp))


def _renamed(inventory: Inventory) -> Mapping[LinkId, Link]:
    seen: dict[RouterId, int] = {}
    links = {}
    for name, link in inventory.links.items():
        reference = link.interface
        assert reference is not None  # noqa: S101 all of these have one
        place = seen[reference.router] = seen.get(reference.router, -1) + 1
        carried = InterfaceRef(reference.router, InterfaceKey.NAME, NAMES[place])
        links[name] = replace(link, interface=carried)
    return links


def secrets_beside(path: Path) -> Callable[[SecretRef], str]:
    """Those that the file refers to."""
    return partial(resolve_secret, environ={}, base=path.parent)


def only_router(config: Config) -> Router:
    """Of a configuration with one."""
    (router,) = config.inventory.routers.values()
    return router
