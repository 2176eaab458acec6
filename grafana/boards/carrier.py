"""A carrier: how available its links are, how fast it answers, whether it delivers what it must."""

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries

from grafana.boards.board import Board, one
from grafana.boards.columns import (
    AGE,
    LOSS,
    PRIORITIES,
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
from grafana.boards.lines import ruled
from grafana.boards.panels import bars, figure, graph
from grafana.boards.promql import (
    BITS,
    BOOSTED,
    COUNTED,
    INCIDENT_INFO,
    LINK_INFO,
    LINK_STATE,
    UTILISATION,
    arrows,
    chosen,
    incidents,
    link_code,
    of_links,
    only,
    quantile,
)
from grafana.boards.states import DUTY, GREEN, ORANGE, PROVEN, RED
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now, over_time
from grafana.boards.variables import carrier as carrier_variable
from grafana.boards.variables import level, site
from grafana.boards.ways import CARRIER
from grafana.boards.words import TARGET, Words

AMONG = chosen(LINK_INFO, "carrier", "level", "site")
ACKNOWLEDGED = "linkwatch_incident_acknowledge_seconds"
RESTORED = "linkwatch_incident_restore_seconds"
AGREED = "linkwatch_carrier_restore_target_seconds"
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
            "Đường truyền của nhà mạng khả dụng ra sao, họ nhận việc và khôi phục nhanh thế nào so "
            "với mục tiêu, băng thông tăng cường đã có chưa.",
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
            "Trung bình các đường đang chọn, không tính bảo trì đã báo; QCVN 34 đòi 99,5 %.",
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
        Words("Đường đang đứt", "Links down"),
        Words("Số đường đang đứt của mỗi nhà mạng.", "Links down now, by carrier."),
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


def answers() -> table.Panel:
    """By carrier and priority: how fast, against what was agreed."""
    by = "carrier, priority"
    ours = '{carrier=~"$carrier"}'
    counted = f"sum by ({by}) (increase({RESTORED}_count{ours}[$__range]))"
    target = f"sum by ({by}) ({AGREED}{ours})"
    last = quantile(0.9, RESTORED, by)
    return listing(
        Words("Nhận việc và khôi phục so với mục tiêu", "Answering and restoring against target"),
        Words(
            "Trong thời gian đang xem: nửa số sự cố được nhận trong, chín phần mười được nhận "
            "và khôi phục trong. Đỏ: quá mục tiêu khôi phục của nhà mạng.",
            "Within the time shown: half of the incidents were taken within, nine of ten were "
            "taken and restored within. Red: beyond the carrier's restore target.",
        ),
        [
            carrier(110),
            Column("priority", PRIORITY, 100, texts=PRIORITIES),
            hidden("key"),
            Column("Value #A", Words("Đã khôi phục", "Restored"), 130, "none", 0),
            Column("Value #B", Words("Nhận, nửa số", "Taken, half"), None, "s", 0),
            Column("Value #C", Words("Nhận, 90 %", "Taken, 90 %"), None, "s", 0),
            Column("Value #D", Words("Khôi phục, 90 %", "Restored, 90 %"), None, "s", 0),
            Column("Value #E", Words("Mục tiêu", "Target"), 110, "s", 0),
            Column(
                *("Value #F", Words("So mục tiêu", "Of target"), None, "percentunit", 0),
                steps=[(0.8, ORANGE), (1, RED)],
            ),
        ],
        [
            _keyed(counted, drop=False),
            _keyed(only(quantile(0.5, ACKNOWLEDGED, by), by, target)),
            _keyed(only(quantile(0.9, ACKNOWLEDGED, by), by, target)),
            _keyed(only(last, by, target)),
            _keyed(target),
            _keyed(f"{last} / {target}"),
        ],
        key="key",
        sort=[(PRIORITY, False)],
    )


def _keyed(expression: str, *, drop: bool = True) -> str:
    """With both labels as one, for a table joins by one; `drop`: without them beside it."""
    keyed = f'label_join({expression}, "key", " ", "carrier", "priority")'
    return f"sum by (key) ({keyed})" if drop else keyed


def restoring() -> timeseries.Panel:
    """Over time, with the targets as lines."""
    ours = '{carrier=~"$carrier"}'
    buckets = f"sum by (priority, le) (increase({RESTORED}_bucket{ours}[$__rate_interval]))"
    panel = graph(
        Words("Thời gian khôi phục, 90 %", "Time to restore, 90 %"),
        Words(
            "Chín phần mười sự cố được khôi phục trong thời gian này, theo mức; nét đứt là mục "
            "tiêu ngắn nhất của các nhà mạng đang chọn.",
            "Nine of ten incidents were restored within this, by priority; dashed: the shortest "
            "target of the carriers chosen.",
        ),
        "s",
        over_time(f"histogram_quantile(0.9, {buckets})", "{{priority}}"),
        over_time(f"min by (priority) ({AGREED}{ours})", f"{TARGET.title} {{{{priority}}}}"),
    )
    return ruled(panel, TARGET)


def bandwidth() -> table.Panel:
    """Boosts: promised, proven, and what the month's traffic says."""
    key = "link, direction"

    def keyed(expression: str, *, drop: bool = True) -> str:
        joined = f'label_join({expression}, "key", " ", "link", "direction")'
        return f"sum by (key) ({joined})" if drop else joined

    named = of_links(f"{BITS} * {BOOSTED}", AMONG, "site", "site_name", "carrier")
    return listing(
        Words("Băng thông tăng cường", "Bandwidth compliance"),
        Words(
            "Mỗi đường có mức tăng cường: mức đang tính, mức đã hứa, đỉnh 95 % của tháng, và đã "
            "chứng minh hay chưa (lưu lượng đã vượt mức cũ).",
            "Each link with a boost: the rate that counts, the rate promised, the month's 95th "
            "percentile, and whether it is proven (traffic went beyond the old rate).",
        ),
        [
            site_name(),
            hidden("site"),
            link_id(150),
            carrier(100),
            Column("direction", Words("Chiều", "Direction"), 110),
            hidden("key"),
            Column("Value #B", Words("Đang tính", "Counted"), 120, "bps", 0),
            Column("Value #A", Words("Đã hứa", "Promised"), 120, "bps", 0),
            Column("Value #C", Words("Đỉnh 95 %", "Month's P95"), 130, "bps", 1),
            Column("Value #D", Words("Chứng minh", "Proof"), 190, "none", states=PROVEN),
        ],
        [
            keyed(only(named, key, f"{BOOSTED} >= 0"), drop=False),
            keyed(f"{BITS} * {COUNTED}"),
            keyed(f"{BITS} * linkwatch_link_month_p95_bytes_per_second"),
            keyed("linkwatch_link_boost_proven"),
        ],
        key="key",
        sort=[(Words("Chứng minh", "Proof"), False)],
    )


def fullest() -> bargauge.Panel:
    """Where it is tight."""
    shown = arrows(of_links(UTILISATION, AMONG, "carrier"))
    return bars(
        Words("Đường đầy nhất", "Fullest links"),
        Words(
            "Mười lăm đường tải cao nhất so với mức hợp đồng đang tính, mỗi chiều.",
            "The fifteen links fullest against the contracted rate that counts, each way.",
        ),
        "percentunit",
        now(f"topk(15, {shown} >= 0)", "{{link}} {{way}}"),
        steps=UTILISATION_STEPS,
    ).max(1)


def every_link() -> table.Panel:
    """All of them, the worst on the first page."""
    named = of_links(link_code(), AMONG, "site", "site_name", "carrier", "kind", "circuit")
    util = f"max by (link) ({UTILISATION} >= 0)"
    return listing(
        Words("Mọi đường truyền, nặng nhất trước", "All links, worst first"),
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
            Column("Value #D", Words("Jitter", "Jitter"), 110, "s", 1),
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
            "sum by (link) (linkwatch_link_loss_ratio)",
            'sum by (link) (linkwatch_link_rtt_seconds{quantile="0.95"})',
            "sum by (link) (linkwatch_link_jitter_seconds)",
            util,
            f"sum by (link) ({AVAILABLE})",
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
