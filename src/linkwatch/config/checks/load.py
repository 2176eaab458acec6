"""Warnings: loads that cannot be measured, or not as the configuration means it."""

from collections.abc import Iterator
from math import ceil, inf

from linkwatch.config.build.links import AGENCY, snmp_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.fields import MAX
from linkwatch.config.schema.topology import LinkEntry, RateEntry, RouterEntry
from linkwatch.config.units import show_duration, show_rate

_WRAP = 8 * 2**32
"""Bits that a 32-bit counter of octets counts before it begins anew."""
_USUAL_PORT = 1_000_000_000
_MEGA = 1_000_000
_EVERY = ("interval", "conference_interval")


def lint_load(document: Document, report: Report) -> None:
    """Every link, and how often routers are asked."""
    defaults = document.router_defaults.snmp
    routers = {router.id: router for site in document.sites for router in site.routers}
    asked = {name for name, router in routers.items() if snmp_of(router, defaults) is not None}
    measured = False
    for path, link in _links(document):
        if link.interface is not None and link.interface.router in routers:
            _lint_router(routers[link.interface.router], asked, path, report)
        if link.interface is not None and link.interface.router in asked:
            measured = True
            _lint_wrap(document, link, path, report)
        else:
            _lint_threshold(link, path, report)
        _lint_boosts(link, path, report)
    if measured:
        _lint_interval(document, report)


def _links(document: Document) -> Iterator[tuple[Path, LinkEntry]]:
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            yield ("sites", number, "links", index), link


def _lint_router(router: RouterEntry, asked: set[str], path: Path, report: Report) -> None:
    """That a carrier's router may not be asked is normal; the agency's may have been forgotten."""
    if router.id not in asked and router.owner == AGENCY:
        report.warning(
            (*path, "interface", "router"),
            f"{router.id!r} is not asked over SNMP: no utilisation is measured",
            "give it snmp, or leave interface out",
        )


def _lint_wrap(document: Document, link: LinkEntry, path: Path, report: Report) -> None:
    """What is contracted for would make a 32-bit counter wrap unseen between two polls."""
    interval = document.snmp.interval
    for item, entry in enumerate(link.contracted):
        fastest = max(_numbers(entry), default=0)
        if fastest * interval >= _WRAP:
            report.warning(
                (*path, "contracted", item),
                f"at {show_rate(fastest)} a 32-bit counter wraps within "
                f"{_WRAP / fastest:.3g}s, and snmp.interval is {show_duration(interval)}",
                "a router without 64-bit counters gives no rate then: ask more often, or see that "
                "it has them",
            )


def _lint_interval(document: Document, report: Report) -> None:
    """How fast a port may be: its speed is only known once the router is asked."""
    for name in _EVERY:
        interval = getattr(document.snmp, name)
        if name in document.snmp.model_fields_set and interval * _USUAL_PORT >= _WRAP:
            report.warning(
                ("snmp", name),
                f"a 32-bit counter wraps within {show_duration(interval)} from "
                f"{show_rate(ceil(_WRAP / interval / _MEGA) * _MEGA)} on",
                f"faster ports of routers without 64-bit counters give no rate; up to "
                f"{int(_WRAP / _USUAL_PORT)}s serve ports of {show_rate(_USUAL_PORT)}",
            )


def _lint_threshold(link: LinkEntry, path: Path, report: Report) -> None:
    """A level of its own for what is never measured."""
    place = (*path, "thresholds", "utilisation")
    if link.thresholds.utilisation.model_fields_set and report.locator.whole(place):
        hint = "name an interface of a router that is asked, or leave this out"
        report.warning(place, "the load of this link is not measured", hint, key=True)


def _lint_boosts(link: LinkEntry, path: Path, report: Report) -> None:
    """A dated rate that says how far it has come, but raises nothing, can never be proven."""
    normal = next((entry for entry in link.contracted if not entry.dated), None)
    for item, entry in enumerate(link.contracted):
        place = (*path, "contracted", item)
        if normal is None or not entry.dated or entry.state is None:
            continue
        if report.locator.whole(place) and not _raises(entry, normal):
            report.warning(
                place,
                "has a state, but raises neither direction above the undated rate",
                "write what was ordered, or leave state out",
            )


def _raises(entry: RateEntry, normal: RateEntry) -> bool:
    pairs = zip(_both(entry), _both(normal), strict=True)
    return any(_as_number(rate) > _as_number(usual) for rate, usual in pairs)


def _as_number(rate: int | str | None) -> float:
    """A maximum is more than any number."""
    return inf if rate == MAX else float(rate or 0)


def _both(entry: RateEntry) -> tuple[int | str | None, int | str | None]:
    if entry.rate is not None:
        return entry.rate, entry.rate
    return entry.receive, entry.transmit


def _numbers(entry: RateEntry) -> Iterator[int]:
    return (rate for rate in _both(entry) if isinstance(rate, int))
