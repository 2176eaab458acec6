"""A carrier: how available its links are, how fast it answers, whether it delivers what it must."""

from grafana_foundation_sdk.builders import bargauge, stat, table

from grafana.boards.board import Board, one
from grafana.boards.carrier_terms import AMONG, answers, bandwidth, restoring
from grafana.boards.columns import (
    AGE,
    LOSS,
    PRIORITY,
    STATE,
    UTILISATION_STEPS,
    carrier,
    hidden,
    incident_columns,
    link_id,
    link_state,
    loss,
    site_name,
)
from grafana.boards.panels import bars, figure
from grafana.boards.promql import (
    INCIDENT_INFO,
    LINK_STATE,
    UTILISATION,
    arrows,
    chosen,
    incidents,
    link_code,
    of_links,
    only,
)
from grafana.boards.states import DUTY, GREEN, ORANGE, RED
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now
from grafana.boards.variables import carrier as carrier_variable
from grafana.boards.variables import level, site
from grafana.boards.ways import CARRIER
from grafana.boards.words import Words

AVAILABLE = "linkwatch_link_availability_ratio"
PROMISED_AVAILABILITY = 0.995
"""QCVN 34 asks that much of fixed broadband."""
AVAILABILITY = Words("Khả dụng 30 ngày", "Availability, 30 days")
AVAILABILITY_STEPS = [(0, RED), (PROMISED_AVAILABILITY, ORANGE), (0.999, GREEN)]


def board() -> Board:
    """For the meeting with a carrier, and for its own people."""
    return Board(
        CARRIER,
        Words("Nhà mạng", "Carrier"),
        Words(
            "Kênh truyền của nhà mạng khả dụng ra sao, họ nhận việc và khôi phục nhanh thế nào so "
            "với mục tiêu, băng thông mở rộng đã có chưa.",
            "How available a carrier's links are, how fast it answers and restores against its "
            "targets, and whether the bandwidth it owes is there.",
        ),
        [carrier_variable(), level("carrier"), site("carrier", "level")],
        [
            [
                one(6, 5, availability()),
                one(6, 5, links_down()),
                one(6, 5, open_now()),
                one(6, 5, duty()),
            ],
            [one(14, 8, answers()), one(10, 8, restoring())],
            [one(12, 9, bandwidth()), one(12, 9, fullest())],
            [one(24, 13, every_link())],
            [one(24, 7, its_incidents())],
        ],
        since="now-30d",
        refresh="1m",
    )


def availability() -> stat.Panel:
    """The mean of its links."""
    return figure(
        AVAILABILITY,
        Words(
            "Trung bình các kênh đang chọn, không tính bảo trì đã báo; QCVN 34 đòi 99,5 %.",
            "The mean of the links chosen, announced work left out; QCVN 34 asks for 99.5 %.",
        ),
        "percentunit",
        now(
            f"avg by (carrier) ({of_links(f'({AVAILABLE} >= 0)', AMONG, 'carrier')})", "{{carrier}}"
        ),
        steps=AVAILABILITY_STEPS,
    ).decimals(2)


def links_down() -> stat.Panel:
    """Now."""
    down = of_links(chosen(LINK_STATE, state="down"), AMONG, "carrier")
    return figure(
        Words("Kênh đang mất", "Links down"),
        Words("Số kênh đang mất của mỗi nhà mạng.", "Links down now, by carrier."),
        "none",
        now(f"sum by (carrier) ({down})", "{{carrier}}"),
        steps=[(1, RED)],
    )


def open_now() -> stat.Panel:
    """Incidents that are theirs."""
    theirs = f'count by (carrier) ({INCIDENT_INFO}{{carrier=~"$carrier",carrier!=""}})'
    none = '0 * linkwatch_carrier_info{carrier=~"$carrier"}'
    return figure(
        Words("Sự cố đang mở", "Open incidents"),
        Words("Số sự cố chưa đóng của mỗi nhà mạng.", "Incidents not closed, by carrier."),
        "none",
        now(f"{theirs} or on (carrier) {none}", "{{carrier}}"),
        steps=[(1, ORANGE)],
    )


def duty() -> stat.Panel:
    """Whether anybody can be told."""
    return figure(
        Words("Trực theo cấp", "Duty by level"),
        Words(
            "Đỏ: lúc này nhà mạng không có ai trực ở cấp đó; sự cố báo lên cấp trên.",
            "Red: the carrier has nobody on duty at that level now; the next level up is told.",
        ),
        "none",
        now(f"max by (level) ({chosen('linkwatch_roster_gap', 'carrier')})", "{{level}}"),
        states=DUTY,
    )


def fullest() -> bargauge.Panel:
    """Where it is tight."""
    shown = arrows(of_links(UTILISATION, AMONG, "carrier"))
    return bars(
        Words("Kênh đầy nhất", "Fullest links"),
        Words(
            "Mười lăm kênh tải cao nhất so với mức hợp đồng đang tính, mỗi chiều.",
            "The fifteen links fullest against the contracted rate that counts, each way.",
        ),
        "percentunit",
        now(f"topk(15, {shown} >= 0)", "{{link}} {{way}}"),
        steps=UTILISATION_STEPS,
    ).max(1)


def every_link() -> table.Panel:
    """All of them, the worst on the first page."""
    named = of_links(link_code(), AMONG, "site", "site_name", "carrier", "kind", "circuit")

    def figures(metric: str) -> str:
        return only(f"max by (link) ({metric})", "link", AMONG)

    return listing(
        Words("Mọi kênh truyền, nặng nhất trước", "All links, worst first"),
        Words(
            "Sắp theo trạng thái rồi mất gói; lật trang để xem tiếp, bấm tiêu đề để sắp lại.",
            "By state, then by loss; further pages hold the rest, a heading sorts anew.",
        ),
        [
            link_state("Value #A", 170),
            site_name(),
            hidden("site"),
            link_id(150),
            carrier(100),
            Column("kind", Words("Loại", "Kind"), 90),
            Column("circuit", Words("Mã kênh", "Circuit"), 140),
            loss("Value #B", 120),
            Column("Value #C", Words("RTT 95 %", "RTT P95"), 110, "s", 1),
            Column("Value #D", Words("Biến thiên trễ", "Jitter"), 110, "s", 1),
            Column(
                *("Value #E", Words("Tải", "Load"), 100, "percentunit", 0), steps=UTILISATION_STEPS
            ),
            Column(
                *("Value #F", AVAILABILITY, 170, "percentunit", 2),
                steps=AVAILABILITY_STEPS,
            ),
        ],
        [
            f"sort_desc({named})",
            figures("linkwatch_link_loss_ratio"),
            figures('linkwatch_link_rtt_seconds{quantile="0.95"}'),
            figures("linkwatch_link_jitter_seconds"),
            figures(UTILISATION),
            figures(AVAILABLE),
        ],
        key="link",
        sort=[(STATE, True), (LOSS, True)],
    )


def its_incidents() -> table.Panel:
    """What is theirs and open."""
    return listing(
        Words("Sự cố của nhà mạng", "Its incidents"),
        Words("Sự cố đang mở của các nhà mạng đang chọn.", "Open incidents of these carriers."),
        incident_columns(),
        [incidents(f'{INCIDENT_INFO}{{carrier=~"$carrier",carrier!=""}}')],
        sort=[(PRIORITY, False), (AGE, True)],
    )
