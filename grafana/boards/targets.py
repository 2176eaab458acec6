"""Queries as Grafana's Prometheus data source takes them."""

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${datasource}")


def now(expression: str, legend: str = "") -> Dataquery:
    """As it is at the end of the time shown."""
    return _query(expression, PromQueryFormat.TIME_SERIES).instant().legend_format(legend)


def rows(expression: str) -> Dataquery:
    """The same as rows of a table, with all labels as columns."""
    return _query(expression, PromQueryFormat.TABLE).instant()


def over_time(expression: str, legend: str = "") -> Dataquery:
    """As it was all the time shown."""
    return _query(expression, PromQueryFormat.TIME_SERIES).range().legend_format(legend)


def buckets(expression: str) -> Dataquery:
    """A histogram's buckets all the time shown, as rows of a heat map."""
    query = _query(expression, PromQueryFormat.HEATMAP).range()
    return query.legend_format("{{le}}")


def _query(expression: str, form: PromQueryFormat) -> Dataquery:
    return Dataquery().datasource(PROMETHEUS).expr(expression).format(form)
