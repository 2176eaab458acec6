"""The NOC wall: what a room must know at a glance, on one screen of 1920 by 1080."""

from grafana_foundation_sdk.builders import bargauge, stat, statetimeline, table

from grafana.boards.board import Board, Stack, one
from grafana.boards.columns import (
    AGE,
    PRIORITY,
    UTILISATION_STEPS,
    conference_name,
    hidden,
    incident_columns,
)
from grafana.boards.panels import bars, tiles, timeline
from grafana.boards.promql import (
    INCIDENT_INFO,
    SITE_INFO,
    SITE_STATE,
    UTILISATION,
    against_promise,
    arrows,
    chosen,
    incidents,
    of_sites,
    only,
    site_code,
    worst,
)
from grafana.boards.states import GREEN, ORANGE, PHASES, RED, SITE_STATES
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now, over_time
from grafana.boards.wall_figures import (
    channels,
    cut_off,
    itself,
    longest_wait,
    sites_by_state,
    unacknowledged,
)
from grafana.boards.ways import LINK, SITE, WALL, to_board
from grafana.boards.words import CONTRACTED, PROMISED, Words

START = "linkwatch_conference_start_timestamp_seconds"
END = "linkwatch_conference_end_timestamp_seconds"
ACTIVE = "linkwatch_conference_active"
TAKING_PART = "linkwatch_conference_site_active"
MS = 1000
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


def site_timeline() -> statetimeline.Panel:
    """Who fell, and who has been bad lately; the worst stand on top."""
    shown = of_sites(site_code(), SITE_INFO)
    parts = worst(SITE_STATE, "site", SITE_STATES, shown)
    return timeline(
        Words("Diễn biến điểm cầu, nặng nhất trước", "Sites over time, worst first"),
        Words(
            "Điểm cầu đang mất kết nối, kém, không rõ, rồi những nơi vừa có sự cố; "
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
        incident_columns(wall=True),
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
            "Sẵn sàng: tỷ lệ điểm cầu tham dự mà mọi kênh đều tốt; bên cạnh là số điểm mất.",
            "Ready: the share of its sites whose links are all up; beside it those cut off.",
        ),
        [
            conference_name(),
            hidden("conference"),
            Column("Value #B", Words("Giai đoạn", "Phase"), 150, unit="none", states=PHASES),
            Column("Value #A", Words("Bắt đầu", "Start"), 150, unit="dateTimeAsLocalNoDateIfToday"),
            Column(
                *("Value #C", Words("Sẵn sàng", "Ready"), 90, "percentunit", 0),
                steps=[(0, RED), (0.9, ORANGE), (1, GREEN)],
            ),
            Column("Value #D", Words("Mất", "Cut off"), 80, unit="none", steps=[(1, RED)]),
        ],
        [
            only(named, "conference", recent),
            only(f"2 * {ACTIVE} + on (conference) ({START} <= bool time())", "conference", recent),
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
            Words("Uplink của Trung tâm", "The Centre's uplinks"),
            Words(
                "Tải so với mức hợp đồng đang tính, và so với mức mở rộng đã hứa; vàng từ 80 %, "
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
