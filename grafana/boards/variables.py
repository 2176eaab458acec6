"""What can be chosen at a board's head: carrier, then level, then site, then link."""

from grafana_foundation_sdk.builders.dashboard import DatasourceVariable, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh, VariableSort

from grafana.boards.promql import LINK_INFO, chosen
from grafana.boards.targets import PROMETHEUS
from grafana.boards.words import LEVELS, Words

ALL = ".*"


def datasource() -> DatasourceVariable:
    """Which Prometheus; all else is asked of it."""
    return DatasourceVariable("datasource").label("Prometheus").type("prometheus")


def carrier(*, one: bool = False) -> QueryVariable:
    """Carriers, by their names."""
    asked = _named("linkwatch_carrier_info", "carrier", "carrier_name")
    return _choice(asked, Words("Nhà mạng", "Carrier"), one=one)


def level(*above: str) -> QueryVariable:
    """Levels of the sites that the choices above leave."""
    among = chosen(LINK_INFO, *above) if above else LINK_INFO
    expression = f"group by (level) ({among})"
    for value, words in LEVELS.items():
        expression = f'label_replace({expression}, "name", "{words.title}", "level", "{value}")'
    return _choice(_named(expression, "level", "name"), Words("Cấp", "Level"))


def site(*above: str, one: bool = False) -> QueryVariable:
    """Sites, by their names."""
    expression = f"group by (site, site_name) ({chosen(LINK_INFO, *above)})"
    return _choice(_named(expression, "site", "site_name"), Words("Điểm cầu", "Site"), one=one)


def link(*above: str) -> QueryVariable:
    """One link."""
    asked = QueryVariable("link").query(f"label_values({chosen(LINK_INFO, *above)}, link)")
    return _choice(asked, Words("Kênh truyền", "Link"), one=True)


def conference() -> QueryVariable:
    """One conference; the one whose start is nearest stands first."""
    near = "sort(abs(linkwatch_conference_start_timestamp_seconds - time())"
    info = "* on (conference) group_left (conference_name) linkwatch_conference_info)"
    asked = _named(f"{near} {info}", "conference", "conference_name")
    choice = _choice(asked, Words("Hội nghị", "Conference"), one=True)
    return choice.sort(VariableSort.DISABLED).refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)


def _named(expression: str, value: str, text: str) -> QueryVariable:
    # query_result writes a series' labels in the order of their names.
    value_part, text_part = f'{value}="(?<value>[^"]*)"', f'{text}="(?<text>[^"]*)"'
    regex = ".*".join(sorted((value_part, text_part)))
    return QueryVariable(value).query(f"query_result({expression})").regex(f"/{regex}/")


def _choice(variable: QueryVariable, label: Words, *, one: bool = False) -> QueryVariable:
    dressed = (
        variable.label(label.title)
        .datasource(PROMETHEUS)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )
    if one:
        return dressed
    every = VariableOption(text="All", value=["$__all"], selected=True)
    return dressed.multi(True).include_all(True).all_value(ALL).current(every)
