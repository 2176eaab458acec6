"""Intervals, time-outs and thresholds that contradict each other."""

from collections.abc import Iterator
from typing import TypeAlias

from linkwatch.config.build.links import probing_of, thresholds_of
from linkwatch.config.locate import Path
from linkwatch.config.report import Report
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.probing import (
    DurationLimits,
    LinkDefaultsByKind,
    ProbingOverride,
    RatioLimits,
    ThresholdsOverride,
)
from linkwatch.config.units import show_duration
from linkwatch.incident.uplink_members import way_to
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import LinkKind

_Place: TypeAlias = tuple[Path, LinkKind, ProbingOverride]
_Levels: TypeAlias = tuple[Path, LinkKind, ThresholdsOverride]


def check_probing(document: Document, report: Report) -> None:
    """Wherever the file says something of probing, polling or thresholds."""
    for path, kind, said in _probing_places(document):
        if said.model_fields_set:
            _check_probing(document, report, path, kind, said)
    for path, kind, levels in _threshold_places(document):
        if levels.model_fields_set:
            _check_thresholds(document, report, path, kind, levels)
    _check_polling(document, report)
    _lint_references(document, report)


def _lint_references(document: Document, report: Report) -> None:
    """What tells our own uplinks' faults from the carriers' has to be asked through one."""
    via = document.probing.via
    known = [kind for kind in LinkKind if via.of(kind) is not None]
    for name, carrier in document.carriers.items():
        for item, address in enumerate(carrier.reference):
            if len(known) != 1 and way_to(address) not in known:
                report.warning(
                    ("carriers", name, "reference", item),
                    f"is not asked: probing.via names no {way_to(address).value} link",
                    "public addresses are asked over the Internet, others over the WAN",
                )


def _probing_places(document: Document) -> Iterator[_Place]:
    yield ("probing",), LinkKind.WAN, document.probing
    for kind in LinkKind:
        yield (
            ("link_defaults", kind.value, "probing"),
            kind,
            document.link_defaults.of(kind).probing,
        )
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "probing")
            yield path, link.kind, link.probing


def _check_probing(
    document: Document, report: Report, path: Path, kind: LinkKind, place: ProbingOverride
) -> None:
    """Only what is said at `path` itself can be wrong there."""
    said = place.model_fields_set
    as_if = document
    if place is document.probing:  # without what the kinds add to it
        as_if = document.model_copy(update={"link_defaults": LinkDefaultsByKind()})
    probing = probing_of(as_if, kind, place)
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
        said = "timeout" if "timeout" in snmp.model_fields_set else name
        if snmp.timeout > interval:
            report.error(
                ("snmp", said),
                f"the timeout ({show_duration(snmp.timeout)}) is longer than "
                f"{name} ({show_duration(interval)})",
            )


def _threshold_places(document: Document) -> Iterator[_Levels]:
    for kind in LinkKind:
        yield ("thresholds", kind.value), kind, document.thresholds.of(kind)
    for number, site in enumerate(document.sites):
        for index, link in enumerate(site.links):
            path: Path = ("sites", number, "links", index, "thresholds")
            yield path, link.kind, link.thresholds


def _check_thresholds(
    document: Document, report: Report, path: Path, kind: LinkKind, levels: ThresholdsOverride
) -> None:
    resolved = thresholds_of(document, kind, levels)
    for metric in Metric:
        said: DurationLimits | RatioLimits = getattr(levels, metric.value)
        limits, place = resolved.of(metric), (*path, metric.value)
        warning, critical = limits.warning, limits.critical
        if not said.model_fields_set or warning is None or critical is None:
            continue
        if warning > critical and report.locator.whole(place):
            report.error(
                (*place, "warning" if "warning" in said.model_fields_set else "critical"),
                f"warning ({_shown(metric, warning)}) lies above critical "
                f"({_shown(metric, critical)})",
                "a warning comes first",
            )


def _shown(metric: Metric, value: float) -> str:
    if metric in {Metric.LATENCY, Metric.JITTER}:
        return show_duration(value)
    return f"{value * 100:g}%"
