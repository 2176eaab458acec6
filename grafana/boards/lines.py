"""Lines on graphs that are no measurement: thresholds, contracted rates. Dashed, without ground."""

from typing import Final

from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.boards.states import BLUE, GREY, ORANGE, PURPLE, RED
from grafana.boards.words import CONTRACTED, CRITICAL, PROMISED, TARGET, WARNING, Words

_DASHED: Final = {"fill": "dash", "dash": [8, 6]}
_COLOURS: Final = {WARNING: ORANGE, CRITICAL: RED, CONTRACTED: BLUE, PROMISED: PURPLE, TARGET: GREY}


def ruled(panel: timeseries.Panel, *lines: Words) -> timeseries.Panel:
    """With these lines among its series, named so by their legends, also with an arrow after."""
    for line in lines:
        panel.override_by_regexp(
            f"/^{line.title}/",
            [
                _value("custom.lineStyle", _DASHED),
                _value("custom.lineWidth", 2),
                _value("custom.fillOpacity", 0),
                _value("color", {"mode": "fixed", "fixedColor": _COLOURS[line]}),
            ],
        )
    return panel


def below(panel: timeseries.Panel, marks: str = "↑") -> timeseries.Panel:
    """What the site transmits is drawn downwards."""
    return panel.override_by_regexp(f"/{marks}/", [_value("custom.transform", "negative-Y")])


def coloured(panel: timeseries.Panel, name: str, colour: str) -> timeseries.Panel:
    """One series in a colour of its own."""
    fixed = {"mode": "fixed", "fixedColor": colour}
    return panel.override_by_regexp(f"/^{name}/", [_value("color", fixed)])


def _value(id_val: str, value: object) -> DynamicConfigValue:
    return DynamicConfigValue(id_val=id_val, value=value)
