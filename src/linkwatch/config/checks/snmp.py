"""Whether every router's access to SNMP is complete."""

from linkwatch.config.build.links import snmp_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.topology import RouterEntry, SnmpEntry
from linkwatch.model.topology import SnmpVersion

_DEFAULTS: Path = ("router_defaults", "snmp")
_V2C_HINT = "anybody on the way can read it; use version 3 where the router can"


def check_snmp(document: Document, report: Report) -> None:
    """Every router; what is inherited is told where it is inherited from."""
    defaults = document.router_defaults.snmp
    for number, site in enumerate(document.sites):
        for index, router in enumerate(site.routers):
            path: Path = ("sites", number, "routers", index, "snmp")
            _check_router(router, defaults, path, report)


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
