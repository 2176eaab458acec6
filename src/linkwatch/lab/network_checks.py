"""What the schema of single values cannot see in a network's script."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from linkwatch.config.badvalue import quoted
from linkwatch.config.report import Report
from linkwatch.config.units import show_duration
from linkwatch.lab.network_model import Address, ErrorKind, Network, Spread
from linkwatch.lab.network_script import (
    AddressSection,
    BehaviourSection,
    ErrorSection,
    HopSection,
    JitterSection,
    LossSection,
    ScriptSection,
)
from linkwatch.lab.script_checks import check_one_of, check_order

if TYPE_CHECKING:
    from linkwatch.config.locate import Path

OWN: dict[int, Address] = {
    4: ipaddress.IPv4Address("198.18.0.1"),
    6: ipaddress.IPv6Address("2001:2::1"),
}
"""Where the requests in the namespace come from."""

MOST = 65_536
"""Addresses and prefixes: each is a route."""


def check(script: ScriptSection, report: Report) -> dict[Network, AddressSection]:
    """The addresses as networks; `report` has an error for every mistake."""
    found: dict[Network, AddressSection] = {}
    if not script.addresses:
        report.error(("addresses",), "is empty", "write e.g. 10.99.0.1: {delay: 20ms}")
    if len(script.addresses) > MOST:
        report.error(("addresses",), f"more than {MOST} addresses", "write prefixes")
    for text, section in script.addresses.items():
        path: Path = ("addresses", text)
        network = _network(text, path, report)
        if network is None:
            continue
        if network in found:
            report.error(path, f"{network} is given twice", key=True)
        found[network] = section
        _check_times(section, path, report)
        for place, part in _parts(section, path):
            _check_behaviour(part, network.version, place, report)
        _check_delays(section, network.version, path, report)
    return found


def _network(text: str, path: "Path", report: Report) -> Network | None:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        message, hint = f"{quoted(text)} is not an IP address or prefix", _mended(text)
        report.error(path, message, hint or "write e.g. 10.99.0.1 or fd00:99::/64", key=True)
        return None
    holder = _unanswerable(network)
    if holder:
        report.error(path, f"{network} {holder}", "take others, e.g. 10.99.0.0/16", key=True)
    return network


def _mended(text: str) -> str:
    """Host bits are the likely mistake: the prefix without them."""
    try:
        return f"write {ipaddress.ip_network(text, strict=False)}"
    except ValueError:
        return ""


def _unanswerable(network: Network) -> str:
    own = OWN[network.version]
    first, last = network.network_address, network.broadcast_address
    if own in network:
        return f"holds {own}, where the requests come from"
    for address in (first, last):
        if address.is_loopback or address.is_multicast or address.is_link_local:
            return "holds addresses that no route leads to"
    return "holds addresses that no route leads to" if first.is_unspecified else ""


def _parts(section: AddressSection, path: "Path") -> Iterator[tuple["Path", BehaviourSection]]:
    yield path, section
    for number, change in enumerate(section.changes):
        yield (*path, "changes", number), change


def _check_behaviour(section: BehaviourSection, version: int, path: "Path", report: Report) -> None:
    if section.jitter is not None:
        _check_jitter(section.jitter, (*path, "jitter"), report)
    if section.loss is not None:
        _check_loss(section.loss, (*path, "loss"), report)
    if section.error is not None:
        _check_error(section.error, version, (*path, "error"), report)
    for number, hop in enumerate(section.hops or ()):
        _check_hop(hop, version, (*path, "hops", number), report)


def _check_jitter(jitter: JitterSection, path: "Path", report: Report) -> None:
    check_one_of({"uniform": jitter.uniform, "normal": jitter.normal}, path, report)


def _check_loss(loss: LossSection, path: "Path", report: Report) -> None:
    states = loss.gilbert_elliott
    check_one_of({"independent": loss.independent, "gilbert_elliott": states}, path, report)
    if states is not None and states.r == 0:
        place = (*path, "gilbert_elliott", "r")
        report.error(place, "the bad state would never end", "write e.g. 25%")


def _check_error(error: ErrorSection, version: int, path: "Path", report: Report) -> None:
    check_one_of({kind.value: error.shares().get(kind) for kind in ErrorKind}, path, report)
    if error.from_ is not None:
        _check_router(error.from_, version, (*path, "from"), report)


def _check_hop(hop: HopSection, version: int, path: "Path", report: Report) -> None:
    for address in hop.addresses:
        _check_router(address, version, path, report)


def _check_router(text: str, version: int, place: "Path", report: Report) -> None:
    try:
        reporter = ipaddress.ip_address(text)
    except ValueError:
        report.error(place, f"{quoted(text)} is not an IP address")
        return
    if reporter.version != version:
        report.error(place, f"{reporter} is no IPv{version} address, as the one asked is")
    elif reporter.is_loopback or reporter.is_multicast or reporter.is_unspecified:
        report.error(place, f"{reporter} can be no router's", "write e.g. 10.99.255.254")


def _check_times(section: AddressSection, path: "Path", report: Report) -> None:
    for number, outage in enumerate(section.outages):
        if outage.until is not None and outage.until <= outage.from_:
            message = f"ends before it begins, at {show_duration(outage.from_)}"
            report.error((*path, "outages", number, "until"), message)
    check_order([change.at for change in section.changes], (*path, "changes"), report)


def _check_delays(section: AddressSection, version: int, path: "Path", report: Report) -> None:
    """A delay that jitter would make negative is cut off at 0: that is not the jitter asked."""
    if report.problems:
        return
    places: Sequence[Path] = [place for place, _ in _parts(section, path)]
    for place, behaviour in zip(places, section.course(version).behaviours, strict=True):
        jitter = behaviour.jitter
        if jitter.spread is Spread.UNIFORM and jitter.width > behaviour.delay:
            width, delay = (show_duration(ns / 1e9) for ns in (jitter.width, behaviour.delay))
            message = f"the jitter ({width}) is more than the delay ({delay})"
            report.error(place, message, f"write delay: {width} or more")
