"""Both formats say the same; OpenMetrics has the incident beside what it measured."""

import math
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Exemplar, Sample

from linkwatch.model.ids import ChannelId, IncidentId, LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.ports import Clock
from linkwatch.web.exposition import Format
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.negotiation import asked
from support.province import MORNING, incident
from support.series import text

strict: Callable[[str], Iterable[Metric]] = openmetrics.text_string_to_metric_families
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
    "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.fixture
def metrics(clock: Clock, province: Callable[..., Inventory]) -> MetricsObserver:
    observer = MetricsObserver(clock)
    observer.set_inventory(province("chu-se", "pleiku"))
    observer.probed([ProbeResult(LinkId("chu-se-wan"), 0, 1.0, Outcome.ANSWERED, 0.0123)] * 3)
    observer.sources.open_incidents = lambda: (incident(MORNING),)
    observer.detected(IncidentId("LW-000001"), 1.25)
    observer.attempted(ChannelId("hook"), DeliveryOutcome.ACCEPTED, 2.5, IncidentId("LW-000001"))
    return observer


def families(metrics: MetricsObserver) -> list[Metric]:
    """What the library's strict reader makes of OpenMetrics."""
    written = b"".join(metrics.exposition(Format.OPENMETRICS)).decode()
    return list(strict(written))


def samples(found: list[Metric]) -> set[tuple[str, frozenset[tuple[str, str]], float | str]]:
    return {
        (one.name, frozenset(one.labels.items()), "NaN" if math.isnan(one.value) else one.value)
        for family in found
        if family.name.startswith("linkwatch_")
        for one in family.samples
    }


def exemplar(found: list[Metric], name: str, le: str) -> Exemplar | None:
    (sample,) = (
        one for family in found for one in family.samples
        if one.name == f"linkwatch_{name}_bucket" and one.labels == {"le": le}
    )  # fmt: skip
    assert isinstance(sample, Sample)
    return sample.exemplar


def test_both_formats_have_the_same_families_and_samples(metrics: MetricsObserver) -> None:
    plain = list(text_string_to_metric_families(text(metrics)))
    ours = families(metrics)
    assert samples(ours) == samples(plain)
    assert {f.name: (f.type, f.documentation) for f in ours if f.name.startswith("linkwatch_")} == {
        f.name: (f.type, f.documentation) for f in plain if f.name.startswith("linkwatch_")
    }


def test_the_incident_stands_beside_what_it_measured(metrics: MetricsObserver) -> None:
    found = families(metrics)
    for name, le, seconds in (
        ("incident_detection_seconds", "2.0", 1.25),
        ("time_to_notify_seconds", "3.0", 2.5),
    ):
        known = exemplar(found, name, le)
        assert known is not None
        assert (known.labels, known.value) == ({"incident": "LW-000001"}, seconds)
        assert exemplar(found, name, "0.5" if name.startswith("incident") else "1.0") is None
    assert " # {" not in text(metrics)


def test_a_message_of_no_incident_measures_without_an_example(metrics: MetricsObserver) -> None:
    metrics.attempted(ChannelId("hook"), DeliveryOutcome.ACCEPTED, 40.0, None)
    assert exemplar(families(metrics), "time_to_notify_seconds", "60.0") is None


@pytest.mark.parametrize(
    ("accept", "written_in"),
    [
        ("", Format.TEXT),
        ("*/*", Format.TEXT),
        ("text/plain;version=0.0.4", Format.TEXT),
        ("text/html, application/xhtml+xml", Format.TEXT),
        ("application/openmetrics-text;version=0.0.1", Format.TEXT),
        ("application/openmetrics-text", Format.OPENMETRICS),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", Format.OPENMETRICS),
        ("application/openmetrics-text;version=abc", Format.TEXT),
        ("application/openmetrics-text;q=0", Format.TEXT),
        ("application/openmetrics-text;q=high", Format.TEXT),
        ("application/openmetrics-text;q=nan, */*;q=0.1", Format.TEXT),
        ("text/plain, application/openmetrics-text;version=1.0.0;q=0.5", Format.TEXT),
        (PROMETHEUS_2, Format.OPENMETRICS),
        (PROMETHEUS_3, Format.OPENMETRICS),
    ],
)
def test_what_is_asked_for_by_accept(accept: str, written_in: Format) -> None:
    assert asked(accept) is written_in


@given(st.text(alphabet='applicationopenmetrics-text/;,= .q01*"version٣'))
def test_no_header_is_too_strange_to_be_answered(accept: str) -> None:
    assert asked(accept) in Format
    assert asked(accept + ",application/openmetrics-text") is Format.OPENMETRICS
