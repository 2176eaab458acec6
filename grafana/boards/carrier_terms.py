"""What a carrier owes: answers in time, and the bandwidth it was ordered to give."""

from grafana_foundation_sdk.builders import table, timeseries

from grafana.boards.columns import (
    PRIORITIES,
    PRIORITY,
    carrier,
    hidden,
    link_id,
    site_name,
)
from grafana.boards.lines import ruled
from grafana.boards.panels import graph
from grafana.boards.promql import (
    BITS,
    BOOSTED,
    COUNTED,
    LINK_INFO,
    chosen,
    of_links,
    only,
    quantile,
)
from grafana.boards.states import ORANGE, PROVEN, RED
from grafana.boards.tables import Column, listing
from grafana.boards.targets import over_time
from grafana.boards.words import TARGET, Words

AMONG = chosen(LINK_INFO, "carrier", "level", "site")
ACKNOWLEDGED = "linkwatch_incident_acknowledge_seconds"
RESTORED = "linkwatch_incident_restore_seconds"
AGREED = "linkwatch_carrier_restore_target_seconds"


def answers() -> table.Panel:
    """By carrier and priority: how fast, against what was agreed."""
    by = "carrier, priority"
    ours = '{carrier=~"$carrier"}'
    counted = f"sum by ({by}) (increase({RESTORED}_count{ours}[$__range]))"
    target = f"sum by ({by}) ({AGREED}{ours})"
    last = quantile(0.9, RESTORED, by)

    def figures(expression: str) -> str:
        return f"sum by (key) ({_keyed(expression, 'carrier', 'priority')})"

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
            _keyed(counted, "carrier", "priority"),
            figures(only(quantile(0.5, ACKNOWLEDGED, by), by, target)),
            figures(only(quantile(0.9, ACKNOWLEDGED, by), by, target)),
            figures(only(last, by, target)),
            figures(target),
            figures(f"{last} / on ({by}) {target}"),
        ],
        key="key",
        sort=[(PRIORITY, False)],
    )


def _keyed(expression: str, *labels: str) -> str:
    """With two labels as one: tables join by one."""
    first, second = labels
    return f'label_join({expression}, "key", " ", "{first}", "{second}")'


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
    promised = of_links(f"{BITS} * ({BOOSTED} >= 0)", AMONG, "site", "site_name", "carrier")

    def figures(expression: str) -> str:
        its = only(expression, "link, direction", promised)
        return f"sum by (key) ({_keyed(its, 'link', 'direction')})"

    return listing(
        Words("Băng thông mở rộng", "Bandwidth compliance"),
        Words(
            "Mỗi kênh có mức mở rộng: mức đang tính, mức đã hứa, đỉnh 95 % của tháng, và đã "
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
            _keyed(promised, "link", "direction"),
            figures(f"{BITS} * {COUNTED}"),
            figures(f"{BITS} * linkwatch_link_month_p95_bytes_per_second"),
            figures("linkwatch_link_boost_proven"),
        ],
        key="key",
        sort=[(Words("Chứng minh", "Proof"), False)],
    )
