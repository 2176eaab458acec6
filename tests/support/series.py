"""What /metrics says, read back by the library's own parser."""

from prometheus_client.parser import text_string_to_metric_families

from linkwatch.web.metrics import MetricsObserver


def text(metrics: MetricsObserver) -> str:
    """All of it."""
    return b"".join(metrics.exposition()).decode()


def value(metrics: MetricsObserver, name: str, **labels: str) -> float | None:
    """The value of `linkwatch_<name>{labels}`, None where there is no such series."""
    found = [
        sample.value
        for family in text_string_to_metric_families(text(metrics))
        for sample in family.samples
        if sample.name == f"linkwatch_{name}" and sample.labels == labels
    ]
    assert len(found) <= 1
    return found[0] if found else None


def labelled(metrics: MetricsObserver, name: str) -> list[dict[str, str]]:
    """The labels of each series `linkwatch_<name>`."""
    return [
        sample.labels
        for family in text_string_to_metric_families(text(metrics))
        for sample in family.samples
        if sample.name == f"linkwatch_{name}"
    ]
