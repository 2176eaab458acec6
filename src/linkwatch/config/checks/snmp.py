"""Whether every router's access to SNMP is complete, and the engine can do what it asks for."""

from linkwatch.config.build.links import snmp_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.topology import RouterEntry, SnmpEntry
from linkwatch.model.topology import SnmpVersion
from linkwatch.wire.usm import UNSUPPORTED

_DEFAULTS: Path = ("router_defaults", "snmp")
_V2C_HINT = "anybody on the way can read it; use version 3 where the router can"


def check_snmp(document: Document, report: Report) -> None:
    """Every router; what is inherited is told where it is inherited from."""
    defaults = document.router_defaults.snmp
    if defaults.engine_id is not None:
        report.error(
            (*_DEFAULTS, "engine_id"), "an engine id is one router's own", "write it at that router"
        )
    engine = _Engine(document.snmp.engine)
    for number, site in enumerate(document.sites):
        for index, router in enumerate(site.routers):
            path: Path = ("sites", number, "routers", index, "snmp")
            _check_router(router, defaults, path, report)
            engine.check(router, defaults, path, report)
    engine.warn(report)


def _check_router(router: RouterEntry, defaults: SnmpEntry, path: Path, report: Report) -> None:
    access = snmp_of(router, defaults)
    if access is None:
        return
    place = path if router.snmp is not None else _DEFAULTS
    if report.locator.whole(place):
        _check_complete(access, place, report)
    if access.version is SnmpVersion.V2C:
        own = router.snmp is not None and router.snmp.version is not None
        where = (*(path if own else _DEFAULTS), "version")
        report.warning(where, "SNMP v2c sends the community in clear text", _V2C_HINT)


def _check_complete(access: SnmpEntry, path: Path, report: Report) -> None:
    if access.version is None:
        hint = "write version: 3 or 2c here or in router_defaults"
        report.error(path, "no SNMP version", hint)
    elif access.version is SnmpVersion.V2C:
        if access.community is None:
            report.error(path, "SNMP v2c without community", "add community: {env: NAME}")
        if access.user is not None or access.auth is not None or access.privacy is not None:
            report.error(path, "user, auth and privacy belong to SNMP version 3")
        if access.engine_id is not None or access.context is not None:
            report.error(path, "engine_id and context belong to SNMP version 3")
    else:
        _check_v3(access, path, report)


def _check_v3(access: SnmpEntry, path: Path, report: Report) -> None:
    if access.user is None:
        what = "auth without user" if access.auth is not None else "SNMP v3 without user"
        report.error(path, what, "add user: NAME")
    if access.privacy is not None and access.auth is None:
        report.error(path, "privacy without auth", "add auth: {protocol: SHA256, key: {env: NAME}}")
    if access.community is not None:
        report.error(path, "community belongs to SNMP version 2c")


class _Engine:
    """What the chosen engine lacks, of all that the routers want."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lacks = UNSUPPORTED[name]
        self._trusts_blindly = False

    def check(self, router: RouterEntry, defaults: SnmpEntry, path: Path, report: Report) -> None:
        """One router."""
        access = snmp_of(router, defaults)
        if access is None or access.version is not SnmpVersion.V3:
            return
        own = router.snmp
        privacy = access.privacy
        if privacy is not None and privacy.protocol in self._lacks.privacy:
            here = path if own is not None and own.privacy is not None else _DEFAULTS
            report.error(
                (*here, "privacy", "protocol"),
                f"the engine {self._name} has no {privacy.protocol}",
                "take AES128, or snmp: {engine: pysnmp}",
            )
        if access.context and self._lacks.contexts:
            here = path if own is not None and own.context is not None else _DEFAULTS
            report.error(
                (*here, "context"),
                f"the engine {self._name} knows no contexts",
                "write snmp: {engine: pysnmp}",
            )
        self._trusts_blindly |= access.auth is not None and not self._lacks.verifies

    def warn(self, report: Report) -> None:
        """Once, whatever the number of routers."""
        if self._trusts_blindly:
            report.warning(
                ("snmp", "engine"),
                f"{self._name} does not check that SNMPv3 answers are authentic",
                "whoever is on the way could forge figures; pysnmp checks",
            )
