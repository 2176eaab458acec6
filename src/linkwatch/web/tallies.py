"""Counters that the loops keep themselves, shown as they stand when somebody looks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class Tally:
    """One counter family `linkwatch_<name>_total` with a child for each reason that `counts` has.

    `counts` is asked at every scrape, and once names a reason always names it.
    """

    name: str
    help: str
    counts: Callable[[], Mapping[str, int]]


class Tallies(Collector):
    """Collects all of them."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        self._tallies = tuple(tallies)

    def collect(self) -> Iterable[CounterMetricFamily]:
        """The families, their children in the order of their names."""
        for tally in self._tallies:
            family = CounterMetricFamily(f"linkwatch_{tally.name}", tally.help, labels=["reason"])
            for reason, count in sorted(tally.counts().items()):
                family.add_metric([reason], count)
            yield family
