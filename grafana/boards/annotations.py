"""What happened meanwhile, as marks on every graph: incidents, conferences, configurations."""

from grafana_foundation_sdk.builders.dashboard import AnnotationQuery

from grafana.boards.promql import INCIDENT_INFO, OPENED_AT
from grafana.boards.states import BLUE, ORANGE, PURPLE, RED
from grafana.boards.targets import PROMETHEUS
from grafana.boards.words import Words

MS = 1000
_START = "linkwatch_conference_start_timestamp_seconds"
_END = "linkwatch_conference_end_timestamp_seconds"
_NAME = "on (conference) group_left (conference_name) linkwatch_conference_info"


def marks() -> list[AnnotationQuery]:
    """Each with a switch at the board's head."""
    return [
        _mark(Words("Sự cố", "Incidents"), RED)
        .expr(f"{INCIDENT_INFO} * on (incident) group_left () ({OPENED_AT} * {MS})")
        .use_value_for_time(True)
        .title_format("{{priority}} {{incident}} {{kind}}")
        .text_format("{{site}} {{link}} {{carrier}}")
        .tag_keys("priority,kind"),
        _mark(Words("Hội nghị", "Conferences"), BLUE)
        .expr(f"({_START} <= time()) * 0 + 1 and on (conference) ({_END} >= time())")
        .title_format("{{conference}}")
        .tag_keys("conference"),
        _mark(Words("Hội nghị bắt đầu", "Conferences begin"), PURPLE)
        .expr(f"{_START} * {MS} * {_NAME}")
        .use_value_for_time(True)
        .title_format("{{conference_name}}")
        .tag_keys("conference"),
        _mark(Words("Nạp cấu hình", "Configuration taken"), ORANGE)
        .expr(f"linkwatch_config_last_reload_timestamp_seconds * {MS}")
        .use_value_for_time(True)
        .title_format(Words("Nạp cấu hình", "Configuration taken").title),
        _mark(Words("Cấu hình bị từ chối", "Configuration refused"), RED)
        .expr("linkwatch_config_last_reload_successful == bool 0")
        .title_format(Words("Cấu hình bị từ chối", "Configuration refused").title),
    ]


def _mark(name: Words, colour: str) -> AnnotationQuery:
    mark = AnnotationQuery().name(name.title).datasource(PROMETHEUS).icon_color(colour)
    return mark.enable(True).hide(False).step("10s")
