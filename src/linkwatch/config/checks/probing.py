"""Intervals, time-outs and thresholds that contradict each other."""

from collections.abc import Iterator
from typing import TypeAlias

from linkwatch.config.build.links import probing_of, thresholds_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.probing import ProbingOverride, ThresholdsOverride
from linkwatch.config.units import show_duration
from linkwatch.model.thresholds import Limits, Metric
from linkwatch.model.topology import LinkKind

_ProbingPlace: TypeAlias = tuple[Path, LinkKind, ProbingOverride]
_ThresholdsPlace: TypeAlias = tuple[Path, LinkKind, ThresholdsOverride]


def check_probing(document: Document, report: Report) -> None:
    """Wherever the file says something of probing, polling or thresholds."""
    for path, kind, own in _probing_places(document):
        _check_probing(document, report, path, kind, own)
    for path, kind, levels in _threshold_places(document):
        _check_thresholds(document, report, path, kind, levels)
    _check_polling(document, report)


def _probing_places(document: Document) -> Iterator[_ProbingPlace]:
    yield ("probing",), LinkKind.WAN, ProbingOverride()
    for kind in LinkKind:
        yield ("link_defaults", kind.value, "probing"), kind, ProbingOverride()
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "probing")
            yield path, link.kind, link.probing


def _check_probing(
    document: Document, report: Report, path: Path, kind: LinkKind, own: ProbingOverride
) -> None:
    """Only what is said at `path` itself can be wrong there."""
    said = {name for name in ProbingOverride.model_fields if report.locator.has((*path, name))}
    if not said:
        return
    as_if = document
    if path == ("probing",):  # without what the kinds add to it
        as_if = document.model_copy(update={"link_defaults": type(document.link_defaults)()})
    probing = probing_of(as_if, kind, own)
    for name in ("interval", "conference_interval"):
        interval = getattr(probing, name)
        if probing.timeout > interval and said & {"timeout", name}:
            report.error(
                (*path, "timeout" if "timeout" in said else name),
                f"the timeout ({show_duration(probing.timeout)}) is longer than "
                f"{name} ({show_duration(interval)})",
                "a probe must be over before the next one is sent",
            )
        if interval * probing.max_pps < 1 and said & {"max_pps", name}:
            report.error(
                (*path, name if name in said else "max_pps"),
                f"{name} ({show_duration(interval)}) asks for more than max_pps "
                f"({probing.max_pps:g}) probes a second",
            )


def _check_polling(document: Document, report: Report) -> None:
    snmp = document.snmp
    for name in ("interval", "conference_interval"):
        interval = getattr(snmp, name)
        said = "timeout" if report.locator.has(("snmp", "timeout")) else name
        if snmp.timeout > interval:
            report.error(
                ("snmp", said),
                f"the timeout ({show_duration(snmp.timeout)}) is longer than "
                f"{name} ({show_duration(interval)})",
            )


def _threshold_places(document: Document) -> Iterator[_ThresholdsPlace]:
    for kind in LinkKind:
        yield ("thresholds", kind.value), kind, ThresholdsOverride()
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "thresholds")
            yield path, link.kind, link.thresholds


def _check_thresholds(
    document: Document, report: Report, path: Path, kind: LinkKind, own: ThresholdsOverride
) -> None:
    levels = thresholds_of(document, kind, own)
    for metric in Metric:
        limits = levels.of(metric)
        place = (*path, metric.value)
        said = [name for name in ("warning", "critical") if report.locator.has((*place, name))]
        if said and report.locator.whole(place) and _inverted(limits):
            warning, critical = _shown(metric, limits.warning), _shown(metric, limits.critical)
            report.error(
                (*place, said[0]),
                f"warning ({warning}) lies above critical ({critical})",
                "a warning comes first",
            )


def _inverted(limits: Limits) -> bool:
    return (
        limits.warning is not None
        and limits.critical is not None
        and limits.warning > limits.critical
    )


def _shown(metric: Metric, value: float | None) -> str:
    if value is None:
        return "none"
    if metric in {Metric.LATENCY, Metric.JITTER}:
        return show_duration(value)
    return f"{value * 100:g}%"
