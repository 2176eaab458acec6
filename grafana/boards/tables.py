"""Tables: answers of several queries side by side, a row for each site, link or incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.common import TableFooterOptions, TableSortByFieldState
from grafana_foundation_sdk.models.common import TableCellHeight
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from grafana.boards.panels import Step, by_thresholds, dressed, levels
from grafana.boards.states import DASH, State, mapped
from grafana.boards.targets import rows
from grafana.boards.words import Words


@dataclass(frozen=True)
class Column:
    """A field of the answers and how it is shown: a label, or with `unit` a figure.

    `states` and `steps` colour its ground; `link` is where a click leads, see `ways.column_link`.
    """

    field: str
    words: Words
    width: int | None = None
    unit: str | None = None
    decimals: int | None = None
    states: Sequence[State] = ()
    steps: Sequence[Step] = ()
    texts: Mapping[str, tuple[Words, str]] | None = None
    link: dict[str, object] | None = None
    hidden: bool = False


def listing(
    title: Words,
    about: Words,
    columns: Sequence[Column],
    queries: Sequence[str],
    *,
    key: str = "",
    sort: Sequence[tuple[Words, bool]] = (),
    unit: str = "none",
) -> table.Panel:
    """A table of these columns in this order, turned over by pages.

    Several queries are joined by `key`, and only the first may bring labels beside it; the figures
    of query A are the field "Value #A". `sort`: headings, and whether the highest stands first.
    """
    panel = dressed(table.Panel(), title, about, unit, [rows(query) for query in queries])
    names = [column.field for column in columns]
    if len(queries) > 1:
        panel.with_transformation(_step("joinByField", {"byField": key, "mode": "outer"}))
    panel.with_transformation(_step("filterFieldsByName", {"include": {"names": names}}))
    order = {name: place for place, name in enumerate(names)}
    organized = {"indexByName": order, "excludeByName": {}, "renameByName": {}}
    panel.with_transformation(_step("organize", organized))
    for column in columns:
        panel.override_by_name(column.field, _properties(column))
    panel.mappings(DASH).color_scheme(by_thresholds())
    panel.sort_by([TableSortByFieldState().display_name(w.title).desc(d) for w, d in sort])
    return (
        panel.cell_height(TableCellHeight.SM)
        .footer(TableFooterOptions().show(False).enable_pagination(True).reducer([]))
        .show_header(True)
    )


def _properties(column: Column) -> list[DynamicConfigValue]:
    made: dict[str, object] = {"displayName": column.words.title}
    if column.width is not None:
        made["custom.width"] = column.width
    if column.unit is not None:
        made["unit"] = column.unit
    if column.decimals is not None:
        made["decimals"] = column.decimals
    if column.states:
        made["mappings"] = mapped(column.states)
    if column.texts is not None:
        made["mappings"] = _spelled(column.texts)
    if column.steps:
        made["thresholds"] = levels(column.steps).build()
    if column.states or column.steps or column.texts is not None:
        made["custom.cellOptions"] = {"type": "color-background", "mode": "basic"}
    if column.link is not None:
        made["links"] = [column.link]
    if column.hidden:
        made["custom.hidden"] = True
    return [DynamicConfigValue(id_val=name, value=value) for name, value in made.items()]


def _spelled(texts: Mapping[str, tuple[Words, str]]) -> list[ValueMapping]:
    options = {
        value: ValueMappingResult(text=words.title, color=colour, index=index)
        for index, (value, (words, colour)) in enumerate(texts.items())
    }
    return [ValueMap(options=options)]


def _step(id_val: str, options: object) -> DataTransformerConfig:
    return DataTransformerConfig(id_val=id_val, options=options)
