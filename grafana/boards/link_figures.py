"""The figures of a link, and what it is: the upper rows of its board."""

from grafana_foundation_sdk.builders import stat, statetimeline, table

from grafana.boards.columns import LOSS_STEPS, UTILISATION_STEPS, carrier, hidden, site_name
from grafana.boards.panels import figure, timeline
from grafana.boards.promql import (
    UTILISATION,
    link_code,
    loss,
)
from grafana.boards.states import BESIDE, DOWN, GREEN, LINK_STATES, ORANGE, RED
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now, over_time
from grafana.boards.words import Words

IT = '{link="$link"}'


def state() -> stat.Panel:
    """Now."""
    return figure(
        Words("Trạng thái", "State"),
        Words(
            "Chưa kiểm chứng: đầu bên kia chưa từng trả lời. Không rõ: chính ta không đo được.",
            "Unverified: the far end has never answered. Unknown: we cannot tell ourselves.",
        ),
        "none",
        now(link_code(link="$link")),
        states=LINK_STATES,
    )


def availability() -> stat.Panel:
    """A month's."""
    return figure(
        Words("Khả dụng 30 ngày", "Availability, 30 days"),
        Words(
            "Phần thời gian phải phục vụ mà kênh không mất; không tính bảo trì và lúc không rõ.",
            "Share of the time in service that it was not down; work and the unknown left out.",
        ),
        "percentunit",
        now(f"linkwatch_link_availability_ratio{IT}"),
        steps=[(0, RED), (0.995, ORANGE), (0.999, GREEN)],
    ).decimals(2)


def loss_now() -> stat.Panel:
    """As it is judged by."""
    return figure(
        Words("Mất gói hiện thời", "Loss now"),
        Words(
            "Mất gói dùng để xét; bên cạnh là 60 giây qua.",
            "The loss that the link is judged by; beside it that of the last 60 s.",
        ),
        "percentunit",
        now(f"linkwatch_link_loss_ratio{IT}", Words("Xét", "Judged").title),
        now(loss("1m", IT), Words("60 giây", "60 s").title),
        steps=LOSS_STEPS,
    ).decimals(1)


def load_now() -> stat.Panel:
    """Both ways."""
    return figure(
        Words("Tải hiện thời", "Load now"),
        Words(
            "Lưu lượng so với mức hợp đồng đang tính, mỗi chiều.",
            "Traffic as a share of the contracted rate that counts, each way.",
        ),
        "percentunit",
        now(f'{UTILISATION}{{link="$link",direction="receive"}}', "↓"),
        now(f'{UTILISATION}{{link="$link",direction="transmit"}}', "↑"),
        steps=UTILISATION_STEPS,
    ).decimals(0)


def what_it_is() -> table.Panel:
    """What one tells the carrier on the phone."""
    return listing(
        Words("Thông tin kênh", "What it is"),
        Words(
            "Điểm cầu, nhà mạng và mã kênh để báo cho nhà mạng.",
            "The site, the carrier and the circuit to name to it.",
        ),
        [
            site_name(),
            hidden("site"),
            carrier(100),
            Column("kind", Words("Loại", "Kind"), 90),
            Column("circuit", Words("Mã kênh", "Circuit"), 150),
        ],
        [f"linkwatch_link_info{IT}"],
    )


def over() -> statetimeline.Panel:
    """The link as judged, its interface as the router says, and announced work."""
    down, none = DOWN.code, BESIDE[1].code
    return timeline(
        Words("Diễn biến", "Over time"),
        Words(
            "Trạng thái đã xét, cổng của router, và bảo trì đã báo.",
            "The state as judged, the router's interface, and announced work.",
        ),
        (*LINK_STATES, *BESIDE),
        over_time(link_code(link="$link"), "{{link}}"),
        over_time(
            f"{down} * (1 - linkwatch_interface_oper_up{IT})", Words("Cổng", "Interface").title
        ),
        over_time(f"{none} - linkwatch_maintenance_active{IT}", Words("Bảo trì", "Work").title),
        per_page=3,
    )
