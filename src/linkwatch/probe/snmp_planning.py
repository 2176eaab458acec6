"""A configuration -> what is to be polled, or everything that keeps it from being polled."""

import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import InterfaceRef, SnmpAccess, SnmpVersion
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.probe.snmp_plan import GUFO, Credentials, Plan, Planned
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS

Secrets = Callable[[SecretRef], str]

_INSTALL = f"{sys.executable} -m pip install 'gufo-snmp>=0.13,<0.14'"
MIN_PASSPHRASE = 8
"""Characters (RFC 3414, section 11.2)."""
MAX_USER = 32
"""Bytes of a user name (RFC 3414, section 2.4)."""


def plan_for(config: Config, secrets: Secrets) -> Plan:
    """Resolve all secrets. SnmpSetupError names every router that cannot be polled, and why.

    Reads files; what `secrets` raises passes through.
    """
    settings = config.settings.snmp
    if settings.engine == GUFO and not _has_gufo():
        raise SnmpSetupError(f"snmp.engine is gufo, but gufo-snmp is not installed: {_INSTALL}")
    watched = _watched_links(config.inventory)
    routers: list[Planned] = []
    problems: list[str] = []
    for router in config.inventory.routers.values():
        if router.snmp is None:
            continue
        try:
            credentials = _credentials(router.snmp, secrets)
        except SnmpSetupError as error:
            problems.append(f"router {router.id}: {error}")
            continue
        links = watched.get(router.id, {})
        routers.append(Planned(router.id, router.address, router.snmp.port, credentials, links))
    if problems:
        raise SnmpSetupError("; ".join(problems))
    return Plan(
        settings.engine,
        settings.interval,
        settings.timeout,
        settings.retries,
        settings.trap_listen,
        tuple(routers),
    )


def _has_gufo() -> bool:
    # `gufo` is a namespace that other packages share.
    return find_spec("gufo") is not None and find_spec("gufo.snmp") is not None


def _watched_links(inventory: Inventory) -> Mapping[RouterId, Mapping[LinkId, InterfaceRef]]:
    watched: dict[RouterId, dict[LinkId, InterfaceRef]] = {}
    for link in inventory.links.values():
        if link.interface is not None:
            watched.setdefault(link.interface.router, {})[link.id] = link.interface
    return watched


def _credentials(access: SnmpAccess, secrets: Secrets) -> Credentials:
    if access.version is SnmpVersion.V2C:
        if access.community is None:
            raise SnmpSetupError("SNMPv2c needs a community")
        return Credentials(community=secrets(access.community))
    if access.user is None:
        raise SnmpSetupError("SNMPv3 needs a user")
    if len(access.user.encode()) > MAX_USER:
        raise SnmpSetupError(f"the user name has more than {MAX_USER} bytes")
    auth = _pair(access.auth_protocol, access.auth_key, secrets)
    privacy = _pair(access.privacy_protocol, access.privacy_key, secrets)
    if auth is None and privacy is not None:
        raise SnmpSetupError("privacy needs authentication")
    _check(auth, AUTH_PROTOCOLS, "authentication")
    _check(privacy, PRIVACY_PROTOCOLS, "privacy")
    return Credentials(
        user=access.user,
        auth=auth,
        privacy=privacy,
        context=access.context,
        engine_id=access.engine_id,
    )


def _pair(protocol: str | None, key: SecretRef | None, secrets: Secrets) -> tuple[str, str] | None:
    if protocol is None or key is None:
        return None
    return protocol.upper(), secrets(key)


def _check(pair: tuple[str, str] | None, known: Mapping[str, object], purpose: str) -> None:
    if pair is None:
        return
    protocol, passphrase = pair
    if protocol not in known:
        raise SnmpSetupError(f"unknown {purpose} protocol {protocol}: one of {', '.join(known)}")
    if len(passphrase) < MIN_PASSPHRASE:
        raise SnmpSetupError(f"the {purpose} key has fewer than {MIN_PASSPHRASE} characters")
