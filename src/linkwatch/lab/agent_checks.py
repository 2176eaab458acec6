"""What the schema of single values cannot see in the script of simulated agents."""

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from linkwatch.config.badvalue import quoted
from linkwatch.config.report import Report
from linkwatch.config.suggest import did_you_mean
from linkwatch.lab.agent_load_script import DirectionSection
from linkwatch.lab.agent_script import (
    InterfaceBehaviourSection,
    InterfaceSection,
    RouterSection,
    ScriptSection,
)
from linkwatch.lab.router import links_by_router
from linkwatch.lab.script_checks import check_at_most_one, check_order
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory

if TYPE_CHECKING:
    from linkwatch.config.locate import Path

ALL = "*"
"""In the place of a router or link: those that are not named themselves."""

_Links = Mapping[RouterId, Collection[LinkId]]


def check(script: ScriptSection, inventory: Inventory, report: Report) -> None:
    """`report` has an error for every mistake."""
    _check_traps(script, report)
    if not script.routers:
        report.error(("routers",), "is empty", 'write e.g. "*": {late: 50ms}')
    links = link_ids(inventory)
    everything = set(chain.from_iterable(links.values()))
    for name, section in script.routers.items():
        path: Path = ("routers", name)
        if name != ALL and name not in links:
            _unknown_router(name, inventory, links, path, report)
            continue
        _check_router(section, path, report)
        carried = everything if name == ALL else links[RouterId(name)]
        for link, interface in section.interfaces.items():
            place: Path = (*path, "interfaces", link)
            if link != ALL and link not in carried:
                message = "is no link on an interface of this router"
                report.error(place, message, did_you_mean(link, sorted(carried)), key=True)
            _check_interface(interface, place, report)


def link_ids(inventory: Inventory) -> _Links:
    """Of each simulated router, the links that its interfaces carry."""
    return {
        router: [link.id for link in links] for router, links in links_by_router(inventory).items()
    }


def _check_traps(script: ScriptSection, report: Report) -> None:
    if script.traps_to is None:
        return
    host = script.traps_to[0]
    try:
        is_ours = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_ours = False
    if not is_ours:
        message = f"{quoted(host)} is not an address of 127.0.0.0/8, nor ::1"
        report.error(("traps_to",), message, "traps of simulated routers stay on this machine")


def _unknown_router(
    name: str, inventory: Inventory, links: _Links, path: "Path", report: Report
) -> None:
    if name in inventory.routers:
        report.error(path, "this router has no snmp in the configuration", key=True)
    else:
        hint = did_you_mean(name, sorted(links))
        report.error(path, "the configuration has no such router", hint, key=True)


def _check_router(section: RouterSection, path: "Path", report: Report) -> None:
    ups = {"uptime": section.uptime, "uptime_to_wrap": section.uptime_to_wrap}
    check_at_most_one(ups, path, report)
    check_order([change.at for change in section.changes], (*path, "changes"), report)


def _check_interface(section: InterfaceSection, path: "Path", report: Report) -> None:
    check_order([change.at for change in section.changes], (*path, "changes"), report)
    for place, part in _parts(section, path):
        for name, direction in (("receive", part.receive), ("transmit", part.transmit)):
            if direction is not None:
                _check_direction(direction, (*place, name), report)


def _parts(
    section: InterfaceSection, path: "Path"
) -> Iterator[tuple["Path", InterfaceBehaviourSection]]:
    yield path, section
    for number, change in enumerate(section.changes):
        yield (*path, "changes", number), change


def _check_direction(section: DirectionSection, path: "Path", report: Report) -> None:
    courses = section.courses()
    check_at_most_one(courses, path, report)
    if section.ceiling is not None and all(course is None for course in courses.values()):
        message = "a ceiling needs the traffic beside it that it is for"
        report.error((*path, "ceiling"), message, "write e.g. constant: 120%")
    burst = section.burst
    if burst is not None and burst.length >= burst.every:
        report.error((*path, "burst", "length"), "is not shorter than every", "else it is constant")
