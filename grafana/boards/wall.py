"""The NOC wall: what a room must know at a glance, on one screen of 1920 by 1080."""

from grafana_foundation_sdk.builders import bargauge, stat, statetimeline, table
from grafana_foundation_sdk.models.common import BigValueTextMode
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.boards.board import Board, Stack, one
from grafana.boards.columns import (
    AGE,
    PRIORITY,
    UTILISATION_STEPS,
    conference_name,
    hidden,
    incident_columns,
)
from grafana.boards.panels import bars, figure, tiles, timeline
from grafana.boards.promql import (
    INCIDENT_INFO,
    SITE_INFO,
    SITE_STATE,
    UTILISATION,
    against_promise,
    arrows,
    channel_code,
    chosen,
    incidents,
    of_sites,
    only,
    site_code,
    worst,
)
from grafana.boards.states import CHANNELS, GREEN, ORANGE, PHASES, RED, SITE_STATES, WELL, State
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now, over_time
from grafana.boards.ways import DAEMON, LINK, SITE, WALL, to_board
from grafana.boards.words import CONTRACTED, PROMISED, Words

START = "linkwatch_conference_start_timestamp_seconds"
END = "linkwatch_conference_end_timestamp_seconds"
ACTIVE = "linkwatch_conference_active"
TAKING_PART = "linkwatch_conference_site_active"
MS = 1000
WAITS_LONG = 300
"""s without an answer after which leaders are told, as it comes."""
RECENT = 3600
"""s that a conference stays on the wall after its end."""


def board() -> Board:
    """The whole wall."""
    return Board(
        WALL,
        Words("Màn hình trực", "NOC wall"),
        Words(
            "Cả tỉnh trên một màn hình: điểm cầu nào mất kết nối, sự cố nào chưa ai nhận, "
            "hội nghị nào đang và sắp họp. Mở toàn màn hình bằng chế độ kiosk.",
            "The province on one screen: which sites are cut off, which incidents nobody has "
            "taken, which conferences run or come next. Meant for kiosk mode.",
        ),
        [],
        [
            [
                one(4, 4, cut_off()),
                one(3, 4, unacknowledged()),
                one(3, 4, longest_wait()),
                one(6, 4, sites_by_state()),
                one(4, 4, channels()),
                one(4, 4, itself()),
            ],
            [one(11, 9, site_timeline()), one(13, 9, open_incidents())],
            [
                Stack(9, [(5, conferences()), (6, uplinks())]),
                one(11, 11, district_tiles()),
                one(4, 11, communes()),
            ],
        ],
        refresh="10s",
    )


def cut_off() -> stat.Panel:
    """The number that the room looks at first."""
    return figure(
        Words("Điểm cầu mất kết nối", "Sites cut off"),
        Words(
            "Số điểm cầu mà mọi đường truyền đang dùng đều đứt.",
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
            "Đếm mọi điểm cầu; mỗi trạng thái một màu và một tên, như ở các ô bên dưới.",
            "All sites counted; each state has its colour and name, as in the tiles below.",
        ),
        "none",
        *counted,
        steps=[(0, GREEN)],
    )
    for state in SITE_STATES:
        panel = _in_colour(panel, state)
    return panel


def channels() -> stat.Panel:
    """Whether messages get out: SMS first of all."""
    return figure(
        Words("Kênh báo tin (SMS…)", "Alert channels (SMS…)"),
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


def site_timeline() -> statetimeline.Panel:
    """Who fell, and who has been bad lately; the worst stand on top."""
    shown = of_sites(site_code(), SITE_INFO)
    parts = worst(SITE_STATE, "site", SITE_STATES, shown)
    return timeline(
        Words("Diễn biến điểm cầu, nặng nhất trước", "Sites over time, worst first"),
        Words(
            "Điểm cầu đang mất kết nối, suy giảm, không rõ, rồi những nơi vừa có sự cố; "
            "còn nữa thì lật trang.",
            "Sites cut off, degraded, unknown now, then those that were within the time shown; "
            "more are on further pages.",
        ),
        SITE_STATES,
        *(over_time(part, "{{site_name}}") for part in parts),
        per_page=10,
        link=to_board(SITE, "site", "site"),
    )


def open_incidents() -> table.Panel:
    """What is being worked on, and what is not."""
    return listing(
        Words("Sự cố đang mở", "Open incidents"),
        Words(
            "Mọi sự cố chưa đóng: mức, kéo dài bao lâu, ở đâu, của nhà mạng nào, ai đã nhận.",
            "All incidents not closed: priority, age, place, carrier, and who has it.",
        ),
        incident_columns(),
        [incidents(INCIDENT_INFO)],
        sort=[(PRIORITY, False), (AGE, True)],
    )


def conferences() -> table.Panel:
    """Running and next, with how many of their sites are well."""
    part = f"({TAKING_PART} >= bool 0) * on (site) group_left ()"
    recent = f"{END} > time() - {RECENT}"
    named = (
        f"{START} * {MS} * on (conference) group_left (conference_name) linkwatch_conference_info"
    )
    return listing(
        Words("Hội nghị đang và sắp họp", "Conferences, running and next"),
        Words(
            "Sẵn sàng: tỷ lệ điểm cầu tham dự mà mọi đường đều tốt; bên cạnh là số điểm mất.",
            "Ready: the share of its sites whose links are all up; beside it those cut off.",
        ),
        [
            conference_name(),
            hidden("conference"),
            Column("Value #B", Words("Giai đoạn", "Phase"), 140, unit="none", states=PHASES),
            Column("Value #A", Words("Bắt đầu", "Start"), 150, unit="dateTimeAsLocalNoDateIfToday"),
            Column("Value #C", Words("Kết thúc", "End"), 150, unit="dateTimeAsLocalNoDateIfToday"),
            Column(
                *("Value #D", Words("Sẵn sàng", "Ready"), 90, "percentunit", 0),
                steps=[(0, RED), (0.9, ORANGE), (1, GREEN)],
            ),
            Column("Value #E", Words("Mất", "Cut off"), 80, unit="none", steps=[(1, RED)]),
        ],
        [
            only(named, "conference", recent),
            only(f"2 * {ACTIVE} + on (conference) ({START} <= bool time())", "conference", recent),
            only(f"sum by (conference) ({END}) * {MS}", "conference", recent),
            only(
                f"avg by (conference) ({part} {chosen(SITE_STATE, state='up')})",
                "conference",
                recent,
            ),
            only(
                f"sum by (conference) ({part} {chosen(SITE_STATE, state='cut_off')})",
                "conference",
                recent,
            ),
        ],
        key="conference",
        sort=[(Words("Bắt đầu", "Start"), False)],
    )


def uplinks() -> bargauge.Panel:
    """What all that is seen here passes through, against what is paid for and what is promised."""
    ours = f"{UTILISATION} * on (link) group_left () linkwatch_uplink_info"
    return (
        bars(
            Words("Đường lên của Trung tâm", "The Centre's uplinks"),
            Words(
                "Tải so với mức hợp đồng đang tính, và so với mức tăng cường đã hứa; vàng từ 80 %, "
                "đỏ từ 90 %.",
                "Load against the contracted rate that counts, and against the boost that was "
                "promised; orange from 80 %, red from 90 %.",
            ),
            "percentunit",
            now(arrows(ours), f"{{{{link}}}} {{{{way}}}} {CONTRACTED.vi}"),
            now(arrows(against_promise(ours)), f"{{{{link}}}} {{{{way}}}} {PROMISED.vi}"),
            steps=UTILISATION_STEPS,
        )
        .max(1)
        .data_links([to_board(LINK, "link", "link")])
    )


def district_tiles() -> stat.Panel:
    """A tile a district."""
    coded = of_sites(site_code(), chosen(SITE_INFO, level="district"))
    whole = f'label_replace({coded}, "name", "$1", "site_name", "(.*)")'
    short = (
        f'label_replace({whole}, "name", "$1", "site_name", ".*(?:huyện|thị xã|thành phố) (.+)")'
    )
    return tiles(
        Words("Các huyện", "Districts"),
        Words(
            "Mỗi huyện một ô, ở chỗ cố định; bấm để mở bảng điểm cầu.",
            "A tile for each district, always in its place; click to open its board.",
        ),
        SITE_STATES,
        now(short, "{{name}}"),
        link=to_board(SITE, "site", "site"),
    )


def communes() -> bargauge.Panel:
    """Where communes are lost; a district's own tile does not say so."""
    below = chosen(SITE_INFO, level="commune")
    lost = f"{chosen(SITE_STATE, state='cut_off')} * on (site) group_left (parent) {below}"
    return bars(
        Words("Xã mất, theo huyện", "Communes cut off"),
        Words(
            "Số xã mất kết nối của mỗi huyện, nhiều nhất trước; mười huyện đầu.",
            "Communes cut off in each district, most first; the first ten districts.",
        ),
        "none",
        now(f"topk(10, sum by (parent) ({lost}))", "{{parent}}"),
        steps=[(1, RED)],
    )


def _in_colour(panel: stat.Panel, state: State) -> stat.Panel:
    fixed = {"mode": "fixed", "fixedColor": state.colour}
    return panel.override_by_name(
        state.words.title, [DynamicConfigValue(id_val="color", value=fixed)]
    )
