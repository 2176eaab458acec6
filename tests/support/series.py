"""What /metrics says, read back by the library's own parser."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from linkwatch.config import load
from linkwatch.model.moment import Moment
from linkwatch.web.metrics import MetricsObserver
from support.province import MORNING, incident, moment


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


def offered(path: Path) -> dict[str, set[str]]:
    """The series of a daemon with this configuration, and the labels seen on each."""
    config = load(path).config
    assert config is not None
    metrics = MetricsObserver(_StillClock())
    metrics.set_inventory(config.inventory)
    metrics.sources.open_incidents = lambda: (incident(MORNING),)
    series: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text(metrics)):
        for sample in family.samples:
            series.setdefault(sample.name, set()).update(sample.labels)
    return series


class _StillClock:
    """A clock that always tells the same moment."""

    def now(self) -> Moment:
        """In the morning."""
        return moment(MORNING, 0.0)

    async def sleep_until(self, monotonic: float) -> None:
        """At once."""
