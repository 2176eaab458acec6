"""The kinds of panels on our boards: figures, tiles, bars, graphs, timelines, heat maps.

Each has a heading, a description in both languages and a unit; tables are in `tables.py`.
"""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import bargauge, heatmap, stat, statetimeline, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.builders.dashboard import DashboardLink, FieldColor, ThresholdsConfig
from grafana_foundation_sdk.builders.heatmap import HeatmapColorOptions, HeatmapTooltip, YAxisConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    AxisPlacement,
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeValueMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    DataSourceRef,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode

from grafana.boards.states import DASH, GREEN, GREY, State, mapped
from grafana.boards.targets import PROMETHEUS
from grafana.boards.words import NO_DATA, Words

Step = tuple[float, str]
"""From this value on, this colour."""


class _Panel(Protocol):
    def title(self, title: str, /) -> Self: ...
    def description(self, description: str, /) -> Self: ...
    def datasource(self, datasource: DataSourceRef, /) -> Self: ...
    def with_target(self, target: Dataquery, /) -> Self: ...
    def unit(self, unit: str, /) -> Self: ...
    def no_value(self, no_value: str, /) -> Self: ...


P = TypeVar("P", bound=_Panel)


def dressed(panel: P, title: Words, about: Words, unit: str, queries: Sequence[Dataquery]) -> P:
    """What every panel has; queries are named A, B, … in their order."""
    panel.title(title.title).description(about.text).datasource(PROMETHEUS).unit(unit)
    panel.no_value(NO_DATA.title)
    for number, query in enumerate(queries):
        panel.with_target(query.ref_id(chr(ord("A") + number)))
    return panel


def figure(
    title: Words,
    about: Words,
    unit: str,
    *queries: Dataquery,
    steps: Sequence[Step] = (),
    states: Sequence[State] = (),
) -> stat.Panel:
    """One number, or a few side by side, on a ground of the colour that it deserves."""
    panel = dressed(stat.Panel(), title, about, unit, queries)
    is_judged = bool(steps or states)
    ground = BigValueColorMode.BACKGROUND_SOLID if is_judged else BigValueColorMode.NONE
    return (
        panel.thresholds(levels(steps))
        .mappings(mapped(states) if states else DASH)
        .color_scheme(by_thresholds())
        .color_mode(ground)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.AUTO)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )


def tiles(
    title: Words, about: Words, states: Sequence[State], *queries: Dataquery, link: DashboardLink
) -> stat.Panel:
    """A tile a series, in fixed places so that people learn them; its state as colour and word."""
    panel = figure(title, about, "none", *queries, states=states)
    return panel.text_mode(BigValueTextMode.VALUE_AND_NAME).data_links([link])


def bars(
    title: Words, about: Words, unit: str, *queries: Dataquery, steps: Sequence[Step]
) -> bargauge.Panel:
    """A bar a series, in the order of the queries' answers."""
    panel = dressed(bargauge.Panel(), title, about, unit, queries)
    return (
        panel.thresholds(levels(steps))
        .mappings(DASH)
        .color_scheme(by_thresholds())
        .min(0)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.COLOR)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .orientation(VizOrientation.HORIZONTAL)
        .show_unfilled(True)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )


def graph(title: Words, about: Words, unit: str, *queries: Dataquery) -> timeseries.Panel:
    """Lines over time; where there was no figure the line is broken, never drawn at 0."""
    panel = dressed(timeseries.Panel(), title, about, unit, queries)
    return (
        panel.draw_style(GraphDrawStyle.LINE)
        .line_width(1)
        .fill_opacity(10)
        .show_points(VisibilityMode.NEVER)
        .span_nulls(False)
        .axis_soft_min(0)
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
        .legend(_legend())
    )


def timeline(
    title: Words,
    about: Words,
    states: Sequence[State],
    *queries: Dataquery,
    per_page: int,
    link: DashboardLink | None = None,
) -> statetimeline.Panel:
    """A row a series, in the order of the queries; more than a page of them are turned over."""
    panel = dressed(statetimeline.Panel(), title, about, "none", queries)
    panel.mappings(mapped(states)).color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
    panel.thresholds(levels([], base=GREY))
    if link is not None:
        panel.data_links([link])
    return (
        panel.show_value(VisibilityMode.AUTO)
        .merge_values(True)
        .row_height(0.9)
        .line_width(0)
        .fill_opacity(90)
        .per_page(per_page)
        .legend(_legend())
        .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.SINGLE))
    )


def smoke(title: Words, about: Words, unit: str, query: Dataquery) -> heatmap.Panel:
    """A heat map of a histogram: the darker, the more of the interval's probes took so long."""
    panel = dressed(heatmap.Panel(), title, about, unit, [query])
    colour = HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Greys").steps(64)
    return (
        panel.calculate(False)
        .color(colour.reverse(False).exponent(0.5))
        .cell_gap(0)
        .y_axis(YAxisConfig().unit(unit).axis_placement(AxisPlacement.LEFT))
        .tooltip(HeatmapTooltip().mode(TooltipDisplayMode.SINGLE).y_histogram(True))
        .show_legend()
    )


def levels(steps: Sequence[Step], base: str = GREEN) -> ThresholdsConfig:
    """Thresholds of a panel or a column: `base` up to the first step."""
    made = [Threshold(value=None, color=base), *(Threshold(value=v, color=c) for v, c in steps)]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def by_thresholds() -> FieldColor:
    """Coloured as the thresholds, or the mapping, say."""
    return FieldColor().mode(FieldColorModeId.THRESHOLDS)


def _legend() -> VizLegendOptions:
    return (
        VizLegendOptions()
        .show_legend(True)
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .calcs([])
    )
