"""Targets and interfaces of links."""

from linkwatch.config.build.links import interface_key
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.conference import EndpointEntry
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.topology import InterfaceEntry, TargetEntry


def check_links(document: Document, report: Report) -> None:
    """Every link of every site, and every platform's endpoints."""
    homes = {
        router.id: site.id
        for number, site in enumerate(document.sites)
        if report.locator.whole(("sites", number))
        for router in site.routers
    }
    seen: dict[tuple[str, ...], Path] = {}
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index)
            _check_targets(link.targets, (*path, "targets"), report)
            if link.circuit is not None:
                _check_shared(
                    ("circuit", link.carrier, link.circuit), (*path, "circuit"), seen, report
                )
            if link.interface is not None:
                _check_interface(link.interface, site.id, homes, (*path, "interface"), report)
                key, value = interface_key(link.interface)
                mark = ("interface", link.interface.router, key.value, value)
                _check_shared(mark, (*path, "interface"), seen, report)
    for name, platform in document.platforms.items():
        for item, target in enumerate(platform.targets):
            _check_endpoint(target, ("platforms", name, "targets", item), report)


def _check_targets(targets: list[TargetEntry], path: Path, report: Report) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for item, target in enumerate(targets):
        place = (*path, item)
        if report.locator.whole(place):
            _check_target(target, place, report)
        identity = (target.address, target.method, target.port)
        is_complete = target.address is not None or target.method == "push"
        if is_complete and identity in seen:
            first = report.place((*path, seen[identity]))
            report.error(place, "this target is given twice", f"the first is at {first}")
        seen.setdefault(identity, item)


def _check_target(target: TargetEntry, path: Path, report: Report) -> None:
    if target.method == "push":
        if target.address is not None or target.port is not None:
            hint = "the site calls us: leave address and port out"
            report.error(path, "a push target has no address or port", hint)
        return
    if target.address is None:
        report.error(path, "has no address", "write address: 127.0.17.10")
    _check_port(target.method, target.port, path, report)


def _check_endpoint(target: EndpointEntry, path: Path, report: Report) -> None:
    if not report.locator.whole(path):
        return
    if target.url is not None:
        if (target.address, target.method, target.port) != (None, None, None):
            report.error(path, "gives a url and more", "a url says all: leave the rest out")
        return
    if target.address is None:
        report.error(path, "has neither address nor url")
    _check_port(target.method or "icmp", target.port, path, report)


def _check_port(method: str, port: int | None, path: Path, report: Report) -> None:
    if method == "icmp" and port is not None:
        report.error((*path, "port"), "icmp has no port", "leave it out, or write method: tcp")
    if method in {"tcp", "tls"} and port is None:
        report.error(path, f"method {method} needs a port", "write e.g. port: 443")


def _check_interface(
    entry: InterfaceEntry, site: str, homes: dict[str, str], path: Path, report: Report
) -> None:
    named = [key for key in (entry.name, entry.alias, entry.index) if key is not None]
    if len(named) > 1 or (not named and report.locator.whole(path)):
        report.error(path, "is named by exactly one of name, alias and index")
    home = homes.get(entry.router)
    if home is not None and home != site:
        report.error((*path, "router"), f"{entry.router!r} is a router of another site, {home!r}")


def _check_shared(
    mark: tuple[str, ...], path: Path, seen: dict[tuple[str, ...], Path], report: Report
) -> None:
    first = seen.setdefault(mark, path)
    if first is not path:
        hint = f"that at {report.place(first)}"
        report.warning(path, f"another link has the same {mark[0]}", hint)
