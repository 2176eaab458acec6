"""The upper row of the wall: the numbers that the room looks at first."""

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.common import BigValueTextMode
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.boards.panels import figure, levels
from grafana.boards.promql import (
    SITE_STATE,
    channel_code,
)
from grafana.boards.states import CHANNELS, GREEN, ORANGE, QUIET, RED, SITE_STATES, WELL, State
from grafana.boards.targets import now
from grafana.boards.ways import DAEMON, to_board
from grafana.boards.words import Words

WAITS_LONG = 300
"""s without an answer after which leaders are told, as it comes."""


def cut_off() -> stat.Panel:
    """The number that the room looks at first."""
    return figure(
        Words("Điểm cầu mất kết nối", "Sites cut off"),
        Words(
            "Số điểm cầu mà mọi kênh truyền đang dùng đều mất.",
            "Sites all of whose links in use are down.",
        ),
        "none",
        now(f'sum({SITE_STATE}{{state="cut_off"}})'),
        steps=[(1, RED)],
    )


def unacknowledged() -> stat.Panel:
    """Incidents that somebody was told of and nobody has."""
    return figure(
        Words("Chưa ai nhận", "Unacknowledged"),
        Words(
            "Số sự cố P1 đến P3 đã báo mà chưa ai nhận xử lý.",
            "Incidents of P1 to P3 that nobody has taken yet.",
        ),
        "none",
        now('sum(linkwatch_incidents_unacknowledged{priority!="P4"})'),
        steps=[(1, RED)],
    )


def longest_wait() -> stat.Panel:
    """For how long."""
    return figure(
        Words("Chờ lâu nhất", "Longest wait"),
        Words(
            "Sự cố chưa ai nhận lâu nhất đã chờ bao lâu; đỏ từ 5 phút.",
            "For how long the oldest of them has been waiting; red from 5 minutes on.",
        ),
        "dtdurations",
        now('max(linkwatch_incidents_unacknowledged_oldest_age_seconds{priority!="P4"})'),
        steps=[(1, ORANGE), (WAITS_LONG, RED)],
    ).decimals(0)


def sites_by_state() -> stat.Panel:
    """All sites, counted by what they are in."""
    counted = [
        now(f'sum({SITE_STATE}{{state="{state.label}"}})', state.words.title)
        for state in SITE_STATES
    ]
    panel = figure(
        Words("Điểm cầu theo trạng thái", "Sites by state"),
        Words(
            "Đếm mọi điểm cầu; mỗi trạng thái màu và tên như ở các ô bên dưới, số 0 để tối.",
            "All sites counted; each state has the colour and name of the tiles below, 0 is dark.",
        ),
        "none",
        *counted,
        steps=[(1, GREEN)],
    )
    for state in SITE_STATES:
        panel = _in_colour(panel, state)
    return panel


def channels() -> stat.Panel:
    """Whether messages get out: SMS first of all."""
    return figure(
        Words("Kênh tin (SMS…)", "Alert channels (SMS…)"),
        Words(
            "Kênh hỏng: không tin nào qua được. Thử không được: lần thử hằng ngày bị từ chối.",
            "Failed: nothing gets through. Test refused: the last daily test was not accepted.",
        ),
        "none",
        now(f"sort_desc({channel_code()})", "{{channel}}"),
        states=CHANNELS,
    ).text_mode(BigValueTextMode.VALUE_AND_NAME)


def itself() -> stat.Panel:
    """Whether what stands on this wall can be believed."""
    sent = "sum(rate(linkwatch_probes_sent_total[1m])) > bool 0"
    prompt = "linkwatch_outbox_oldest_age_seconds < bool 60"
    return figure(
        Words("Chính linkwatch", "linkwatch itself"),
        Words(
            "Hỏng ở đây thì đừng tin phần còn lại: tiến trình, phép đo, kho dữ liệu, cấu hình, "
            "tin chờ gửi không quá 60 giây.",
            "When this fails do not trust the rest: process, probing, store, configuration, and "
            "no message waiting for more than 60 s.",
        ),
        "none",
        now('up{job="linkwatch"}', Words("Chạy", "Up").title),
        now(sent, Words("Đo", "Probes").title),
        now("linkwatch_store_writable", Words("Kho", "Store").title),
        now("linkwatch_config_last_reload_successful", Words("Cấu hình", "Config").title),
        now(prompt, Words("Gửi tin", "Outbox").title),
        states=WELL,
    ).data_links([to_board(DAEMON)])


def _in_colour(panel: stat.Panel, state: State) -> stat.Panel:
    steps = levels([(1, state.colour)], base=QUIET).build()
    return panel.override_by_name(
        state.words.title, [DynamicConfigValue(id_val="thresholds", value=steps)]
    )
