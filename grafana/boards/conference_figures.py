"""The figures of a conference: the upper row of its board."""

from grafana_foundation_sdk.builders import stat

from grafana.boards.panels import figure
from grafana.boards.promql import (
    LINK_STATE,
    SITE_STATE,
    chosen,
    only,
)
from grafana.boards.states import GREEN, ORANGE, PHASES, RED
from grafana.boards.targets import now
from grafana.boards.words import Words

OF_IT = '{conference="$conference"}'
START, END = (f"linkwatch_conference_{edge}_timestamp_seconds{OF_IT}" for edge in ("start", "end"))
SITES = f"linkwatch_conference_site_active{OF_IT}"
CARRIED = "linkwatch_conference_link_info"
LOST_TIME = f"linkwatch_conference_site_lost_seconds_total{OF_IT}"


def phase() -> stat.Panel:
    """Where it stands in its day."""
    return figure(
        Words("Giai đoạn", "Phase"),
        Words(
            "Sắp họp: từ 60 phút trước giờ họp; ưu tiên sự cố đã được nâng.",
            "About to begin: from 60 minutes before the start, when priorities are raised.",
        ),
        "none",
        now(
            f"2 * linkwatch_conference_active{OF_IT} + on (conference) ({START} <= bool time())",
        ),
        states=PHASES,
    )


def time_left() -> stat.Panel:
    """To its start, then to its end."""
    return figure(
        Words("Còn lại", "Time left"),
        Words(
            "Đến giờ họp; khi đang họp thì đến giờ kết thúc.",
            "Until it starts; once it runs, until it ends.",
        ),
        "dtdurations",
        now(f"(({START} - time()) > 0) or (({END} - time()) > 0) or {END} * 0"),
    ).decimals(0)


def sites_well() -> stat.Panel:
    """The share that has all of its links."""
    well = f"({SITES} >= bool 0) * on (site) group_left () {chosen(SITE_STATE, state='up')}"
    return figure(
        Words("Điểm cầu tốt", "Sites up"),
        Words(
            "Tỷ lệ điểm cầu tham dự mà mọi kênh đều tốt.",
            "The share of its sites whose links are all up.",
        ),
        "percentunit",
        now(f"avg({well})"),
        steps=[(0, RED), (0.9, ORANGE), (1, GREEN)],
    ).decimals(0)


def sites_cut_off() -> stat.Panel:
    """Who cannot take part now."""
    gone = f"({SITES} >= bool 0) * on (site) group_left () {chosen(SITE_STATE, state='cut_off')}"
    return figure(
        Words("Điểm cầu mất kết nối", "Sites cut off"),
        Words("Số điểm cầu không họp được lúc này.", "Sites that cannot take part now."),
        "none",
        now(f"sum({gone})"),
        steps=[(1, RED)],
    )


def backups_gone() -> stat.Panel:
    """Who hangs on one path."""
    one_left = f"count(({usable_links()}) == 1) or vector(0)"
    return figure(
        Words("Chỉ còn một kênh", "On their last path"),
        Words(
            "Số điểm cầu có từ hai kênh mà nay chỉ còn một kênh dùng được.",
            "Sites of two links or more of which only one can be used now.",
        ),
        "none",
        now(one_left),
        steps=[(1, ORANGE)],
    )


def minutes() -> stat.Panel:
    """Of all sites together."""
    return figure(
        Words("Tổng phút mất", "Minutes lost"),
        Words(
            "Tổng số phút các điểm cầu mất kết nối trong giờ họp.",
            "Minutes that its sites were cut off while it ran, together.",
        ),
        "m",
        now(f"sum({LOST_TIME}) / 60"),
        steps=[(0.1, ORANGE), (5, RED)],
    ).decimals(1)


def usable_links() -> str:
    """How many links of each site can be used, of sites that have two or more."""
    usable = f'{LINK_STATE}{{state=~"up|degraded"}}'
    each = f"{CARRIED}{OF_IT} * on (link) group_left () sum by (link) ({usable})"
    several = f"count by (site) ({CARRIED}{OF_IT}) > 1"
    return only(f"sum by (site) ({each})", "site", several)
